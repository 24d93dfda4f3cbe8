#include "halving.h"

#include <stddef.h>

static void halve_generic(const uint8_t *upper, const uint8_t *lower, int32_t from, int32_t width, int32_t channels,
                          uint8_t *target) {
    for (ptrdiff_t x = from; x < width; x++) {
        for (ptrdiff_t c = 0; c < channels; c++) {
            const ptrdiff_t left = 2 * x * channels + c, right = left + channels;
            target[x * channels + c] = (uint8_t)((upper[left] + upper[right] + lower[left] + lower[right] + 2) >> 2);
        }
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

/// The sums of neighbours of 4 + 4 pixels of 3 channels, 12 bytes on, six in each half.
__attribute__((target("avx2"))) static inline __m256i pair_sums(const uint8_t *row) {
    const __m256i pairs = _mm256_setr_epi8(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, -1, -1, -1, -1, 0, 3, 1, 4, 2, 5, 6, 9,
                                           7, 10, 8, 11, -1, -1, -1, -1);
    const __m256i bytes = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)row)), _mm_loadu_si128((const __m128i *)(row + 12)), 1);
    return _mm256_maddubs_epi16(_mm256_shuffle_epi8(bytes, pairs), _mm256_set1_epi8(1));
}

/// Four pixels of the target at a time, as long as 16 bytes may be read and 8 written.
__attribute__((target("avx2"))) static int32_t halve_rgb(const uint8_t *upper, const uint8_t *lower, int32_t width,
                                                         uint8_t *target) {
    int32_t x = 0;
    for (; x + 6 <= width; x += 4) {
        const __m256i sums = _mm256_add_epi16(pair_sums(upper + 6 * (ptrdiff_t)x), pair_sums(lower + 6 * (ptrdiff_t)x));
        const __m256i means = _mm256_srli_epi16(_mm256_add_epi16(sums, _mm256_set1_epi16(2)), 2);
        const __m256i packed = _mm256_packus_epi16(means, means);
        _mm_storel_epi64((__m128i *)(target + 3 * (ptrdiff_t)x), _mm256_castsi256_si128(packed));
        _mm_storel_epi64((__m128i *)(target + 3 * (ptrdiff_t)x + 6), _mm256_extracti128_si256(packed, 1));
    }
    return x;
}

static int32_t halve_fast(const uint8_t *upper, const uint8_t *lower, int32_t width, int32_t channels, uint8_t *target) {
    return channels == 3 && __builtin_cpu_supports("avx2") ? halve_rgb(upper, lower, width, target) : 0;
}
#else
static int32_t halve_fast(const uint8_t *upper, const uint8_t *lower, int32_t width, int32_t channels, uint8_t *target) {
    (void)upper, (void)lower, (void)width, (void)channels, (void)target;
    return 0;
}
#endif

void apus_halve_rows(const uint8_t *upper, const uint8_t *lower, int32_t width, int32_t channels, uint8_t *target) {
    const int32_t done = halve_fast(upper, lower, width, channels, target);
    halve_generic(upper, lower, done, width, channels, target);
}
