// Eight floats at a time. Include inside the `target("avx2,fma")` region.
#ifndef APUS_VECTOR_H
#define APUS_VECTOR_H

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

typedef __m256 vector;

INLINE vector load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void store(float *p, vector v) { _mm256_storeu_ps(p, v); }
INLINE vector all(float x) { return _mm256_set1_ps(x); }
INLINE vector add(vector a, vector b) { return _mm256_add_ps(a, b); }
INLINE vector subtract(vector a, vector b) { return _mm256_sub_ps(a, b); }
INLINE vector multiply(vector a, vector b) { return _mm256_mul_ps(a, b); }
INLINE vector fuse(vector a, vector b, vector c) { return _mm256_fmadd_ps(a, b, c); }
// The second operand wins where one is NaN: `x` stands there, so that a NaN passes.
INLINE vector at_least(float bound, vector x) { return _mm256_max_ps(all(bound), x); }
INLINE vector at_most(float bound, vector x) { return _mm256_min_ps(all(bound), x); }

/// The first `count` (0…8) lanes.
INLINE __m256i lanes(ptrdiff_t count) {
    const __m256i order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), order);
}

/// p(r) with eʳ ≈ p for |r| ≤ ln 2 / 2, where `x = n·ln 2 + r` (after Cephes).
INLINE vector reduced_exponential(vector x, vector *n) {
    *n = _mm256_round_ps(multiply(x, all(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    vector r = _mm256_fnmadd_ps(*n, all(0.693359375f), x);
    r = _mm256_fnmadd_ps(*n, all(-2.12194440e-4f), r);
    vector p = all(1.9875691e-4f);
    p = fuse(p, r, all(1.3981999e-3f));
    p = fuse(p, r, all(8.3334519e-3f));
    p = fuse(p, r, all(4.1665796e-2f));
    p = fuse(p, r, all(1.6666665e-1f));
    p = fuse(p, r, all(5.0000001e-1f));
    return fuse(p, multiply(r, r), add(r, all(1)));
}

/// 2ⁿ for whole numbers −126…127.
INLINE vector power_of_two(__m256i n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}

/// e^x within 2 ULP. Below e⁻⁸⁷ it is 0, above e⁸⁸·⁷ infinite.
INLINE vector exponential(vector x) {
    vector n;
    vector p = reduced_exponential(at_least(-87.3f, at_most(88.7f, x)), &n);
    // 2ⁿ in two factors: n reaches 128, which a float's exponent does not.
    const __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1);
    p = multiply(multiply(p, power_of_two(half)), power_of_two(_mm256_sub_epi32(whole, half)));
    p = _mm256_andnot_ps(_mm256_cmp_ps(x, all(-87.3f), _CMP_LT_OQ), p);
    return _mm256_blendv_ps(p, all(__builtin_inff()), _mm256_cmp_ps(x, all(88.722839f), _CMP_GT_OQ));
}

/// 1 + e⁻ˣ, where e⁸⁷ stands for all that is larger: enough for a sigmoid, and never infinite.
INLINE vector one_plus_exponential(vector x) {
    vector n;
    const vector p = reduced_exponential(at_least(-87, at_most(87, subtract(_mm256_setzero_ps(), x))), &n);
    return fuse(p, power_of_two(_mm256_cvtps_epi32(n)), all(1));
}

INLINE vector sigmoid(vector x) { return _mm256_div_ps(all(1), one_plus_exponential(x)); }
/// Below −87 as at −87, where it is already 0 to 35 decimals.
INLINE vector silu(vector x) { return _mm256_div_ps(at_least(-87, x), one_plus_exponential(x)); }

/// Whether `apply` knows a function.
INLINE bool is_vector_function(apus_function f) {
    return f <= APUS_EXP || f == APUS_SQRT || f == APUS_ABS || f == APUS_NEGATIVE || f == APUS_FLOOR || f == APUS_CEIL
        || f == APUS_ROUND;
}

/// `f(x)`: with a constant `f` the compiler leaves one case.
INLINE vector apply(apus_function f, float a, float b, vector x) {
    switch (f) {
    case APUS_RELU: return at_least(0, x);
    case APUS_SILU: return silu(x);
    case APUS_CLIP: return at_most(b, at_least(a, x));
    case APUS_LEAKY_RELU:
        return _mm256_blendv_ps(x, multiply(x, all(a)), _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ));
    case APUS_SIGMOID: return sigmoid(x);
    case APUS_HARD_SIGMOID: return at_most(1, at_least(0, fuse(all(a), x, all(b))));
    case APUS_HARD_SWISH: return multiply(x, at_most(1, at_least(0, fuse(all(1.0f / 6.0f), x, all(0.5f)))));
    case APUS_EXP: return exponential(x);
    case APUS_SQRT: return _mm256_sqrt_ps(x);
    case APUS_ABS: return _mm256_andnot_ps(all(-0.0f), x);
    case APUS_NEGATIVE: return _mm256_xor_ps(all(-0.0f), x);
    case APUS_FLOOR: return _mm256_floor_ps(x);
    case APUS_CEIL: return _mm256_ceil_ps(x);
    case APUS_ROUND: return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    default: return x;
    }
}

#endif
