// Loops over a row of channels, plain enough for the compiler to vectorize for each instruction set.
#ifndef APUS_ROWS_H
#define APUS_ROWS_H

static void add_row(float *restrict sums, const float *restrict x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) sums[i] += x[i];
}

static void take_maximum(float *restrict best, const float *restrict x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) best[i] = x[i] > best[i] || x[i] != x[i] ? x[i] : best[i];
}

// `y` may be `x`.
static void subtract_row(float *y, const float *x, const float *restrict z, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] - z[i];
}

static void multiply_row(float *restrict y, const float *restrict x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) y[i] *= x[i];
}

#endif
