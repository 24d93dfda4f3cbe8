// Interleaved bytes to scaled planes with AVX2; every result equals that of generic/image_normalize.c.
#if defined(__x86_64__)

#include "image_kernels.h"

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/// Channel `channel` of 16 pixels, from the three vectors that hold their 48 bytes.
AVX2 static inline __m128i gather_channel(const __m128i part[3], int channel) {
    __m128i result = _mm_setzero_si128();
    for (int p = 0; p < 3; p++) {
        int8_t order[16];
        for (int i = 0; i < 16; i++) {
            int from = 3 * i + channel - 16 * p;
            order[i] = (int8_t)(from >= 0 && from < 16 ? from : -1);
        }
        result = _mm_or_si128(result, _mm_shuffle_epi8(part[p], _mm_loadu_si128((const __m128i *)order)));
    }
    return result;
}

/// Two roundings, as the readable form has: the compiler must not fuse them.
AVX2 static inline void store_scaled(__m128i bytes, __m256 scale, __m256 offset, float *output) {
    __m256 value = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
    _mm256_storeu_ps(output, _mm256_add_ps(_mm256_mul_ps(value, scale), offset));
}

AVX2 static size_t normalize_plane(
    const uint8_t *pixels, size_t count, int channel, float scale, float offset, float *plane) {
    __m256 scales = _mm256_set1_ps(scale), offsets = _mm256_set1_ps(offset);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m128i part[3];
        for (int p = 0; p < 3; p++) part[p] = _mm_loadu_si128((const __m128i *)(pixels + 3 * i + 16 * (size_t)p));
        __m128i bytes = channel == 0 ? gather_channel(part, 0)
            : channel == 1 ? gather_channel(part, 1) : gather_channel(part, 2);
        store_scaled(bytes, scales, offsets, plane + i);
        store_scaled(_mm_srli_si128(bytes, 8), scales, offsets, plane + i + 8);
    }
    return i;
}

void apus_normalize_planes(
    const uint8_t *pixels, size_t count, const int order[3], const float scale[3], const float offset[3],
    float *planes) {
    if (!__builtin_cpu_supports("avx2")) {
        apus_normalize_planes_generic(pixels, count, order, scale, offset, planes);
        return;
    }
    for (int c = 0; c < 3; c++) {
        float *plane = planes + (size_t)c * count;
        size_t i = normalize_plane(pixels, count, order[c], scale[c], offset[c], plane);
        for (; i < count; i++) plane[i] = (float)pixels[3 * i + (size_t)order[c]] * scale[c] + offset[c];
    }
}

#endif
