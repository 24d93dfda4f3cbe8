// Eight floats at a time. Include inside a `target("avx2,fma")` region.
#ifndef APUS_VECTOR_AVX2_H
#define APUS_VECTOR_AVX2_H

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

typedef __m256 vector;
typedef __m256i mask;

// Pixels of a tile: as many as there are registers for their sums, over two vectors of channels.
enum { LANES = 8, TILE_ROWS = 6 };

/// The first `count` lanes; all where there are more, none where it is negative.
INLINE mask lanes(ptrdiff_t count) {
    const __m256i order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const int whole = count > LANES ? LANES : (int)count;
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(whole), order);
}

INLINE vector load(const float *p) { return _mm256_loadu_ps(p); }
INLINE vector load_lanes(const float *p, mask m) { return _mm256_maskload_ps(p, m); }
INLINE void store(float *p, vector v) { _mm256_storeu_ps(p, v); }
INLINE void store_lanes(float *p, mask m, vector v) { _mm256_maskstore_ps(p, m, v); }
INLINE vector all(float x) { return _mm256_set1_ps(x); }
INLINE vector add(vector a, vector b) { return _mm256_add_ps(a, b); }
INLINE vector subtract(vector a, vector b) { return _mm256_sub_ps(a, b); }
INLINE vector multiply(vector a, vector b) { return _mm256_mul_ps(a, b); }
INLINE vector divide(vector a, vector b) { return _mm256_div_ps(a, b); }
/// a · b + c
INLINE vector fuse(vector a, vector b, vector c) { return _mm256_fmadd_ps(a, b, c); }
/// c − a · b
INLINE vector fuse_negative(vector a, vector b, vector c) { return _mm256_fnmadd_ps(a, b, c); }
// The second operand wins where one is NaN: `x` stands there, so that a NaN passes.
INLINE vector at_least(float bound, vector x) { return _mm256_max_ps(all(bound), x); }
INLINE vector at_most(float bound, vector x) { return _mm256_min_ps(all(bound), x); }
INLINE vector clamp(vector low, vector high, vector x) {
    return _mm256_min_ps(high, _mm256_max_ps(low, x));
}
INLINE vector rounded(vector x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE vector floored(vector x) { return _mm256_floor_ps(x); }
INLINE vector ceiled(vector x) { return _mm256_ceil_ps(x); }
INLINE vector square_root(vector x) { return _mm256_sqrt_ps(x); }
INLINE vector magnitude(vector x) { return _mm256_andnot_ps(all(-0.0f), x); }
INLINE vector negative(vector x) { return _mm256_xor_ps(all(-0.0f), x); }
/// `a` where x < bound, else `b`.
INLINE vector where_less(vector x, float bound, vector a, vector b) {
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, all(bound), _CMP_LT_OQ));
}

/// `x` where it is the larger or no number, else `best`.
INLINE vector larger(vector best, vector x) {
    const vector m = _mm256_or_ps(_mm256_cmp_ps(x, best, _CMP_GT_OQ), _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    return _mm256_blendv_ps(best, x, m);
}

/// 2ⁿ for whole numbers −126…127.
INLINE vector power_of_two(__m256i n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}

/// p · 2ⁿ for whole numbers −126…127.
INLINE vector scale_in_range(vector p, vector n) { return multiply(p, power_of_two(_mm256_cvtps_epi32(n))); }

/// p · 2ⁿ for whole numbers −252…254: in two factors, since n = 128 is beyond a float's exponent.
INLINE vector scale(vector p, vector n) {
    const __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1);
    return multiply(multiply(p, power_of_two(half)), power_of_two(_mm256_sub_epi32(whole, half)));
}

/// 1 / x within 2 ULP, for x of ordinary size.
INLINE vector reciprocal(vector x) {
    const vector r = _mm256_rcp_ps(x);
    return multiply(r, fuse_negative(x, r, all(2)));
}

#endif
