// Sixteen floats at a time. Include inside a `target("avx512f,…")` region.
#ifndef APUS_VECTOR_AVX512_H
#define APUS_VECTOR_AVX512_H

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

typedef __m512 vector;
typedef __mmask16 mask;

enum { LANES = 16, TILE_ROWS = 14 };

/// The first `count` lanes; all where there are more, none where it is negative.
INLINE mask lanes(ptrdiff_t count) {
    return count >= LANES ? (mask)0xFFFF : count <= 0 ? (mask)0 : (mask)((1u << count) - 1);
}

INLINE vector load(const float *p) { return _mm512_loadu_ps(p); }
INLINE vector load_lanes(const float *p, mask m) { return _mm512_maskz_loadu_ps(m, p); }
INLINE void store(float *p, vector v) { _mm512_storeu_ps(p, v); }
INLINE void store_lanes(float *p, mask m, vector v) { _mm512_mask_storeu_ps(p, m, v); }
INLINE vector all(float x) { return _mm512_set1_ps(x); }
INLINE vector add(vector a, vector b) { return _mm512_add_ps(a, b); }
INLINE vector subtract(vector a, vector b) { return _mm512_sub_ps(a, b); }
INLINE vector multiply(vector a, vector b) { return _mm512_mul_ps(a, b); }
INLINE vector divide(vector a, vector b) { return _mm512_div_ps(a, b); }
/// a · b + c
INLINE vector fuse(vector a, vector b, vector c) { return _mm512_fmadd_ps(a, b, c); }
/// c − a · b
INLINE vector fuse_negative(vector a, vector b, vector c) { return _mm512_fnmadd_ps(a, b, c); }
// The second operand wins where one is NaN: `x` stands there, so that a NaN passes.
INLINE vector at_least(float bound, vector x) { return _mm512_max_ps(all(bound), x); }
INLINE vector at_most(float bound, vector x) { return _mm512_min_ps(all(bound), x); }
INLINE vector clamp(vector low, vector high, vector x) {
    return _mm512_min_ps(high, _mm512_max_ps(low, x));
}
INLINE vector rounded(vector x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE vector floored(vector x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
INLINE vector ceiled(vector x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC); }
INLINE vector square_root(vector x) { return _mm512_sqrt_ps(x); }
INLINE vector magnitude(vector x) { return _mm512_abs_ps(x); }
INLINE vector negative(vector x) {
    return _mm512_castsi512_ps(_mm512_xor_si512(_mm512_set1_epi32((int)0x80000000), _mm512_castps_si512(x)));
}
/// `a` where x < bound, else `b`.
INLINE vector where_less(vector x, float bound, vector a, vector b) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, all(bound), _CMP_LT_OQ), b, a);
}

/// `x` where it is the larger or no number, else `best`.
INLINE vector larger(vector best, vector x) {
    const mask m = _mm512_cmp_ps_mask(x, best, _CMP_GT_OQ) | _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    return _mm512_mask_mov_ps(best, m, x);
}

/// p · 2ⁿ for whole numbers n.
INLINE vector scale(vector p, vector n) { return _mm512_scalef_ps(p, n); }
INLINE vector scale_in_range(vector p, vector n) { return _mm512_scalef_ps(p, n); }

/// 1 / x within 2 ULP, for x of ordinary size.
INLINE vector reciprocal(vector x) {
    const vector r = _mm512_rcp14_ps(x);
    return multiply(r, fuse_negative(x, r, all(2)));
}

#endif
