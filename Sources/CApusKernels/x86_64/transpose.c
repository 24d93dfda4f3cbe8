#if defined(__x86_64__)
#include <immintrin.h>

#include "../internal.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

/// Eight rows of eight floats, `from_step` apart, as eight columns.
static inline __attribute__((always_inline)) void transpose_square(const float *from, ptrdiff_t from_step, float *to,
                                                                   ptrdiff_t to_step) {
    __m256 r[8], t[8];
    for (int i = 0; i < 8; i++) r[i] = _mm256_loadu_ps(from + i * from_step);
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xEE);
        r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xEE);
    }
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_ps(to + i * to_step, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(to + (i + 4) * to_step, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
}

void apus_transpose_avx2(const float *from, ptrdiff_t from_step, float *to, ptrdiff_t to_step, ptrdiff_t rows,
                         ptrdiff_t columns) {
    for (ptrdiff_t row = 0; row < rows; row += 8)
        for (ptrdiff_t column = 0; column < columns; column += 8)
            transpose_square(from + row * from_step + column, from_step, to + column * to_step + row, to_step);
}

#pragma clang attribute pop
#endif
