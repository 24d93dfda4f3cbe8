// Binary cross entropy of logits against zero targets.
// Included once for each target, inside its namespace: see Kernels.hpp.

/// Σ softplus(x), and gradient = weight · sigmoid(x). Sums in float over 4096 values at most, then in double.
static double softplusSum(const float *x, float *gradient, int64_t count, float weight) {
    double total = 0;
    int64_t i = 0;
    while (i + 16 <= count) {
        const int64_t end = i + 4096 < count ? i + 4096 : count;
        Lanes sum = Lanes(0.0f);
        for (; i + 16 <= end; i += 16) {
            const Lanes value = load(x + i);
            const Lanes e = exponential(-__builtin_elementwise_abs(value)), reciprocal = 1.0f / (1.0f + e);
            store(gradient + i, weight * (value >= 0.0f ? reciprocal : e * reciprocal));
            sum += (value < 0.0f ? Lanes(0.0f) : value) + logarithmOfOnePlus(e); // a NaN stays one
        }
        for (int lane = 0; lane < 16; lane++) total += sum[lane];
        if (end == count) break;
    }
    for (; i < count; i++) {
        const float e = __builtin_expf(-__builtin_fabsf(x[i])), reciprocal = 1 / (1 + e);
        gradient[i] = weight * (x[i] >= 0 ? reciprocal : e * reciprocal);
        total += (x[i] < 0 ? 0 : x[i]) + __builtin_log1pf(e);
    }
    return total;
}
