// A rectangle of an image brought to a size in one go: a crop or a padding that is then resized, without the picture
// between the two.

#ifndef APUS_IMAGE_RESAMPLE_H
#define APUS_IMAGE_RESAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "image_moves.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A rectangle of an interleaved 8-bit image, which may reach beyond it.
typedef struct {
    const uint8_t *pixels;
    int32_t width, height, channels;
    /// The rectangle's corner and sides.
    int32_t left, top, columns, rows;
    apus_border border;
    /// One pixel: what a constant border shows.
    const uint8_t *fill;
} apus_window_of_image;

/// `target` (`width` × `height` pixels) is the rectangle, bilinear with pixel centres at half integers: byte for byte
/// OpenCV's INTER_LINEAR. False where no memory was left.
bool apus_resize_window(const apus_window_of_image *window, uint8_t *target, int32_t width, int32_t height);

/// The same by the readable kernels alone.
bool apus_resize_window_generic(const apus_window_of_image *window, uint8_t *target, int32_t width, int32_t height);

#ifdef __cplusplus
}
#endif

#endif
