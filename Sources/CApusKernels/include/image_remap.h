// Pictures sampled at places that do not fall on pixels, as OpenCV 4 samples them: places in steps of 1/32 pixel,
// sums rounded. Interleaved bytes or floats, any number of channels, rows without gaps, sides below 32,768.

#ifndef APUS_IMAGE_REMAP_H
#define APUS_IMAGE_REMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "image_moves.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    const void *elements;
    int32_t width;
    int32_t height;
    int32_t channels;
    /// Otherwise bytes.
    bool is_float;
    /// The nearest pixel instead of the four around the place, weighted.
    bool is_nearest;
    apus_border border;
    /// One pixel: what a constant border shows.
    const void *fill;
} apus_sampled;

/// `target` is sampled at `inverse` (row-major 3×3) of each pixel's index, as warpAffine and warpPerspective do.
/// False where no memory was left.
bool apus_warp_plane(const apus_sampled *source, const double *inverse, void *target, int32_t width, int32_t height);

/// `target` is sampled at (`x`, `y`) of each pixel, in indices, as remap does. False where no memory was left.
bool apus_warp_field(
    const apus_sampled *source, const float *x, const float *y, void *target, int32_t width, int32_t height);

#ifdef __cplusplus
}
#endif

#endif
