#include <math.h>
#include <string.h>

#include "pixel_noise.h"
#include "random.h"
#include "workspace.h"

enum { COUNTS = 256, BUCKETS = 256, CHUNK = 1024 };

/// How to draw for one mean: the share of draws up to each count, of 2³²; and for each bucket of random numbers the first
/// count that one of them gives.
typedef struct {
    uint32_t upTo[COUNTS];
    uint8_t first[BUCKETS];
} table;

static void make_table(double mean, table *t) {
    double probability = exp(-mean), sum = 0;
    for (int k = 0; k < COUNTS; k++) {
        sum += probability;
        probability *= mean / (k + 1);
        t->upTo[k] = sum * 0x1p32 < 4294967295.0 && k < COUNTS - 1 ? (uint32_t)(sum * 0x1p32) : UINT32_MAX;
    }
    int k = 0;
    for (uint32_t bucket = 0; bucket < BUCKETS; bucket++) {
        while (t->upTo[k] < bucket << 24) k++;
        t->first[bucket] = (uint8_t)k;
    }
}

APUS_CLONES static void fill_bits(uint64_t key, uint32_t first, size_t count, uint32_t *bits) {
    for (size_t i = 0; i < count; i++) bits[i] = apus_random_bits(key, first + (uint32_t)i);
}

static uint8_t count_for(const table *t, uint32_t bits) {
    int k = t->first[bits >> 24];
    while (bits > t->upTo[k]) k++;
    return (uint8_t)k;
}

bool apus_poisson_bytes(
    uint8_t *bytes, size_t count, uint64_t key, const float means[256], const uint8_t outcome[256]) {
    table *tables = apus_scratch(APUS_PIXEL_IMAGE, 256 * sizeof *tables);
    if (tables == NULL) return false;
    for (int value = 0; value < 256; value++) make_table(means[value], tables + value);
    uint32_t bits[CHUNK];
    for (size_t first = 0; first < count; first += CHUNK) {
        const size_t part = count - first < CHUNK ? count - first : CHUNK;
        fill_bits(key, (uint32_t)first, part, bits);
        for (size_t i = 0; i < part; i++) bytes[first + i] = outcome[count_for(tables + bytes[first + i], bits[i])];
    }
    return true;
}

/// The `round`th uniform number of place `index`.
static double uniform(uint64_t key, uint32_t index, uint32_t round) {
    return ((double)apus_random_bits(key + 0x9e3779b97f4a7c15u * (uint64_t)round, index) + 0.5) * 0x1p-32;
}

static double small_count(double mean, uint64_t key, uint32_t index) {
    const double limit = exp(-mean);
    double product = uniform(key, index, 0);
    uint32_t k = 0;
    while (product > limit) product *= uniform(key, index, ++k);
    return k;
}

/// Hörmann, "The transformed rejection method for generating Poisson random variables", 1993: PTRS, for means from 10.
static double large_count(double mean, uint64_t key, uint32_t index) {
    const double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    const double inverse = 1.1239 + 1.1328 / (b - 3.4), sure = 0.9277 - 3.6224 / (b - 2), logarithm = log(mean);
    for (uint32_t round = 0; round < 2000; round += 2) {
        const double u = uniform(key, index, round) - 0.5, v = uniform(key, index, round + 1);
        const double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= sure) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v) + log(inverse) - log(a / (us * us) + b) <= -mean + k * logarithm - lgamma(k + 1)) return k;
    }
    return mean;
}

void apus_poisson_floats(float *values, size_t count, uint64_t key) {
    for (size_t i = 0; i < count; i++) {
        const double mean = values[i];
        if (!(mean > 0)) values[i] = 0;
        else values[i] = (float)(mean < 10 ? small_count(mean, key, (uint32_t)i) : large_count(mean, key, (uint32_t)i));
    }
}

void apus_poisson_fill(uint64_t key, float mean, float scale, size_t count, float *field) {
    if (mean >= 100) {
        for (size_t i = 0; i < count; i++) field[i] = scale * (float)large_count(mean, key, (uint32_t)i);
        return;
    }
    table t;
    make_table(mean > 0 ? mean : 0, &t);
    uint32_t bits[CHUNK];
    for (size_t first = 0; first < count; first += CHUNK) {
        const size_t part = count - first < CHUNK ? count - first : CHUNK;
        fill_bits(key, (uint32_t)first, part, bits);
        for (size_t i = 0; i < part; i++) field[first + i] = scale * count_for(&t, bits[i]);
    }
}
