// Binary cross entropy of logits.
// Included once for each target, inside its namespace: see Kernels.hpp.

/// Σ softplus(x), and gradient = weight · sigmoid(x), which may take the place of x. Sums in float over 4096 values at
/// most, then in double.
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
        const float value = x[i], e = __builtin_expf(-__builtin_fabsf(value)), reciprocal = 1 / (1 + e);
        gradient[i] = weight * (value >= 0 ? reciprocal : e * reciprocal);
        total += (value < 0 ? 0 : value) + __builtin_log1pf(e);
    }
    return total;
}

static float dotProduct(const float *a, const float *b, int64_t count) {
    Lanes sum = Lanes(0.0f);
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) sum += load(a + i) * load(b + i);
    float total = sumOfLanes(sum);
    for (; i < count; i++) total += a[i] * b[i];
    return total;
}

/// y += factor · x
static void addScaled(float *y, const float *x, float factor, int64_t count) {
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) store(y + i, load(y + i) + factor * load(x + i));
    for (; i < count; i++) y[i] += factor * x[i];
}

/// Cross entropy of a row's cells, Σ over them, and its gradients times the row's weight.
static double maskRow(const apus::MaskRow &row) {
    for (int64_t i = 0; i < row.cells; i++) {
        row.slopes[i] = dotProduct(row.prototypes + i * row.channels, row.coefficients, row.channels);
    }
    double total = 0;
    for (int64_t i = 0; i < row.cells; i++) total -= row.wanted[i] * row.slopes[i];
    total += softplusSum(row.slopes, row.slopes, row.cells, row.weight);
    for (int64_t i = 0; i < row.cells; i++) {
        const float slope = row.slopes[i] - row.weight * row.wanted[i];
        addScaled(row.prototypeGradient + i * row.channels, row.coefficients, slope, row.channels);
        addScaled(row.coefficientGradient, row.prototypes + i * row.channels, slope, row.channels);
    }
    return total;
}
