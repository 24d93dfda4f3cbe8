// Sixteen floats that the compiler maps onto whatever vector registers the enclosing function's target has.
// Included once for each target, inside its namespace: see Kernels.hpp.

typedef float Lanes __attribute__((ext_vector_type(16)));
typedef int LanesBits __attribute__((ext_vector_type(16)));
/// The same, at any address.
typedef float LanesUnaligned __attribute__((ext_vector_type(16), aligned(4)));

__attribute__((always_inline)) static inline Lanes load(const float *p) {
    return *reinterpret_cast<const LanesUnaligned *>(p);
}
__attribute__((always_inline)) static inline void store(float *p, Lanes x) {
    *reinterpret_cast<LanesUnaligned *>(p) = x;
}

/// eˣ to 2 units in the last place, for x clamped to ±87: 2ⁿ · e^r with |r| ≤ ln 2 / 2 and a polynomial for e^r.
__attribute__((always_inline)) static inline Lanes exponential(Lanes x) {
    x = __builtin_elementwise_min(__builtin_elementwise_max(x, Lanes(-87.0f)), Lanes(87.0f));
    const Lanes n = __builtin_elementwise_roundeven(x * 1.44269504088896341f);
    Lanes r = __builtin_elementwise_fma(n, Lanes(-0.693359375f), x);
    r = __builtin_elementwise_fma(n, Lanes(2.12194440e-4f), r);
    Lanes p = Lanes(1.9875691500e-4f);
    p = __builtin_elementwise_fma(p, r, Lanes(1.3981999507e-3f));
    p = __builtin_elementwise_fma(p, r, Lanes(8.3334519073e-3f));
    p = __builtin_elementwise_fma(p, r, Lanes(4.1665795894e-2f));
    p = __builtin_elementwise_fma(p, r, Lanes(1.6666665459e-1f));
    p = __builtin_elementwise_fma(p, r, Lanes(5.0000001201e-1f));
    p = __builtin_elementwise_fma(p, r * r, r) + 1.0f;
    const LanesBits exponent = (__builtin_convertvector(n, LanesBits) + 127) << 23;
    return p * __builtin_bit_cast(Lanes, exponent);
}

__attribute__((always_inline)) static inline Lanes sigmoid(Lanes x) { return 1.0f / (1.0f + exponential(-x)); }

/// d silu(u) / du
__attribute__((always_inline)) static inline Lanes siluSlope(Lanes u) {
    const Lanes s = sigmoid(u);
    return s * (1.0f + u * (1.0f - s));
}

/// ln(1 + y) for y in 0...1.
__attribute__((always_inline)) static inline Lanes logarithmOfOnePlus(Lanes y) {
    // Near 0 as 2·artanh(y / (2 + y)), whose series in s² converges fast: |s| ≤ 1/3.
    const Lanes s = y / (y + 2.0f), t = s * s;
    Lanes p = Lanes(1.0f / 15);
    p = __builtin_elementwise_fma(p, t, Lanes(1.0f / 13));
    p = __builtin_elementwise_fma(p, t, Lanes(1.0f / 11));
    p = __builtin_elementwise_fma(p, t, Lanes(1.0f / 9));
    p = __builtin_elementwise_fma(p, t, Lanes(1.0f / 7));
    p = __builtin_elementwise_fma(p, t, Lanes(1.0f / 5));
    p = __builtin_elementwise_fma(p, t, Lanes(1.0f / 3));
    return 2.0f * __builtin_elementwise_fma(p * t, s, s);
}

__attribute__((always_inline)) static inline float sumOfLanes(Lanes x) {
    typedef float Eight __attribute__((ext_vector_type(8)));
    typedef float Four __attribute__((ext_vector_type(4)));
    const Eight eight = x.lo + x.hi;
    const Four four = eight.lo + eight.hi;
    return (four[0] + four[2]) + (four[1] + four[3]);
}
