// Masks and class maps out of a network's planes, at the image's size: bilinear between the planes' cells.

#ifndef APUS_IMAGE_REGIONS_H
#define APUS_IMAGE_REGIONS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Where output coordinates read: `value[first[i]] + weight[i] · (value[second[i]] − value[first[i]])`.
typedef struct {
    const int32_t *first, *second;
    /// From 0 to below 1.
    const float *weight;
    ptrdiff_t count;
} apus_region_taps;

/// `tile[x·height + y]` = the sum over `count` planes of `coefficients[c] · planes[c·plane + y·stride + x]`, in the
/// order of the planes: columns of a window whose upper left cell is `planes[0]`.
void apus_region_sums(
    const float *planes, ptrdiff_t plane, ptrdiff_t stride, const float *coefficients, ptrdiff_t count,
    ptrdiff_t width, ptrdiff_t height, float *tile);

/// Which pixels are above 0 where the tile's columns, each `tile_height` long, are interpolated down and then across.
/// One bit a pixel, the lowest of a word the topmost, column after column in whole words; bits below the last row are 0.
///
/// `scratch` has room for (tile_width + 1) · rows floats, the rows rounded up to a multiple of 64.
void apus_region_bits(
    const float *tile, ptrdiff_t tile_width, ptrdiff_t tile_height, apus_region_taps columns, apus_region_taps rows,
    float *scratch, uint64_t *words);

/// The plane with the largest value for each pixel of a row, the first of equal ones; NaN is never the largest.
///
/// `first` and `second` are the rows of plane 0 that the output row lies between. `line` has room for `stride` floats,
/// `best` for one float a column.
void apus_region_classes(
    const float *first, const float *second, float weight, ptrdiff_t plane, ptrdiff_t count, ptrdiff_t stride,
    apus_region_taps columns, float *line, float *best, uint8_t *labels);

/// The largest of `count` rows of `width` floats in each column, and its row: the first of equal ones. NaN is never the
/// largest; where nothing is, −∞ and 0.
void apus_largest_rows(const float *rows, ptrdiff_t count, ptrdiff_t width, float *best, int32_t *labels);

#ifdef __cplusplus
}
#endif

#endif
