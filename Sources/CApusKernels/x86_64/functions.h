// Functions of a vector of numbers. Include after vector_*.h.
#ifndef APUS_FUNCTIONS_H
#define APUS_FUNCTIONS_H

/// p(r) with eʳ ≈ p for |r| ≤ ln 2 / 2, where `x = n·ln 2 + r` (after Cephes).
INLINE vector reduced_exponential(vector x, vector *n) {
    *n = rounded(multiply(x, all(1.44269504f)));
    vector r = fuse_negative(*n, all(0.693359375f), x);
    r = fuse_negative(*n, all(-2.12194440e-4f), r);
    vector p = all(1.9875691e-4f);
    p = fuse(p, r, all(1.3981999e-3f));
    p = fuse(p, r, all(8.3334519e-3f));
    p = fuse(p, r, all(4.1665796e-2f));
    p = fuse(p, r, all(1.6666665e-1f));
    p = fuse(p, r, all(5.0000001e-1f));
    return fuse(p, multiply(r, r), add(r, all(1)));
}

/// e^x within 2 ULP. Below e⁻⁸⁷ it is 0, above e⁸⁸·⁷ infinite.
INLINE vector exponential(vector x) {
    vector n;
    vector p = reduced_exponential(at_least(-87.3f, at_most(88.7f, x)), &n);
    p = scale(p, n);
    p = where_less(x, -87.3f, all(0), p);
    return where_less(negative(x), -88.722839f, all(__builtin_inff()), p);
}

/// 1 + e⁻ˣ for x ≥ −87, where e⁻⁸⁷ stands for all that is smaller: enough for a sigmoid, and never infinite. The exponent
/// is taken to base 2 in one step: where that costs digits, the sigmoid has long come to rest.
INLINE vector one_plus_exponential(vector x) {
    const vector y = multiply(at_most(87, x), all(-1.44269504f)), n = rounded(y), r = subtract(y, n);
    vector p = all(1.32669706e-3f);
    p = fuse(p, r, all(9.67545994e-3f));
    p = fuse(p, r, all(5.55074252e-2f));
    p = fuse(p, r, all(2.40221217e-1f));
    p = fuse(p, r, all(6.93146944e-1f));
    p = fuse(p, r, all(1.00000012f));
    return add(scale_in_range(p, n), all(1));
}

INLINE vector sigmoid(vector x) { return reciprocal(one_plus_exponential(at_least(-87, x))); }
/// Below −87 as at −87, where it is already 0 to 35 decimals.
INLINE vector silu(vector x) {
    const vector bounded = at_least(-87, x);
    return multiply(bounded, reciprocal(one_plus_exponential(bounded)));
}

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
    case APUS_LEAKY_RELU: return where_less(x, 0, multiply(x, all(a)), x);
    case APUS_SIGMOID: return sigmoid(x);
    case APUS_HARD_SIGMOID: return at_most(1, at_least(0, fuse(all(a), x, all(b))));
    case APUS_HARD_SWISH: return multiply(x, at_most(1, at_least(0, fuse(all(1.0f / 6.0f), x, all(0.5f)))));
    case APUS_EXP: return exponential(x);
    case APUS_SQRT: return square_root(x);
    case APUS_ABS: return magnitude(x);
    case APUS_NEGATIVE: return negative(x);
    case APUS_FLOOR: return floored(x);
    case APUS_CEIL: return ceiled(x);
    case APUS_ROUND: return rounded(x);
    default: return x;
    }
}

INLINE void apply_to_row(apus_function f, float a, float b, const float *x, float *y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) store(y + i, apply(f, a, b, load(x + i)));
    if (i == count) return;
    const mask m = lanes(count - i);
    store_lanes(y + i, m, apply(f, a, b, load_lanes(x + i, m)));
}

static bool unary_row(apus_activation f, const float *x, float *y, ptrdiff_t count) {
    if (!is_vector_function(f.function)) return false;
#define CASE(name) case name: apply_to_row(name, f.a, f.b, x, y, count); return true;
    switch (f.function) {
        CASE(APUS_RELU) CASE(APUS_SILU) CASE(APUS_CLIP) CASE(APUS_LEAKY_RELU) CASE(APUS_SIGMOID)
        CASE(APUS_HARD_SIGMOID) CASE(APUS_HARD_SWISH) CASE(APUS_EXP)
    default: apply_to_row(f.function, f.a, f.b, x, y, count); return true;
    }
#undef CASE
}

#endif
