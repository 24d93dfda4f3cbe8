// What follows the sums of some pixels: bias, scale, activation, residual, store. Include after quantized_vector.h.
#ifndef APUS_QUANTIZED_FINISH_H
#define APUS_QUANTIZED_FINISH_H

INLINE __m128i finish_8(apus_function f, const apus_quantized_convolution *c, apus_byte_range range, __m256i sums,
                        const uint8_t *residual, ptrdiff_t channel) {
    apus_activation activation = c->activation;
    activation.function = f;
    __m256 v = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(c->scale + channel),
                               _mm256_loadu_ps(c->offset + channel));
    if (residual == NULL) {
        v = quantized_apply_8(activation, v);
    } else {
        const __m256 r = bytes_as_floats_8(residual, c->output_is_signed, c->residual_zero);
        const __m256 scale = _mm256_set1_ps(c->residual_scale);
        if (c->residual_before_activation) v = quantized_apply_8(activation, _mm256_fmadd_ps(r, scale, v));
        else v = _mm256_fmadd_ps(r, scale, quantized_apply_8(activation, v));
    }
    return floats_as_bytes_8(_mm256_mul_ps(v, _mm256_set1_ps(c->inverse_scale)), range, c->output_zero);
}

/// `rows` pixels, from `pixel` on, of the panel of sixteen channels from `channel` on.
INLINE void finish_rows(apus_function f, const apus_quantized_convolution *c, const int32_t *sums, ptrdiff_t stride,
                        ptrdiff_t pixel, ptrdiff_t rows, ptrdiff_t channel) {
    const apus_byte_range range = apus_byte_range_of(c->output_is_signed, c->output_zero);
    const ptrdiff_t count = apus_min(PANEL, c->out_channels - channel);
    const __m256i bias0 = _mm256_loadu_si256((const __m256i *)(c->bias + channel));
    const __m256i bias1 = _mm256_loadu_si256((const __m256i *)(c->bias + channel + 8));
    for (ptrdiff_t row = 0; row < rows; row++, sums += stride) {
        uint8_t *out = c->output + (pixel + row) * c->out_stride + channel, copy[PANEL] = {0};
        const uint8_t *residual = NULL;
        if (c->residual != NULL) {
            residual = c->residual + (pixel + row) * c->residual_stride + channel;
            if (count < PANEL) residual = memcpy(copy, residual, (size_t)count);
        }
        const __m256i s0 = _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)sums), bias0);
        const __m256i s1 = _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)(sums + 8)), bias1);
        const __m128i low = finish_8(f, c, range, s0, residual, channel);
        const __m128i high = finish_8(f, c, range, s1, residual == NULL ? NULL : residual + 8, channel + 8);
        const __m128i bytes = _mm_unpacklo_epi64(low, high);
        if (count == PANEL) {
            _mm_storeu_si128((__m128i *)out, bytes);
        } else {
            _mm_storeu_si128((__m128i *)copy, bytes);
            memcpy(out, copy, (size_t)count);
        }
    }
}

INLINE void store_sums(const apus_quantized_convolution *c, const int32_t *sums, ptrdiff_t stride, ptrdiff_t pixel,
                       ptrdiff_t rows, ptrdiff_t channel) {
    const ptrdiff_t count = apus_min(PANEL, c->out_channels - channel);
    for (ptrdiff_t row = 0; row < rows; row++, sums += stride) {
        int32_t *out = c->sums + (pixel + row) * c->out_stride + channel;
        for (ptrdiff_t i = 0; i < count; i++)
            out[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)c->bias[channel + i]);
    }
}

/// Spelled out for the common functions, so that no loop asks which it is.
static void finish_panel(const apus_quantized_convolution *c, const int32_t *sums, ptrdiff_t stride, ptrdiff_t pixel,
                         ptrdiff_t rows, ptrdiff_t channel) {
    if (c->sums != NULL) {
        store_sums(c, sums, stride, pixel, rows, channel);
        return;
    }
#define CASE(f) case f: finish_rows(f, c, sums, stride, pixel, rows, channel); return;
    switch (c->activation.function) {
        CASE(APUS_IDENTITY) CASE(APUS_RELU) CASE(APUS_SILU) CASE(APUS_CLIP)
    default: finish_rows(c->activation.function, c, sums, stride, pixel, rows, channel);
    }
#undef CASE
}

#endif
