// Kernels over 8-bit integers that stand for numbers: number = scale · (integer − zero point).
//
// Sums of products are exact (32 bits, wrapping), and what follows them is one sequence of float operations that every
// instruction set computes alike: all forms give the same bytes.
#ifndef APUS_QUANTIZED_H
#define APUS_QUANTIZED_H

#include "apus_kernels.h"

// MARK: Convolution

/// How weights are packed, and by which kernel they are thus read.
typedef enum {
    /// The readable form: `[out][kernel_height][kernel_width][in]` of 16 bits.
    APUS_QUANTIZED_PLAIN = 0,
    /// AVX2: pairs of 16-bit numbers, for `vpmaddwd`. (`vpmaddubsw` would saturate, and is no faster: it needs a second
    /// instruction of the same kind to widen its sums.)
    APUS_QUANTIZED_PAIRS,
    /// AVX2: pairs, in the domain of Winograd's F(4×4, 3×3), which is exact on integers as used here.
    APUS_QUANTIZED_WINOGRAD,
    /// AVX-512 VNNI: four 8-bit numbers, for `vpdpbusd`.
    APUS_QUANTIZED_QUADS,
} apus_quantized_form;

/// A convolution's weights before they are packed.
typedef struct {
    /// `[out][in][kernel_height][kernel_width]`, less their zero point: −255…255.
    const int16_t *values;
    ptrdiff_t out_channels, in_channels, kernel_height, kernel_width;
} apus_quantized_weights;

/// The fastest form that is exact for these weights on this processor. `has_unit_steps` says that strides and dilations
/// are 1.
apus_quantized_form apus_quantized_best_form(apus_cpu cpu, const apus_quantized_weights *weights, bool has_unit_steps);

/// How many bytes packed weights take, and packs them. The kernels read them at addresses that divide by 64.
ptrdiff_t apus_quantized_packed_bytes(apus_quantized_form form, const apus_quantized_weights *weights);
void apus_quantized_pack(apus_quantized_form form, const apus_quantized_weights *weights, void *packed);

/// A 2-D convolution of one group over bytes. Geometry as in `apus_convolution`, strides in elements.
///
/// With `sum = bias + Σ (x − input_zero) · w`, the output is `sum` itself (`sums`), or the byte
/// `round(inverse_scale · (activation(sum · scale + offset) + residual_scale · (r − residual_zero))) + output_zero`,
/// clamped; halves are rounded to even. The residual is added to what the activation takes where
/// `residual_before_activation`.
typedef struct {
    ptrdiff_t batch;
    ptrdiff_t in_height, in_width, in_channels, in_stride;
    ptrdiff_t out_height, out_width, out_channels, out_stride;
    ptrdiff_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
    const uint8_t *input;
    bool input_is_signed;
    int32_t input_zero;
    apus_quantized_form form;
    const void *weights;
    /// Each of ⌈out_channels / 16⌉ · 16 elements.
    const int32_t *bias;
    const float *scale, *offset;
    apus_activation activation;
    /// Bytes with the signedness of the output, or NULL.
    const uint8_t *residual;
    ptrdiff_t residual_stride;
    int32_t residual_zero;
    float residual_scale;
    bool residual_before_activation;
    float inverse_scale;
    uint8_t *output;
    bool output_is_signed;
    int32_t output_zero;
    /// Where not NULL, takes the sums in place of `output`, with `out_stride`.
    int32_t *sums;
    /// At least `apus_quantized_scratch_bytes` bytes, at an address that divides by 64.
    void *scratch;
} apus_quantized_convolution;

/// Whether quantized convolutions can compute this activation as they store.
bool apus_quantized_has_activation(apus_function function);

ptrdiff_t apus_quantized_scratch_bytes(const apus_quantized_convolution *convolution, int threads);
void apus_quantized_convolve(apus_pool *pool, const apus_quantized_convolution *convolution);

// MARK: Elements

/// How an array of bytes stands for numbers.
typedef struct {
    float scale;
    int32_t zero;
    bool is_signed;
} apus_quantization;

/// `round(x / scale) + zero`, clamped, for `rows` rows of `count` elements; halves are rounded to even.
void apus_quantize(apus_cpu cpu, apus_pool *pool, apus_quantization q, const float *x, ptrdiff_t x_stride, uint8_t *y,
                   ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count);

/// The same for an image of at most four planes of `count` pixels, to pixels of four bytes: what a first convolution
/// reads. Bytes behind the planes' are 0.
void apus_quantize_planes(apus_cpu cpu, apus_pool *pool, apus_quantization q, const float *x, ptrdiff_t planes,
                          ptrdiff_t count, uint8_t *y);

/// `scale · (x − zero)`.
void apus_dequantize(apus_cpu cpu, apus_pool *pool, apus_quantization q, const uint8_t *x, ptrdiff_t x_stride, float *y,
                     ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count);

/// `y[i] = table[x[i]]` for `rows` rows of `count` bytes: any function of one 8-bit number.
void apus_look_up(apus_pool *pool, const uint8_t table[256], const uint8_t *x, ptrdiff_t x_stride, uint8_t *y,
                  ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count);

/// The largest byte of each window; geometry as in `apus_pooling`, whose `input` and `output` are not read.
void apus_pool_bytes(apus_pool *pool, const apus_pooling *pooling, bool is_signed, const uint8_t *input,
                     uint8_t *output);

#endif
