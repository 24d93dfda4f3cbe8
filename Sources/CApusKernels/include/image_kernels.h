// Kernels on 8-bit interleaved images. Each has a readable form in generic/ and a fast one with the same results.

#ifndef APUS_IMAGE_KERNELS_H
#define APUS_IMAGE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Where one output coordinate reads: source index, its neighbour, and their weights, which sum to 2048.
typedef struct {
    int32_t first, second;
    int16_t first_weight, second_weight;
} apus_resize_tap;

/// Fills `output_size` taps of bilinear interpolation with pixel centres at half integers, as OpenCV's INTER_LINEAR.
void apus_resize_taps(int input_size, int output_size, apus_resize_tap *taps);

/// `row[i·channels + c]` = the weighted sum of two source pixels, divided by 16: one row, horizontally.
/// `source` has `source_width` pixels. 1, 3 and 4 channels.
void apus_resize_row(
    const uint8_t *source, int source_width, int channels, const apus_resize_tap *taps, int width, int16_t *row);
void apus_resize_row_generic(
    const uint8_t *source, int source_width, int channels, const apus_resize_tap *taps, int width, int16_t *row);

/// The weighted sum of two rows that `apus_resize_row` made, back in 8 bits.
void apus_resize_blend(
    const int16_t *first, const int16_t *second, int16_t first_weight, int16_t second_weight, int count,
    uint8_t *output);
void apus_resize_blend_generic(
    const int16_t *first, const int16_t *second, int16_t first_weight, int16_t second_weight, int count,
    uint8_t *output);

/// `planes[c][i] = pixels[3·i + order[c]] · scale[c] + offset[c]` for three planes of `count` floats each.
void apus_normalize_planes(
    const uint8_t *pixels, size_t count, const int order[3], const float scale[3], const float offset[3],
    float *planes);
void apus_normalize_planes_generic(
    const uint8_t *pixels, size_t count, const int order[3], const float scale[3], const float offset[3],
    float *planes);

#ifdef __cplusplus
}
#endif

#endif
