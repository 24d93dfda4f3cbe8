#include <string.h>

#include "clones.h"
#include "rows.h"
#include "workspace.h"

enum { VECTOR = 64, BLOCK = 2 * VECTOR };

typedef uint8_t vector __attribute__((vector_size(VECTOR), aligned(1)));

/// Finds the medians of `BLOCK` windows at once, a bit at a time from the highest: where at least half of a window
/// reaches a value, so does its median.
APUS_INLINE void median_block(const uint8_t *const *rows, int side, int channels, uint8_t *output) {
    const uint8_t needed = (uint8_t)(side * side / 2 + 1);
    vector first = {0}, second = {0};
    for (int bit = 128; bit > 0; bit >>= 1) {
        const vector a = first | (uint8_t)bit, b = second | (uint8_t)bit;
        // Comparisons are -1 where they hold.
        vector reached = {0}, also = {0};
        for (int r = 0; r < side; r++) {
            for (int c = 0; c < side; c++) {
                const vector *row = (const vector *)(rows[r] + c * channels);
                reached -= (vector)(row[0] >= a);
                also -= (vector)(row[1] >= b);
            }
        }
        first |= (vector)(reached >= needed) & (uint8_t)bit;
        second |= (vector)(also >= needed) & (uint8_t)bit;
    }
    ((vector *)output)[0] = first;
    ((vector *)output)[1] = second;
}

APUS_INLINE void median_row(
    const uint8_t *const *rows, int side, int channels, ptrdiff_t elements, uint8_t *output) {
    for (ptrdiff_t x = 0; x < elements; x += BLOCK) {
        const uint8_t *parts[15];
        for (int r = 0; r < side; r++) parts[r] = rows[r] + x;
        median_block(parts, side, channels, output + x);
    }
}

APUS_LEVELS(
    take_medians, median_row,
    (const uint8_t *const *rows, int side, int channels, ptrdiff_t elements, uint8_t *output),
    (rows, side, channels, elements, output))

/// Row `y` with `margin` pixels on either side, the outermost repeated, as OpenCV's median has it.
static void load(const apus_pixels *image, ptrdiff_t y, ptrdiff_t margin, uint8_t *row) {
    const ptrdiff_t channels = image->channels, count = apus_row_elements(image);
    const uint8_t *source = (const uint8_t *)image->elements + y * count;
    for (ptrdiff_t x = 0; x < margin; x++) {
        memcpy(row + x * channels, source, (size_t)channels);
        memcpy(row + margin * channels + count + x * channels, source + count - channels, (size_t)channels);
    }
    memcpy(row + margin * channels, source, (size_t)count);
}

bool apus_median_bytes(const apus_pixels *image, int side) {
    const ptrdiff_t reach = side / 2, count = apus_row_elements(image);
    const ptrdiff_t padded = (count + BLOCK - 1) / BLOCK * BLOCK, stride = padded + 2 * reach * image->channels;
    uint8_t *ring = apus_scratch(APUS_PIXEL_RING, (size_t)(side * stride + padded));
    if (ring == NULL) return false;
    uint8_t *output = ring + side * stride;
    memset(ring, 0, (size_t)(side * stride));
    ptrdiff_t loaded = 0;
    for (ptrdiff_t y = 0; y < image->height; y++) {
        for (; loaded <= y + reach && loaded < image->height; loaded++)
            load(image, loaded, reach, ring + loaded % side * stride);
        const uint8_t *rows[15];
        for (int r = 0; r < side; r++)
            rows[r] = ring + apus_max(0, apus_min(y + r - reach, image->height - 1)) % side * stride;
        take_medians(rows, side, image->channels, padded, output);
        memcpy((uint8_t *)image->elements + y * count, output, (size_t)count);
    }
    return true;
}
