#include <math.h>

#include "../internal.h"

static float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
// As max and min, but a NaN passes.
static float clip(float x, float low, float high) { return x < low ? low : x > high ? high : x; }
static float softplus(float x) { return x > 20.0f ? x : log1pf(expf(x)); }

static float gelu_tanh(float x) {
    return 0.5f * x * (1.0f + tanhf(0.7978845608028654f * (x + 0.044715f * x * x * x)));
}

float apus_apply(apus_activation f, float x) {
    switch (f.function) {
    case APUS_IDENTITY: return x;
    case APUS_RELU: return x < 0.0f ? 0.0f : x;
    case APUS_SILU: return x / (1.0f + expf(-x));
    case APUS_CLIP: return clip(x, f.a, f.b);
    case APUS_LEAKY_RELU: return x < 0.0f ? f.a * x : x;
    case APUS_SIGMOID: return sigmoid(x);
    case APUS_HARD_SIGMOID: return clip(f.a * x + f.b, 0.0f, 1.0f);
    case APUS_HARD_SWISH: return x * clip(x * (1.0f / 6.0f) + 0.5f, 0.0f, 1.0f);
    case APUS_EXP: return expf(x);
    case APUS_LOG: return logf(x);
    case APUS_SQRT: return sqrtf(x);
    case APUS_TANH: return tanhf(x);
    case APUS_ERF: return erff(x);
    case APUS_ABS: return fabsf(x);
    case APUS_NEGATIVE: return -x;
    case APUS_RECIPROCAL: return 1.0f / x;
    case APUS_FLOOR: return floorf(x);
    case APUS_CEIL: return ceilf(x);
    case APUS_ROUND: return rintf(x);
    case APUS_ELU: return x < 0.0f ? f.a * expm1f(x) : x;
    case APUS_SELU: return f.b * (x < 0.0f ? f.a * expm1f(x) : x);
    case APUS_SOFTPLUS: return softplus(x);
    case APUS_SOFTSIGN: return x / (1.0f + fabsf(x));
    case APUS_SIN: return sinf(x);
    case APUS_COS: return cosf(x);
    case APUS_SIGN: return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
    case APUS_GELU: return 0.5f * x * (1.0f + erff(x * 0.70710678118654752f));
    case APUS_GELU_TANH: return gelu_tanh(x);
    case APUS_MISH: return x * tanhf(softplus(x));
    }
    return x;
}
