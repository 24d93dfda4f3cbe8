// Holes in a picture filled from their edges inwards.
#ifndef APUS_PIXEL_INPAINT_H
#define APUS_PIXEL_INPAINT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    /// Telea, *An Image Inpainting Technique Based on the Fast Marching Method*, 2004.
    APUS_INPAINT_TELEA = 0,
    /// The same march, with the weights along lines of equal brightness that Bertalmio, Bertozzi & Sapiro continue:
    /// *Navier–Stokes, Fluid Dynamics, and Image and Video Inpainting*, 2001.
    APUS_INPAINT_ISOPHOTES = 1,
} apus_inpainting;

/// Fills the pixels of an interleaved picture that `hole` (a byte a pixel) marks, from the known ones up to `radius`
/// (1 to 64) pixels away. A picture that is all hole stays. False where no memory was left.
bool apus_inpaint_bytes(uint8_t *pixels, int32_t width, int32_t height, int32_t channels, const uint8_t *hole,
                        int32_t radius, apus_inpainting method);

#ifdef __cplusplus
}
#endif

#endif
