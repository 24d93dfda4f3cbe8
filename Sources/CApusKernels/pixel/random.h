// Counter-based random numbers, a function of a key and a place.
#ifndef APUS_PIXEL_RANDOM_H
#define APUS_PIXEL_RANDOM_H

#include <math.h>
#include <stdint.h>

#include "clones.h"

/// 32 bits for place `index`: two rounds of a multiply-xorshift mixer, with half of the key before each.
///
/// The multipliers are those of Wellons' search for mixers without bias, "lowbias32".
APUS_INLINE uint32_t apus_random_bits(uint64_t key, uint32_t index) {
    uint32_t x = index ^ (uint32_t)key;
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    x ^= (x >> 16) ^ (uint32_t)(key >> 32);
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
}

/// Above 0 and below 1, symmetric about a half.
APUS_INLINE float apus_random_uniform(uint32_t bits) { return ((float)(bits >> 9) + 0.5f) * 0x1p-23f; }

/// The natural logarithm for normal positive `x`, to about 1e-7 of its value.
APUS_INLINE float apus_log(float x) {
    union { float value; uint32_t bits; } u = {x};
    // Mantissas from √½ to √2.
    const uint32_t shifted = u.bits - 0x3f3504f3u;
    const float exponent = (float)((int32_t)shifted >> 23);
    u.bits = (shifted & 0x007fffffu) + 0x3f3504f3u;
    const float m = u.value - 1, s = m / (2 + m), z = s * s;
    // 2·atanh(s).
    const float series = z * (0.66666667f + z * (0.4f + z * (0.28571430f + z * 0.2222f)));
    return exponent * 0.69314718f + (2 * s + s * series);
}

/// The normal deviate below which a share `u` of all lie.
///
/// Giles, "Approximating the erfinv function", GPU Computing Gems, 2011; single precision.
APUS_INLINE float apus_normal_quantile(float u) {
    const float x = 2 * u - 1;
    const float w = -apus_log((1 - x) * (1 + x));
    const float v = w - 2.5f;
    float p = 2.81022636e-08f;
    p = 3.43273939e-07f + p * v;
    p = -3.5233877e-06f + p * v;
    p = -4.39150654e-06f + p * v;
    p = 0.00021858087f + p * v;
    p = -0.00125372503f + p * v;
    p = -0.00417768164f + p * v;
    p = 0.246640727f + p * v;
    p = 1.50140941f + p * v;
    const float t = __builtin_elementwise_sqrt(w) - 3;
    float q = -0.000200214257f;
    q = 0.000100950558f + q * t;
    q = 0.00134934322f + q * t;
    q = -0.00367342844f + q * t;
    q = 0.00573950773f + q * t;
    q = -0.0076224613f + q * t;
    q = 0.00943887047f + q * t;
    q = 1.00167406f + q * t;
    q = 2.83297682f + q * t;
    return (w < 5 ? p : q) * x * 1.41421356f;
}

/// Mean 0, scale 1: the difference of two exponentials.
APUS_INLINE float apus_laplace_quantile(float u) {
    const float low = apus_log(2 * (u < 0.5f ? u : 1 - u));
    return u < 0.5f ? low : -low;
}

#endif
