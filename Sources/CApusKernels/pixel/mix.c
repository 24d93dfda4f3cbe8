#include "pixel_color.h"

#include <string.h>

#include "clones.h"
#include "planes.h"

enum { MOST_CHANNELS = 64 };

APUS_CLONES static void mix_planes(apus_planes *planes, size_t count, const float *m, const float *offset) {
    uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const float x = r[i], y = g[i], z = b[i];
        r[i] = apus_round_byte(m[0] * x + m[1] * y + m[2] * z + offset[0]);
        g[i] = apus_round_byte(m[3] * x + m[4] * y + m[5] * z + offset[1]);
        b[i] = apus_round_byte(m[6] * x + m[7] * y + m[8] * z + offset[2]);
    }
}

static void mix_rgb_bytes(uint8_t *rgb, size_t pixels, const float *matrix, const float *offset) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        mix_planes(&planes, count, matrix, offset);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

/// A byte times `weight / 2¹⁴`, in 1/64.
APUS_INLINE uint16_t weighted(uint8_t x, uint16_t weight) { return (uint16_t)(((uint32_t)x << 8) * weight >> 16); }

/// A sum in 1/64, rounded: half a unit a product was cut away.
APUS_INLINE uint8_t finish(uint16_t sum) {
    const uint16_t whole = (uint16_t)((uint16_t)(sum + 33) >> 6);
    return (uint8_t)(whole < 255 ? whole : 255);
}

APUS_CLONES static void mix_positive_planes(apus_planes *planes, size_t count, const uint16_t *w) {
    uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const uint8_t x = r[i], y = g[i], z = b[i];
        r[i] = finish((uint16_t)(weighted(x, w[0]) + weighted(y, w[1]) + weighted(z, w[2])));
        g[i] = finish((uint16_t)(weighted(x, w[3]) + weighted(y, w[4]) + weighted(z, w[5])));
        b[i] = finish((uint16_t)(weighted(x, w[6]) + weighted(y, w[7]) + weighted(z, w[8])));
    }
}

void apus_mix_positive_bytes(uint8_t *rgb, size_t pixels, const float matrix[9]) {
    uint16_t weights[9];
    for (int i = 0; i < 9; i++) weights[i] = (uint16_t)apus_clamp(matrix[i] * 16384 + 0.5f, 0, 65535);
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        mix_positive_planes(&planes, count, weights);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

#define MIX(finish)                                                                                                    \
    float x[MOST_CHANNELS];                                                                                            \
    for (size_t i = 0; i < pixels; i++, values += channels) {                                                          \
        for (int c = 0; c < channels; c++) x[c] = (float)values[c];                                                    \
        for (int c = 0; c < channels; c++) {                                                                           \
            float sum = offset[c];                                                                                     \
            for (int k = 0; k < channels; k++) sum += matrix[c * channels + k] * x[k];                                 \
            values[c] = finish;                                                                                        \
        }                                                                                                              \
    }

void apus_mix_bytes(uint8_t *values, size_t pixels, int channels, const float *matrix, const float *offset) {
    if (channels == 3) {
        mix_rgb_bytes(values, pixels, matrix, offset);
        return;
    }
    MIX(apus_round_byte(sum))
}

void apus_mix_floats(float *values, size_t pixels, int channels, const float *matrix, const float *offset) {
    MIX(apus_clamp(sum, 0, 1))
}

APUS_CLONES static void moments_of_planes(const apus_planes *planes, size_t count, uint32_t sums[3], uint32_t p[6]) {
    const uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    uint32_t s0 = 0, s1 = 0, s2 = 0, p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t x = r[i], y = g[i], z = b[i];
        s0 += x, s1 += y, s2 += z;
        p0 += x * x, p1 += x * y, p2 += x * z, p3 += y * y, p4 += y * z, p5 += z * z;
    }
    const uint32_t s[3] = {s0, s1, s2}, q[6] = {p0, p1, p2, p3, p4, p5};
    memcpy(sums, s, sizeof s);
    memcpy(p, q, sizeof q);
}

static void moments_rgb_bytes(const uint8_t *rgb, size_t pixels, double *sums, double *products) {
    static const int place[9] = {0, 1, 2, 1, 3, 4, 2, 4, 5};
    apus_planes planes;
    double total[6] = {0};
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        uint32_t s[3], p[6];
        apus_split_rgb(rgb + 3 * first, count, &planes);
        moments_of_planes(&planes, count, s, p);
        for (int c = 0; c < 3; c++) sums[c] += s[c];
        for (int c = 0; c < 6; c++) total[c] += p[c];
    }
    for (int c = 0; c < 9; c++) products[c] = total[place[c]];
}

#define MOMENTS                                                                                                        \
    for (size_t i = 0; i < pixels; i++, values += channels) {                                                          \
        for (int c = 0; c < channels; c++) {                                                                           \
            sums[c] += values[c];                                                                                      \
            for (int k = 0; k < channels; k++) products[c * channels + k] += (double)values[c] * (double)values[k];    \
        }                                                                                                              \
    }

static void clear(int channels, double *sums, double *products) {
    memset(sums, 0, (size_t)channels * sizeof *sums);
    memset(products, 0, (size_t)(channels * channels) * sizeof *products);
}

void apus_moments_bytes(const uint8_t *values, size_t pixels, int channels, double *sums, double *products) {
    clear(channels, sums, products);
    if (channels == 3) {
        moments_rgb_bytes(values, pixels, sums, products);
        return;
    }
    MOMENTS
}

void apus_moments_floats(const float *values, size_t pixels, int channels, double *sums, double *products) {
    clear(channels, sums, products);
    MOMENTS
}
