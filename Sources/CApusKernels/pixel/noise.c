#include "pixel_noise.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"

APUS_CLONES static void fill_uniform(uint64_t key, uint32_t first, size_t count, float a, float b, float *field) {
    for (size_t i = 0; i < count; i++)
        field[i] = a + (b - a) * apus_random_uniform(apus_random_bits(key, first + (uint32_t)i));
}

APUS_CLONES static void fill_normal(uint64_t key, uint32_t first, size_t count, float a, float b, float *field) {
    for (size_t i = 0; i < count; i++)
        field[i] = a + b * apus_normal_quantile(apus_random_uniform(apus_random_bits(key, first + (uint32_t)i)));
}

APUS_CLONES static void fill_laplace(uint64_t key, uint32_t first, size_t count, float a, float b, float *field) {
    for (size_t i = 0; i < count; i++)
        field[i] = a + b * apus_laplace_quantile(apus_random_uniform(apus_random_bits(key, first + (uint32_t)i)));
}

void apus_noise_fill(const apus_noise *noise, size_t first, size_t count, float *field) {
    const uint32_t start = (uint32_t)first;
    switch (noise->kind) {
    case APUS_NOISE_UNIFORM: fill_uniform(noise->key, start, count, noise->a, noise->b, field); break;
    case APUS_NOISE_NORMAL: fill_normal(noise->key, start, count, noise->a, noise->b, field); break;
    case APUS_NOISE_LAPLACE: fill_laplace(noise->key, start, count, noise->a, noise->b, field); break;
    }
}

APUS_CLONES void apus_add_field_bytes(uint8_t *bytes, size_t count, const float *field) {
    for (size_t i = 0; i < count; i++) {
        const int moved = bytes[i] + (int)apus_clamp(field[i], -256, 256);
        bytes[i] = (uint8_t)apus_clamp_int(moved, 0, 255);
    }
}

APUS_CLONES void apus_add_field_floats(float *values, size_t count, const float *field) {
    for (size_t i = 0; i < count; i++) values[i] = apus_clamp(values[i] + field[i], 0, 1);
}

APUS_CLONES void apus_multiply_field_bytes(uint8_t *bytes, size_t count, const float *field) {
    for (size_t i = 0; i < count; i++) bytes[i] = apus_cut_byte((float)bytes[i] * field[i]);
}

APUS_CLONES void apus_multiply_field_floats(float *values, size_t count, const float *field) {
    for (size_t i = 0; i < count; i++) values[i] = apus_clamp(values[i] * field[i], 0, 1);
}

enum { CHUNK = 2048 };

/// Makes the field in parts that stay in the first cache, and hands each with the element where it begins to `body`.
#define IN_PARTS(pixels, channels, shared, noise, body)                                                                \
    float field[CHUNK], spread[CHUNK];                                                                                 \
    const size_t step = (shared) ? CHUNK / (size_t)(channels) : CHUNK;                                                 \
    const size_t total = (shared) ? (pixels) : (pixels) * (size_t)(channels);                                          \
    for (size_t first = 0; first < total; first += step) {                                                             \
        const size_t drawn = total - first < step ? total - first : step;                                              \
        const size_t times = (shared) ? (size_t)(channels) : 1;                                                        \
        apus_noise_fill(noise, first, drawn, field);                                                                   \
        if (times > 1) apus_spread(field, drawn, (int)times, spread);                                                  \
        const float *part = times > 1 ? spread : field;                                                                \
        const size_t start = first * times, count = drawn * times;                                                     \
        body;                                                                                                          \
    }

APUS_CLONES static void apus_spread(const float *restrict field, size_t count, int times, float *restrict spread) {
    if (times == 3) {
        for (size_t i = 0; i < count; i++) spread[3 * i] = spread[3 * i + 1] = spread[3 * i + 2] = field[i];
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < times; c++) *spread++ = field[i];
}

void apus_add_noise_bytes(uint8_t *bytes, size_t pixels, int channels, bool shared, const apus_noise *noise) {
    IN_PARTS(pixels, channels, shared, noise, apus_add_field_bytes(bytes + start, count, part))
}

void apus_add_noise_floats(float *values, size_t pixels, int channels, bool shared, const apus_noise *noise) {
    IN_PARTS(pixels, channels, shared, noise, apus_add_field_floats(values + start, count, part))
}

void apus_multiply_noise_bytes(uint8_t *bytes, size_t pixels, int channels, bool shared, const apus_noise *noise) {
    IN_PARTS(pixels, channels, shared, noise, apus_multiply_field_bytes(bytes + start, count, part))
}

void apus_multiply_noise_floats(float *values, size_t pixels, int channels, bool shared, const apus_noise *noise) {
    IN_PARTS(pixels, channels, shared, noise, apus_multiply_field_floats(values + start, count, part))
}

void apus_distinct_places(uint64_t key, uint32_t limit, uint32_t count, uint8_t *taken, uint32_t *places) {
    memset(taken, 0, ((size_t)limit + 7) / 8);
    // At most half are drawn at random, each until it is new; of more, those left out are drawn.
    const uint32_t drawn = count <= limit / 2 ? count : limit - count;
    uint32_t index = 0;
    for (uint32_t made = 0; made < drawn; index++) {
        const uint32_t place = (uint32_t)(((uint64_t)apus_random_bits(key, index) * limit) >> 32);
        if (taken[place / 8] >> (place % 8) & 1) continue;
        taken[place / 8] |= (uint8_t)(1 << (place % 8));
        if (drawn == count) places[made] = place;
        made++;
    }
    if (drawn == count) return;
    uint32_t made = 0;
    for (uint32_t place = 0; place < limit; place++)
        if (!(taken[place / 8] >> (place % 8) & 1)) places[made++] = place;
    for (uint32_t i = made; i > 1; i--, index++) {
        const uint32_t other = (uint32_t)(((uint64_t)apus_random_bits(key, index) * i) >> 32);
        const uint32_t place = places[i - 1];
        places[i - 1] = places[other];
        places[other] = place;
    }
}

void apus_set_pixels(
    void *elements, int size, int channels, const uint32_t *places, size_t count, const void *value) {
    uint8_t *bytes = elements;
    const size_t step = (size_t)size * (size_t)channels;
    for (size_t i = 0; i < count; i++) {
        uint8_t *pixel = bytes + places[i] * step;
        if (size == 1 && channels == 3) pixel[0] = pixel[1] = pixel[2] = *(const uint8_t *)value;
        else for (int c = 0; c < channels; c++) memcpy(pixel + c * size, value, (size_t)size);
    }
}
