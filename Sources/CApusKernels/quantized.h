// What the quantized kernels share.
#ifndef APUS_QUANTIZED_INTERNAL_H
#define APUS_QUANTIZED_INTERNAL_H

#include "include/apus_quantized.h"
#include "internal.h"

/// The part of a convolution that one task computes: rows of one image, panels of sixteen output channels.
typedef struct {
    ptrdiff_t image, first_row, last_row, first_panel, last_panel;
} apus_band;

/// The least and the largest byte of an output, less its zero point.
typedef struct {
    float least, largest;
} apus_byte_range;

static inline apus_byte_range apus_byte_range_of(bool is_signed, int32_t zero) {
    const int32_t least = is_signed ? -128 : 0;
    return (apus_byte_range){(float)(least - zero), (float)(least + 255 - zero)};
}

static inline ptrdiff_t apus_round_up(ptrdiff_t count, ptrdiff_t multiple) {
    return (count + multiple - 1) / multiple * multiple;
}

/// Image rows and columns that the windows of a band see, padding included.
static inline ptrdiff_t apus_band_in_rows(const apus_quantized_convolution *c, ptrdiff_t rows) {
    return (rows - 1) * c->stride_y + (c->kernel_height - 1) * c->dilation_y + 1;
}
static inline ptrdiff_t apus_band_in_columns(const apus_quantized_convolution *c) {
    return (c->out_width - 1) * c->stride_x + (c->kernel_width - 1) * c->dilation_x + 1;
}

void apus_quantized_band_plain(const apus_quantized_convolution *c, apus_band band);

#if defined(__x86_64__)
// Winograd's F(4×4, 3×3): tiles of 4 × 4 outputs, read 6 × 6 inputs.
enum { WINOGRAD_OUT = 4, WINOGRAD_IN = 6, WINOGRAD_POINTS = WINOGRAD_IN * WINOGRAD_IN };

void apus_quantized_band_pairs(const apus_quantized_convolution *c, apus_band band, void *scratch);
ptrdiff_t apus_quantized_scratch_pairs(const apus_quantized_convolution *c, ptrdiff_t rows);
void apus_quantized_band_winograd(const apus_quantized_convolution *c, apus_band band, void *scratch);
ptrdiff_t apus_quantized_scratch_winograd(const apus_quantized_convolution *c, ptrdiff_t rows);
void apus_quantized_band_quads(const apus_quantized_convolution *c, apus_band band, void *scratch);
ptrdiff_t apus_quantized_scratch_quads(const apus_quantized_convolution *c, ptrdiff_t rows);

/// How many elements, from the first, they have done: whole vectors.
ptrdiff_t apus_quantize_row_avx2(apus_quantization q, const float *x, uint8_t *y, ptrdiff_t count);
ptrdiff_t apus_quantize_planes_avx2(apus_quantization q, const float *x, ptrdiff_t planes, ptrdiff_t plane,
                                    ptrdiff_t count, uint8_t *y);
ptrdiff_t apus_dequantize_row_avx2(apus_quantization q, const uint8_t *x, float *y, ptrdiff_t count);
#endif

#endif
