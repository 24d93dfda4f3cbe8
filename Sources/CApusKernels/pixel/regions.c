#include "image_regions.h"

#include "clones.h"

#include <math.h>
#include <string.h>

// The same numbers at every level: products are rounded before they are added.
#pragma STDC FP_CONTRACT OFF

enum { BLOCK = 32 };

/// Sums of `width` cells, at most a block, of one row.
APUS_INLINE void sum_block(
    const float *planes, ptrdiff_t plane, const float *coefficients, ptrdiff_t count, ptrdiff_t width, float *sums) {
    memset(sums, 0, BLOCK * sizeof(float));
    for (ptrdiff_t c = 0; c < count; c++) {
        const float *row = planes + c * plane;
        float factor = coefficients[c];
        if (width == BLOCK) {
            for (int x = 0; x < BLOCK; x++) sums[x] += factor * row[x];
        } else {
            for (ptrdiff_t x = 0; x < width; x++) sums[x] += factor * row[x];
        }
    }
}

APUS_CLONES void apus_region_sums(
    const float *planes, ptrdiff_t plane, ptrdiff_t stride, const float *coefficients, ptrdiff_t count,
    ptrdiff_t width, ptrdiff_t height, float *tile) {
    float sums[BLOCK];
    for (ptrdiff_t y = 0; y < height; y++) {
        for (ptrdiff_t x = 0; x < width; x += BLOCK) {
            ptrdiff_t part = width - x < BLOCK ? width - x : BLOCK;
            sum_block(planes + y * stride + x, plane, coefficients, count, part, sums);
            for (ptrdiff_t i = 0; i < part; i++) tile[(x + i) * height + y] = sums[i];
        }
    }
}

/// One column of the tile at every output row.
APUS_INLINE void interpolate(const float *column, apus_region_taps rows, float *output) {
    const int32_t *first = rows.first, *second = rows.second;
    const float *weight = rows.weight;
    for (ptrdiff_t y = 0; y < rows.count; y++) {
        float low = column[first[y]];
        output[y] = low + weight[y] * (column[second[y]] - low);
    }
}

/// The lowest bits of eight bytes, the first byte's lowest.
APUS_INLINE uint64_t packed(const uint8_t *bytes) {
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    return (eight * UINT64_C(0x0102040810204080)) >> 56;
}

/// Which of 64 pixels between two columns are above 0.
APUS_INLINE uint64_t positive(const float *left, const float *right, float weight) {
    uint8_t bytes[64];
    for (int y = 0; y < 64; y++) bytes[y] = left[y] + weight * (right[y] - left[y]) > 0;
    uint64_t word = 0;
    for (int part = 0; part < 8; part++) word |= packed(bytes + 8 * part) << (8 * part);
    return word;
}

APUS_CLONES void apus_region_bits(
    const float *tile, ptrdiff_t tile_width, ptrdiff_t tile_height, apus_region_taps columns, apus_region_taps rows,
    float *scratch, uint64_t *words) {
    ptrdiff_t step = (rows.count + 63) / 64, height = step * 64;
    memset(scratch, 0, (size_t)(tile_width * height) * sizeof(float));
    for (ptrdiff_t x = 0; x < tile_width; x++) interpolate(tile + x * tile_height, rows, scratch + x * height);
    for (ptrdiff_t x = 0; x < columns.count; x++) {
        const float *left = scratch + columns.first[x] * height, *right = scratch + columns.second[x] * height;
        for (ptrdiff_t word = 0; word < step; word++) {
            words[x * step + word] = positive(left + 64 * word, right + 64 * word, columns.weight[x]);
        }
    }
}

APUS_CLONES void apus_region_classes(
    const float *first, const float *second, float weight, ptrdiff_t plane, ptrdiff_t count, ptrdiff_t stride,
    apus_region_taps columns, float *line, float *best, uint8_t *labels) {
    const int32_t *from = columns.first, *to = columns.second;
    for (ptrdiff_t x = 0; x < columns.count; x++) best[x] = -INFINITY;
    memset(labels, 0, (size_t)columns.count);
    for (ptrdiff_t c = 0; c < count; c++) {
        const float *a = first + c * plane, *b = second + c * plane;
        for (ptrdiff_t i = 0; i < stride; i++) line[i] = a[i] + weight * (b[i] - a[i]);
        for (ptrdiff_t x = 0; x < columns.count; x++) {
            float low = line[from[x]];
            float value = low + columns.weight[x] * (line[to[x]] - low);
            labels[x] = value > best[x] ? (uint8_t)c : labels[x];
            best[x] = value > best[x] ? value : best[x];
        }
    }
}

APUS_CLONES void apus_largest_rows(const float *rows, ptrdiff_t count, ptrdiff_t width, float *best, int32_t *labels) {
    for (ptrdiff_t x = 0; x < width; x++) best[x] = -INFINITY;
    memset(labels, 0, (size_t)width * sizeof(int32_t));
    for (ptrdiff_t start = 0; start < width; start += 1024) {
        ptrdiff_t end = start + 1024 < width ? start + 1024 : width;
        for (ptrdiff_t row = 0; row < count; row++) {
            const float *values = rows + row * width;
            for (ptrdiff_t x = start; x < end; x++) {
                labels[x] = values[x] > best[x] ? (int32_t)row : labels[x];
                best[x] = values[x] > best[x] ? values[x] : best[x];
            }
        }
    }
}
