// Row kernels of batch normalization with SiLU on a matrix [rows, channels] of floats (an NHWC tensor).
// Included once for each target, inside its namespace: see Kernels.hpp. Channels are a multiple of 16 here.

/// Rows that are summed before they join a longer sum, which keeps float sums precise.
constexpr int64_t rowsPerSum = 32;

/// For 16·blocks channels: the sum and the sum of squares of x − pivot, pivot being the first row.
template <int blocks>
static void momentsOfBlock(const float *x, int64_t rows, int64_t stride, float *sum, float *squares) {
    Lanes pivot[blocks], total[blocks], totalSquares[blocks];
    for (int b = 0; b < blocks; b++) {
        pivot[b] = load(x + 16 * b);
        total[b] = totalSquares[b] = Lanes(0.0f);
    }
    for (int64_t r = 0; r < rows;) {
        const int64_t end = r + rowsPerSum < rows ? r + rowsPerSum : rows;
        Lanes s[blocks], q[blocks];
        for (int b = 0; b < blocks; b++) s[b] = q[b] = Lanes(0.0f);
        for (; r < end; r++, x += stride) {
            for (int b = 0; b < blocks; b++) {
                const Lanes d = load(x + 16 * b) - pivot[b];
                s[b] += d;
                q[b] = __builtin_elementwise_fma(d, d, q[b]);
            }
        }
        for (int b = 0; b < blocks; b++) {
            total[b] += s[b];
            totalSquares[b] += q[b];
        }
    }
    for (int b = 0; b < blocks; b++) {
        store(sum + 16 * b, total[b]);
        store(squares + 16 * b, totalSquares[b]);
    }
}

static void moments(const float *x, int64_t rows, int64_t channels, float *sum, float *squares) {
    int64_t c = 0;
    for (; c + 64 <= channels; c += 64) momentsOfBlock<4>(x + c, rows, channels, sum + c, squares + c);
    for (; c < channels; c += 16) momentsOfBlock<1>(x + c, rows, channels, sum + c, squares + c);
}

/// z = silu(scale · x + shift)
static void normSilu(const float *x, float *z, int64_t rows, int64_t channels, const float *scale, const float *shift) {
    for (int64_t r = 0; r < rows; r++, x += channels, z += channels) {
        for (int64_t c = 0; c < channels; c += 16) {
            const Lanes u = __builtin_elementwise_fma(load(x + c), load(scale + c), load(shift + c));
            store(z + c, u * sigmoid(u));
        }
    }
}

/// Sums over rows of du and of du · (x − mean), du being the gradient before SiLU.
template <int blocks>
static void gradientSumsOfBlock(const float *x, const float *dz, int64_t rows, int64_t xStride, int64_t dzStride,
                                const float *scale, const float *shift, const float *mean, float *sum, float *product) {
    Lanes a[blocks], b[blocks], m[blocks], total[blocks], totalProduct[blocks];
    for (int k = 0; k < blocks; k++) {
        a[k] = load(scale + 16 * k);
        b[k] = load(shift + 16 * k);
        m[k] = load(mean + 16 * k);
        total[k] = totalProduct[k] = Lanes(0.0f);
    }
    for (int64_t r = 0; r < rows;) {
        const int64_t end = r + rowsPerSum < rows ? r + rowsPerSum : rows;
        Lanes s[blocks], p[blocks];
        for (int k = 0; k < blocks; k++) s[k] = p[k] = Lanes(0.0f);
        for (; r < end; r++, x += xStride, dz += dzStride) {
            for (int k = 0; k < blocks; k++) {
                const Lanes value = load(x + 16 * k);
                const Lanes du = load(dz + 16 * k) * siluSlope(__builtin_elementwise_fma(value, a[k], b[k]));
                s[k] += du;
                p[k] = __builtin_elementwise_fma(du, value - m[k], p[k]);
            }
        }
        for (int k = 0; k < blocks; k++) {
            total[k] += s[k];
            totalProduct[k] += p[k];
        }
    }
    for (int k = 0; k < blocks; k++) {
        store(sum + 16 * k, total[k]);
        store(product + 16 * k, totalProduct[k]);
    }
}

static void gradientSums(const float *x, const float *dz, int64_t rows, int64_t channels, int64_t dzStride,
                         const float *scale, const float *shift, const float *mean, float *sum, float *product) {
    int64_t c = 0;
    for (; c + 32 <= channels; c += 32) {
        gradientSumsOfBlock<2>(x + c, dz + c, rows, channels, dzStride, scale + c, shift + c, mean + c, sum + c,
                               product + c);
    }
    for (; c < channels; c += 16) {
        gradientSumsOfBlock<1>(x + c, dz + c, rows, channels, dzStride, scale + c, shift + c, mean + c, sum + c,
                               product + c);
    }
}

/// dx = scale · du + slope · (x − mean) + offset
static void normSiluGradient(const float *x, const float *dz, float *dx, int64_t rows, int64_t channels,
                             int64_t dzStride, const float *scale, const float *shift, const float *mean,
                             const float *slope, const float *offset) {
    for (int64_t r = 0; r < rows; r++, x += channels, dz += dzStride, dx += channels) {
        for (int64_t c = 0; c < channels; c += 16) {
            const Lanes value = load(x + c), a = load(scale + c);
            const Lanes du = load(dz + c) * siluSlope(__builtin_elementwise_fma(value, a, load(shift + c)));
            const Lanes centred = __builtin_elementwise_fma(value - load(mean + c), load(slope + c), load(offset + c));
            store(dx + c, __builtin_elementwise_fma(du, a, centred));
        }
    }
}
