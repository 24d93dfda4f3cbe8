// Sixteen sums at a time, from integers to bytes, as quantized_finish.h has it for eight. Include inside the region of
// the AVX-512 target.
#ifndef APUS_QUANTIZED_FINISH_AVX512_H
#define APUS_QUANTIZED_FINISH_AVX512_H

/// e⁻ˣ as generic/quantized.c has it, operation by operation.
INLINE __m512 negative_exponential_16(__m512 x) {
    __m512 t = _mm512_mul_ps(x, _mm512_set1_ps(-1.44269504f));
    t = _mm512_min_ps(_mm512_max_ps(t, _mm512_set1_ps(-126)), _mm512_set1_ps(126));
    const __m512 n = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), f = _mm512_sub_ps(t, n);
    __m512 p = _mm512_fmadd_ps(_mm512_set1_ps(0.05550411f), f, _mm512_set1_ps(0.24022651f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.69314718f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1));
    return _mm512_scalef_ps(p, n);
}

INLINE __m512 quantized_apply_16(apus_activation f, __m512 x) {
    const __m512 zero = _mm512_setzero_ps(), one = _mm512_set1_ps(1);
    switch (f.function) {
    case APUS_RELU: return _mm512_max_ps(x, zero);
    case APUS_SILU: return _mm512_div_ps(x, _mm512_add_ps(one, negative_exponential_16(x)));
    case APUS_CLIP: return _mm512_min_ps(_mm512_max_ps(x, _mm512_set1_ps(f.a)), _mm512_set1_ps(f.b));
    case APUS_LEAKY_RELU:
        return _mm512_mask_mul_ps(x, _mm512_cmp_ps_mask(x, zero, _CMP_LT_OQ), x, _mm512_set1_ps(f.a));
    case APUS_SIGMOID: return _mm512_div_ps(one, _mm512_add_ps(one, negative_exponential_16(x)));
    case APUS_HARD_SIGMOID:
        return _mm512_min_ps(_mm512_max_ps(_mm512_fmadd_ps(_mm512_set1_ps(f.a), x, _mm512_set1_ps(f.b)), zero), one);
    case APUS_HARD_SWISH: {
        const __m512 gate = _mm512_fmadd_ps(_mm512_set1_ps(1.0f / 6.0f), x, _mm512_set1_ps(0.5f));
        return _mm512_mul_ps(x, _mm512_min_ps(_mm512_max_ps(gate, zero), one));
    }
    default: return x;
    }
}

INLINE __m512 bytes_as_floats_16(__m128i bytes, bool is_signed, int32_t zero) {
    const __m512i wide = is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
    return _mm512_cvtepi32_ps(_mm512_sub_epi32(wide, _mm512_set1_epi32(zero)));
}

INLINE void finish_rows_16(apus_function f, const apus_quantized_convolution *c, const int32_t *sums, ptrdiff_t stride,
                           __m512i bias, ptrdiff_t pixel, ptrdiff_t rows, ptrdiff_t channel) {
    apus_activation activation = c->activation;
    activation.function = f;
    const ptrdiff_t count = apus_min(PANEL, c->out_channels - channel);
    const __mmask16 mask = (__mmask16)((1u << count) - 1);
    const apus_byte_range range = apus_byte_range_of(c->output_is_signed, c->output_zero);
    const __m512 scale = _mm512_loadu_ps(c->scale + channel), offset = _mm512_loadu_ps(c->offset + channel);
    const uint8_t *residual = c->residual == NULL ? NULL : c->residual + pixel * c->residual_stride + channel;
    uint8_t *out = c->output + pixel * c->out_stride + channel;
    for (ptrdiff_t row = 0; row < rows; row++, sums += stride, out += c->out_stride) {
        const __m512i sum = _mm512_add_epi32(_mm512_load_si512(sums), bias);
        __m512 v = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale, offset);
        if (residual == NULL) {
            v = quantized_apply_16(activation, v);
        } else {
            const __m512 r = bytes_as_floats_16(_mm_maskz_loadu_epi8(mask, residual), c->output_is_signed,
                                                c->residual_zero);
            const __m512 factor = _mm512_set1_ps(c->residual_scale);
            if (c->residual_before_activation) v = quantized_apply_16(activation, _mm512_fmadd_ps(r, factor, v));
            else v = _mm512_fmadd_ps(r, factor, quantized_apply_16(activation, v));
            residual += c->residual_stride;
        }
        v = _mm512_mul_ps(v, _mm512_set1_ps(c->inverse_scale));
        v = _mm512_min_ps(_mm512_max_ps(v, _mm512_set1_ps(range.least)), _mm512_set1_ps(range.largest));
        const __m512i whole = _mm512_add_epi32(_mm512_cvtps_epi32(v), _mm512_set1_epi32(c->output_zero));
        _mm_mask_storeu_epi8(out, mask, _mm512_cvtepi32_epi8(whole));
    }
}

INLINE void store_sums_16(const apus_quantized_convolution *c, const int32_t *sums, ptrdiff_t stride, __m512i bias,
                          ptrdiff_t pixel, ptrdiff_t rows, ptrdiff_t channel) {
    const __mmask16 mask = (__mmask16)((1u << apus_min(PANEL, c->out_channels - channel)) - 1);
    for (ptrdiff_t row = 0; row < rows; row++, sums += stride)
        _mm512_mask_storeu_epi32(c->sums + (pixel + row) * c->out_stride + channel, mask,
                                 _mm512_add_epi32(_mm512_load_si512(sums), bias));
}

/// Spelled out for the common functions, so that no loop asks which it is.
static void finish_panel_16(const apus_quantized_convolution *c, const int32_t *sums, ptrdiff_t stride, __m512i bias,
                            ptrdiff_t pixel, ptrdiff_t rows, ptrdiff_t channel) {
    if (c->sums != NULL) {
        store_sums_16(c, sums, stride, bias, pixel, rows, channel);
        return;
    }
#define CASE(f) case f: finish_rows_16(f, c, sums, stride, bias, pixel, rows, channel); return;
    switch (c->activation.function) {
        CASE(APUS_IDENTITY) CASE(APUS_RELU) CASE(APUS_SILU) CASE(APUS_CLIP)
    default: finish_rows_16(c->activation.function, c, sums, stride, bias, pixel, rows, channel);
    }
#undef CASE
}

#endif
