// Bilinear resizing with AVX2; every result equals that of generic/image_resize.c.
#if defined(__x86_64__)

#include "image_kernels.h"

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

/// The 6 bytes of two neighbouring RGB pixels as three pairs of 16-bit values: (r0, r1), (g0, g1), (b0, b1).
AVX2 static inline __m128i pair_channels_rgb(const uint8_t *pixels) {
    const __m128i order = _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
    return _mm_shuffle_epi8(_mm_loadl_epi64((const __m128i *)pixels), order);
}

AVX2 static inline __m128i weights_of(const apus_resize_tap *tap) {
    int32_t both;
    memcpy(&both, &tap->first_weight, sizeof both);
    return _mm_set1_epi32(both);
}

AVX2 static inline __m256i two_pixels_rgb(const uint8_t *source, const apus_resize_tap *taps) {
    const uint8_t *first = source + 3 * (ptrdiff_t)taps[0].first, *second = source + 3 * (ptrdiff_t)taps[1].first;
    __m256i pairs = _mm256_set_m128i(pair_channels_rgb(second), pair_channels_rgb(first));
    __m256i weights = _mm256_set_m128i(weights_of(&taps[1]), weights_of(&taps[0]));
    return _mm256_srai_epi32(_mm256_madd_epi16(pairs, weights), 4);
}

/// Four pixels a step. Reads 8 bytes at the first of two neighbours and writes 4 bytes past the 12 values,
/// so the caller leaves the last pixels to the readable form.
AVX2 static int resize_row_rgb(
    const uint8_t *source, int source_width, const apus_resize_tap *taps, int width, int16_t *row) {
    const __m256i close_gaps = _mm256_setr_epi8(
        0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1,
        0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1);
    int x = 0;
    for (; x + 6 <= width && taps[x + 3].first + 3 <= source_width; x += 4) {
        __m256i even = two_pixels_rgb(source, taps + x), odd = two_pixels_rgb(source, taps + x + 2);
        // After packing, the low lane holds pixels 0 and 2, the high lane 1 and 3.
        __m256i packed = _mm256_packs_epi32(even, odd);
        __m128i low = _mm256_castsi256_si128(packed), high = _mm256_extracti128_si256(packed, 1);
        __m256i ordered = _mm256_set_m128i(_mm_unpackhi_epi64(low, high), _mm_unpacklo_epi64(low, high));
        ordered = _mm256_shuffle_epi8(ordered, close_gaps);
        _mm_storeu_si128((__m128i *)(row + 3 * (ptrdiff_t)x), _mm256_castsi256_si128(ordered));
        _mm_storeu_si128((__m128i *)(row + 3 * (ptrdiff_t)x + 6), _mm256_extracti128_si256(ordered, 1));
    }
    return x;
}

AVX2 static inline __m256i blend_sixteen(const int16_t *first, const int16_t *second, __m256i a, __m256i b) {
    const __m256i x = _mm256_mulhi_epi16(_mm256_loadu_si256((const __m256i *)first), a);
    const __m256i y = _mm256_mulhi_epi16(_mm256_loadu_si256((const __m256i *)second), b);
    return _mm256_srai_epi16(_mm256_add_epi16(_mm256_add_epi16(x, y), _mm256_set1_epi16(2)), 2);
}

AVX2 static int resize_blend(
    const int16_t *first, const int16_t *second, int16_t first_weight, int16_t second_weight, int count,
    uint8_t *output) {
    const __m256i a = _mm256_set1_epi16(first_weight), b = _mm256_set1_epi16(second_weight);
    int i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m256i low = blend_sixteen(first + i, second + i, a, b);
        const __m256i high = blend_sixteen(first + i + 16, second + i + 16, a, b);
        const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xd8);
        _mm256_storeu_si256((__m256i *)(output + i), bytes);
    }
    return i;
}

void apus_resize_row(
    const uint8_t *source, int source_width, int channels, const apus_resize_tap *taps, int width, int16_t *row) {
    int done = channels == 3 && __builtin_cpu_supports("avx2")
        ? resize_row_rgb(source, source_width, taps, width, row) : 0;
    apus_resize_row_generic(
        source, source_width, channels, taps + done, width - done, row + (ptrdiff_t)done * channels);
}

void apus_resize_blend(
    const int16_t *first, const int16_t *second, int16_t first_weight, int16_t second_weight, int count,
    uint8_t *output) {
    int done = __builtin_cpu_supports("avx2")
        ? resize_blend(first, second, first_weight, second_weight, count, output) : 0;
    apus_resize_blend_generic(
        first + done, second + done, first_weight, second_weight, count - done, output + done);
}

#endif
