// RGB to HSV and back a block of planes at a time, as loops that a compiler turns into vectors of any width.
#ifndef APUS_GENERIC_IMAGE_COLOR_H
#define APUS_GENERIC_IMAGE_COLOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Where a product is not rounded before it is added to, the loops say so: a compiler must not choose.
#pragma STDC FP_CONTRACT OFF

/// Pixels of a block; its planes stay in the first cache.
enum { APUS_COLOR_BLOCK = 256 };

typedef struct {
    uint8_t plane[3][APUS_COLOR_BLOCK];
} apus_color_block;

static inline __attribute__((always_inline)) int32_t apus_lesser(int32_t a, int32_t b) { return a < b ? a : b; }
static inline __attribute__((always_inline)) int32_t apus_greater(int32_t a, int32_t b) { return a > b ? a : b; }

/// `numerator / denominator` to the nearest whole number, and 0 for a denominator of 0. Exact: the quotient of two
/// whole numbers lies farther from a tie than a float's rounding reaches.
static inline __attribute__((always_inline)) int32_t apus_quotient(float numerator, int32_t denominator) {
    const float quotient = numerator / (float)denominator;
    // Adding 2^23 leaves no room for a fraction: the sum is rounded to even.
    const float rounded = (quotient + 0x1p23f) - 0x1p23f;
    return denominator == 0 ? 0 : (int32_t)rounded;
}

static inline __attribute__((always_inline)) void apus_block_to_hsv(apus_color_block *block, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const int32_t r = block->plane[0][i], g = block->plane[1][i], b = block->plane[2][i];
        const int32_t value = apus_greater(apus_greater(r, g), b), range = value - apus_lesser(apus_lesser(r, g), b);
        const int32_t saturation = (range * apus_quotient(255 << 12, value) + (1 << 11)) >> 12;
        const int32_t sixths = value == r ? g - b : value == g ? b - r + 2 * range : r - g + 4 * range;
        const int32_t hue = (sixths * apus_quotient((180 << 12) / 6, range) + (1 << 11)) >> 12;
        block->plane[0][i] = (uint8_t)(hue < 0 ? hue + 180 : hue);
        block->plane[1][i] = (uint8_t)saturation;
        block->plane[2][i] = (uint8_t)value;
    }
}

static inline __attribute__((always_inline)) uint8_t apus_cut_to_byte(float fraction) {
    return (uint8_t)apus_lesser((int32_t)(fraction * 255.0f), 255);
}

static inline __attribute__((always_inline)) void apus_block_to_rgb(apus_color_block *block, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float hue = (float)block->plane[0][i] * (6.0f / 180);
        const float s = (float)block->plane[1][i] * (1.0f / 255), v = (float)block->plane[2][i] * (1.0f / 255);
        const int32_t turns = (int32_t)hue;
        const float f = hue - (float)turns;
        const int32_t sector = turns >= 6 ? turns - 6 : turns;
        const float low = v * (1 - s);
        const float falling = v * __builtin_fmaf(-s, f, 1), rising = v * __builtin_fmaf(-s, 1 - f, 1);
        const float r = sector == 0 || sector == 5 ? v : sector == 1 ? falling : sector == 4 ? rising : low;
        const float g = sector == 1 || sector == 2 ? v : sector == 3 ? falling : sector == 0 ? rising : low;
        const float b = sector == 3 || sector == 4 ? v : sector == 5 ? falling : sector == 2 ? rising : low;
        block->plane[0][i] = apus_cut_to_byte(r);
        block->plane[1][i] = apus_cut_to_byte(g);
        block->plane[2][i] = apus_cut_to_byte(b);
    }
}

static inline __attribute__((always_inline)) void apus_split_block(
    const uint8_t *pixels, size_t count, apus_color_block *block) {
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < 3; c++) block->plane[c][i] = pixels[3 * i + (size_t)c];
}

static inline __attribute__((always_inline)) void apus_merge_block(
    const apus_color_block *block, size_t count, uint8_t *pixels) {
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < 3; c++) pixels[3 * i + (size_t)c] = block->plane[c][i];
}

static inline __attribute__((always_inline)) void apus_map_block(
    apus_color_block *block, size_t count, const uint8_t *const tables[3]) {
    for (int c = 0; c < 3; c++)
        for (size_t i = 0; i < count; i++) block->plane[c][i] = tables[c][block->plane[c][i]];
}

#endif
