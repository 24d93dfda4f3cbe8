// Rows of an image with mirrored margins, in the numbers that a filter computes with.
#ifndef APUS_PIXEL_ROWS_H
#define APUS_PIXEL_ROWS_H

#include "pixel_filter.h"

/// Row or column `i` of `count`, mirrored at both ends without repeating the outermost.
static inline ptrdiff_t apus_mirrored(ptrdiff_t i, ptrdiff_t count) {
    if (count == 1) return 0;
    const ptrdiff_t period = 2 * (count - 1);
    i %= period;
    i = i < 0 ? i + period : i;
    return i < count ? i : period - i;
}

/// The elements of one row, without margins.
static inline ptrdiff_t apus_row_elements(const apus_pixels *image) {
    return (ptrdiff_t)image->width * image->channels;
}

/// What a filter computes with: floats, or 16-bit fixed-point numbers.
typedef struct {
    size_t size;
    /// Elements of a row of the image; a byte keeps `bits` fractional ones.
    void (*load)(const void *elements, int size, ptrdiff_t count, int bits, void *row);
    /// `output[i] = Σ weights[t] · rows[t][i]`.
    void (*sum)(const void *const *rows, const void *weights, int count, ptrdiff_t elements, void *output);
    void (*store)(const void *row, int size, ptrdiff_t count, int bits, void *elements);
} apus_arithmetic;

extern const apus_arithmetic apus_float_arithmetic, apus_fixed_arithmetic;

/// Row `y` with `margin` pixels on either side; `output` is where the margin begins.
void apus_load_row(
    const apus_arithmetic *arithmetic, const apus_pixels *image, ptrdiff_t y, ptrdiff_t margin, int bits, void *output);

void apus_store_row(const apus_arithmetic *arithmetic, const apus_pixels *image, ptrdiff_t y, int bits, const void *row);

#endif
