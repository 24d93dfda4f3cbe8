// Neighbourhoods: convolutions, boxes, disks, medians. All work in place on interleaved pixels, mirror the border without
// repeating the outermost pixel, and return false where no memory was left.

#ifndef APUS_PIXEL_FILTER_H
#define APUS_PIXEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Interleaved pixels in rows without gaps; an element has `size` bytes: 1, from 0 to 255, or 4, a float.
typedef struct {
    void *elements;
    int32_t size;
    int32_t width;
    int32_t height;
    int32_t channels;
} apus_pixels;

/// The pixel at (x + dx, y + dy) counts `weight` times.
typedef struct {
    int32_t dx;
    int32_t dy;
    float weight;
} apus_tap;

/// Weighted sums over neighbours; bytes are rounded, halves to even, floats are left as they are.
bool apus_blend_taps(const apus_pixels *image, const apus_tap *taps, int count);

/// The pixels from (x + dx, y - half) to (x + dx, y + half) each count `weight` times.
typedef struct {
    int32_t dx;
    int32_t half;
    float weight;
} apus_column;

/// Weighted sums over columns of bytes: a kernel whose columns are runs of equal weights, as a disk's are, takes few. False
/// also where the weights fit no 16 bits: `half` is at most 50, and the sum of all is to be near 1.
bool apus_blend_columns(const apus_pixels *image, const apus_column *columns, int count);

/// Weighted sums over `horizontal` × `vertical` neighbours, of odd sizes around the pixel.
bool apus_blend_separable(
    const apus_pixels *image, const float *horizontal, int width, const float *vertical, int height);

/// The mean of the `side` × `side` bytes around each, `side` odd, at most 15.
bool apus_box_bytes(const apus_pixels *image, int side);

/// The median of the `side` × `side` bytes around each, `side` odd, at most 15.
bool apus_median_bytes(const apus_pixels *image, int side);

/// Moves every element from its blur by `alpha`, where they differ by more than `threshold` (of full intensity), softly:
/// the mask of those places is blurred too. `weights` are the blur's, along both axes.
bool apus_unsharp(const apus_pixels *image, const float *weights, int count, float alpha, float threshold);

#ifdef __cplusplus
}
#endif

#endif
