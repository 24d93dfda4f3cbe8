#ifndef APUS_IMAGE_WARP_H
#define APUS_IMAGE_WARP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An RGB image laid on a canvas.
typedef struct {
    const uint8_t *pixels;
    int32_t width;
    int32_t height;
    /// Where its top-left pixel lies on the canvas.
    int32_t left;
    int32_t top;
} apus_tile;

/// Draws a canvas through a projective map without ever building the canvas.
///
/// The canvas is `canvas_width`×`canvas_height` RGB pixels of `background`, with `tiles` (at most 8, none over another)
/// laid on it and cut at its edges. `inverse` is row-major 3×3 and maps an output pixel's index to a place on the
/// canvas, also in indices: a whole number is a pixel's centre. Sampling is bilinear with weights of 1/128; pixels
/// outside the canvas are `background`. The result does not depend on how the same canvas is cut into tiles.
/// `output` holds `width`×`height` RGB pixels.
void apus_warp_tiles(
    const apus_tile *tiles, int32_t tile_count, int32_t canvas_width, int32_t canvas_height, const double *inverse,
    uint8_t background, uint8_t *output, int32_t width, int32_t height);

/// The same by the shortest path, a pixel at a time: what `apus_warp_tiles` must equal, byte for byte.
void apus_warp_tiles_generic(
    const apus_tile *tiles, int32_t tile_count, int32_t canvas_width, int32_t canvas_height, const double *inverse,
    uint8_t background, uint8_t *output, int32_t width, int32_t height);

#ifdef __cplusplus
}
#endif

#endif
