// Eight sums at a time, from integers to bytes. Include inside the `target("avx2,fma")` region.
#ifndef APUS_QUANTIZED_VECTOR_H
#define APUS_QUANTIZED_VECTOR_H

#include <immintrin.h>
#include <string.h>

#include "../quantized.h"

#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif

/// e⁻ˣ as generic/quantized.c has it, operation by operation.
INLINE __m256 negative_exponential_8(__m256 x) {
    const __m256 bound = _mm256_set1_ps(126);
    __m256 t = _mm256_mul_ps(x, _mm256_set1_ps(-1.44269504f));
    t = _mm256_min_ps(_mm256_max_ps(t, _mm256_set1_ps(-126)), bound);
    const __m256 n = _mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), f = _mm256_sub_ps(t, n);
    __m256 p = _mm256_fmadd_ps(_mm256_set1_ps(0.05550411f), f, _mm256_set1_ps(0.24022651f));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(0.69314718f));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(1));
    const __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent));
}

INLINE __m256 quantized_apply_8(apus_activation f, __m256 x) {
    const __m256 zero = _mm256_setzero_ps(), one = _mm256_set1_ps(1);
    switch (f.function) {
    case APUS_RELU: return _mm256_max_ps(x, zero);
    case APUS_SILU: return _mm256_div_ps(x, _mm256_add_ps(one, negative_exponential_8(x)));
    case APUS_CLIP: return _mm256_min_ps(_mm256_max_ps(x, _mm256_set1_ps(f.a)), _mm256_set1_ps(f.b));
    case APUS_LEAKY_RELU:
        return _mm256_blendv_ps(x, _mm256_mul_ps(x, _mm256_set1_ps(f.a)), _mm256_cmp_ps(x, zero, _CMP_LT_OQ));
    case APUS_SIGMOID: return _mm256_div_ps(one, _mm256_add_ps(one, negative_exponential_8(x)));
    case APUS_HARD_SIGMOID:
        return _mm256_min_ps(_mm256_max_ps(_mm256_fmadd_ps(_mm256_set1_ps(f.a), x, _mm256_set1_ps(f.b)), zero), one);
    case APUS_HARD_SWISH: {
        const __m256 gate = _mm256_fmadd_ps(_mm256_set1_ps(1.0f / 6.0f), x, _mm256_set1_ps(0.5f));
        return _mm256_mul_ps(x, _mm256_min_ps(_mm256_max_ps(gate, zero), one));
    }
    default: return x;
    }
}

INLINE __m256 bytes_as_floats_8(const uint8_t *bytes, bool is_signed, int32_t zero) {
    const __m128i packed = _mm_loadl_epi64((const __m128i *)bytes);
    const __m256i wide = is_signed ? _mm256_cvtepi8_epi32(packed) : _mm256_cvtepu8_epi32(packed);
    return _mm256_cvtepi32_ps(_mm256_sub_epi32(wide, _mm256_set1_epi32(zero)));
}

/// Eight bytes in the lower half, from numbers in units of the output's scale.
INLINE __m128i floats_as_bytes_8(__m256 value, apus_byte_range range, int32_t zero) {
    value = _mm256_min_ps(_mm256_max_ps(value, _mm256_set1_ps(range.least)), _mm256_set1_ps(range.largest));
    const __m256i whole = _mm256_add_epi32(_mm256_cvtps_epi32(value), _mm256_set1_epi32(zero));
    // The lowest byte of each 32-bit number.
    const __m256i lowest = _mm256_shuffle_epi8(
        whole, _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    return _mm_unpacklo_epi32(_mm256_castsi256_si128(lowest), _mm256_extracti128_si256(lowest, 1));
}

#endif
