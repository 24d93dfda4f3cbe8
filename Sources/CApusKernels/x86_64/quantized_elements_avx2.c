#if defined(__x86_64__)
#include "../quantized.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "quantized_vector.h"

INLINE __m128i quantize_8(apus_quantization q, apus_byte_range range, const float *x) {
    return floats_as_bytes_8(_mm256_div_ps(_mm256_loadu_ps(x), _mm256_set1_ps(q.scale)), range, q.zero);
}

ptrdiff_t apus_quantize_row_avx2(apus_quantization q, const float *x, uint8_t *y, ptrdiff_t count) {
    const apus_byte_range range = apus_byte_range_of(q.is_signed, q.zero);
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8) _mm_storel_epi64((__m128i *)(y + i), quantize_8(q, range, x + i));
    return i;
}

ptrdiff_t apus_quantize_planes_avx2(apus_quantization q, const float *x, ptrdiff_t planes, ptrdiff_t plane,
                                    ptrdiff_t count, uint8_t *y) {
    const apus_byte_range range = apus_byte_range_of(q.is_signed, q.zero);
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8, x += 8) {
        __m128i bytes[4];
        for (ptrdiff_t p = 0; p < 4; p++)
            bytes[p] = p < planes ? quantize_8(q, range, x + p * plane) : _mm_setzero_si128();
        const __m128i even = _mm_unpacklo_epi8(bytes[0], bytes[1]), odd = _mm_unpacklo_epi8(bytes[2], bytes[3]);
        _mm_storeu_si128((__m128i *)(y + 4 * i), _mm_unpacklo_epi16(even, odd));
        _mm_storeu_si128((__m128i *)(y + 4 * i + 16), _mm_unpackhi_epi16(even, odd));
    }
    return i;
}

ptrdiff_t apus_dequantize_row_avx2(apus_quantization q, const uint8_t *x, float *y, ptrdiff_t count) {
    const __m256 scale = _mm256_set1_ps(q.scale);
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(y + i, _mm256_mul_ps(bytes_as_floats_8(x + i, q.is_signed, q.zero), scale));
    return i;
}

#pragma clang attribute pop
#endif
