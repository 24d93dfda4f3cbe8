// Movements of whole pixels: interleaved images whose pixels are blocks of bytes, in rows without gaps.

#ifndef APUS_IMAGE_MOVES_H
#define APUS_IMAGE_MOVES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Rows become columns: `target` has `height` pixels a row and `width` rows, and is mirrored along the axes asked for.
void apus_transpose_pixels(
    const void *source, int32_t width, int32_t height, int32_t pixel_bytes, int32_t mirrors_x, int32_t mirrors_y,
    void *target);

/// How pixels outside an image are made up; OpenCV's numbers.
typedef enum {
    APUS_BORDER_CONSTANT = 0,
    APUS_BORDER_REPLICATE = 1,
    APUS_BORDER_REFLECT = 2,
    APUS_BORDER_WRAP = 3,
    APUS_BORDER_REFLECT_101 = 4
} apus_border;

/// `target`'s pixel (x, y) is the source's (x + `left`, y + `top`); where the source has none, `fill` (one pixel) or
/// what the border says. Crops and pads.
void apus_frame_pixels(
    const void *source, int32_t width, int32_t height, int32_t pixel_bytes, int32_t left, int32_t top,
    apus_border border, const void *fill, void *target, int32_t target_width, int32_t target_height);

/// The same for one target row: the source's row `y`, from its pixel `left` on.
void apus_frame_row(const void *source, int32_t width, int32_t height, int32_t pixel_bytes, int32_t left, int32_t y,
                    apus_border border, const void *fill, void *target, int32_t target_width);

/// Writes one pixel `count` times.
void apus_fill_pixels(void *target, size_t count, const void *pixel, int32_t pixel_bytes);

/// The index that stands for `index` outside `0 ..< count`; -1 for a constant border's outside.
int32_t apus_border_index(int32_t index, int32_t count, apus_border border);

#ifdef __cplusplus
}
#endif

#endif
