#if defined(__x86_64__)
#include "../internal.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "vector.h"

INLINE void apply_to_row(apus_function f, float a, float b, const float *x, float *y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8) store(y + i, apply(f, a, b, load(x + i)));
    if (i == count) return;
    const __m256i mask = lanes(count - i);
    _mm256_maskstore_ps(y + i, mask, apply(f, a, b, _mm256_maskload_ps(x + i, mask)));
}

bool apus_unary_row_avx2(apus_activation f, const float *x, float *y, ptrdiff_t count) {
    if (!is_vector_function(f.function)) return false;
#define CASE(name) case name: apply_to_row(name, f.a, f.b, x, y, count); return true;
    switch (f.function) {
        CASE(APUS_RELU) CASE(APUS_SILU) CASE(APUS_CLIP) CASE(APUS_LEAKY_RELU) CASE(APUS_SIGMOID)
        CASE(APUS_HARD_SIGMOID) CASE(APUS_HARD_SWISH) CASE(APUS_EXP)
    default: apply_to_row(f.function, f.a, f.b, x, y, count); return true;
    }
#undef CASE
}

#pragma clang attribute pop
#endif
