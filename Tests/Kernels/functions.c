// Functions of one number and of two, against the same in double precision.
#include "check.h"

static double expected_of(apus_activation f, double x) {
    switch (f.function) {
    case APUS_IDENTITY: return x;
    case APUS_RELU: return fmax(x, 0);
    case APUS_SILU: return x / (1 + exp(-x));
    case APUS_CLIP: return fmin(fmax(x, (double)f.a), (double)f.b);
    case APUS_LEAKY_RELU: return x < 0 ? (double)f.a * x : x;
    case APUS_SIGMOID: return 1 / (1 + exp(-x));
    case APUS_HARD_SIGMOID: return fmin(fmax((double)f.a * x + (double)f.b, 0), 1);
    case APUS_HARD_SWISH: return x * fmin(fmax(x / 6 + 0.5, 0), 1);
    case APUS_EXP: return exp(x);
    case APUS_LOG: return log(x);
    case APUS_SQRT: return sqrt(x);
    case APUS_TANH: return tanh(x);
    case APUS_ERF: return erf(x);
    case APUS_ABS: return fabs(x);
    case APUS_NEGATIVE: return -x;
    case APUS_RECIPROCAL: return 1 / x;
    case APUS_FLOOR: return floor(x);
    case APUS_CEIL: return ceil(x);
    case APUS_ROUND: return rint(x);
    case APUS_ELU: return x < 0 ? (double)f.a * expm1(x) : x;
    case APUS_SELU: return (double)f.b * (x < 0 ? (double)f.a * expm1(x) : x);
    case APUS_SOFTPLUS: return log1p(exp(x));
    case APUS_SOFTSIGN: return x / (1 + fabs(x));
    case APUS_SIN: return sin(x);
    case APUS_COS: return cos(x);
    case APUS_SIGN: return (x > 0) - (x < 0);
    case APUS_GELU: return x / 2 * (1 + erf(x / sqrt(2)));
    case APUS_GELU_TANH: return x / 2 * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)));
    case APUS_MISH: return x * tanh(log1p(exp(x)));
    }
    return x;
}

static void check_unary(apus_cpu cpu, apus_function function) {
    const apus_activation f = {function, 0.3f, 0.7f};
    const ptrdiff_t rows = draw(1, 3), count = draw(1, 60), stride = count + draw(0, 3);
    float *x = noise(rows * stride), *y = filled(rows * stride, -77);
    const bool is_of_positive = function == APUS_LOG || function == APUS_SQRT;
    for (ptrdiff_t i = 0; i < rows * stride; i++) x[i] = is_of_positive ? fabsf(x[i]) + 0.01f : x[i] * 12;
    apus_unary(cpu, NULL, f, x, stride, y, stride, rows, count);
    for (ptrdiff_t i = 0; i < rows * stride; i++) {
        const double expected = i % stride < count ? expected_of(f, (double)x[i]) : -77;
        expect_close("function", function, (double)y[i], expected, 2e-5);
    }
    free(x), free(y);
}

static double combined(apus_operation operation, double a, double b) {
    switch (operation) {
    case APUS_ADD: return a + b;
    case APUS_SUBTRACT: return a - b;
    case APUS_MULTIPLY: return a * b;
    case APUS_DIVIDE: return a / b;
    case APUS_MAXIMUM: return fmax(a, b);
    case APUS_MINIMUM: return fmin(a, b);
    case APUS_POWER: return pow(a, b);
    }
    return 0;
}

static void check_binary(apus_operation operation, ptrdiff_t a_step, ptrdiff_t b_step) {
    const ptrdiff_t rows = draw(1, 3), count = draw(1, 60);
    float *a = noise(rows * count), *b = noise(rows * count), *y = filled(rows * count, -77);
    for (ptrdiff_t i = 0; i < rows * count; i++) a[i] = fabsf(a[i]) + 0.1f, b[i] += 1.5f;
    apus_binary(NULL, operation, a, a_step, count, b, b_step, count, y, count, rows, count);
    for (ptrdiff_t i = 0; i < rows * count; i++) {
        const ptrdiff_t row = i / count * count, place = i % count;
        const double expected = combined(operation, (double)a[row + place * a_step], (double)b[row + place * b_step]);
        expect_close("operation", operation, (double)y[i], expected, 1e-5);
    }
    free(a), free(b), free(y);
}

void check_functions(void) {
    apus_cpu sets[3];
    const int count = kernel_sets(sets);
    for (int round = 0; round < 10; round++) {
        for (int set = 0; set < count; set++)
            for (int f = APUS_IDENTITY; f <= APUS_MISH; f++) check_unary(sets[set], (apus_function)f);
        for (int operation = APUS_ADD; operation <= APUS_POWER; operation++)
            for (int steps = 0; steps < 4; steps++) check_binary((apus_operation)operation, steps & 1, steps >> 1);
    }
}
