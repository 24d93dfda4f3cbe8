#include "../resample_groups.h"

#include <stdbool.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>

enum { GROUP = 16, HALF = 8 };

/// A value's source byte, the one a pixel further being in the row too, and that one's weight.
typedef struct {
    int32_t offset;
    int16_t weight;
} step;

static step step_of(const apus_resize_tap *taps, int32_t value, int32_t source_width, int32_t channels) {
    const apus_resize_tap *tap = &taps[value / channels];
    const bool is_last = tap->first >= source_width - 1;
    const int32_t first = is_last ? source_width - 2 : tap->first;
    return (step){first * channels + value % channels, is_last ? 2048 : tap->second_weight};
}

/// False where eight values are too far apart for one load.
static bool fill_half(apus_resize_group *group, int half, const apus_resize_tap *taps, int32_t value,
                      int32_t source_width, int32_t channels) {
    const int32_t last = source_width * channels - channels - 16;
    int32_t first = INT32_MAX;
    for (int i = 0; i < HALF; i++) {
        const int32_t offset = step_of(taps, value + i, source_width, channels).offset;
        first = offset < first ? offset : first;
    }
    group->offsets[half] = first < last ? first : last;
    for (int i = 0; i < HALF; i++) {
        const step s = step_of(taps, value + i, source_width, channels);
        const int32_t place = s.offset - group->offsets[half];
        if (place > 15) return false;
        group->places[16 * half + 2 * i] = (int8_t)place;
        group->places[16 * half + 2 * i + 1] = -1;
        group->weights[HALF * half + i] = s.weight;
    }
    return true;
}

static inline int32_t group_start(int32_t index, int32_t count) {
    return index * GROUP < count - GROUP ? index * GROUP : count - GROUP;
}

apus_resize_group *apus_resize_groups_of(
    const apus_resize_tap *taps, int32_t width, int32_t source_width, int32_t channels) {
    const int64_t count = (int64_t)width * channels;
    const bool fits = source_width >= 2 && (int64_t)(source_width - 1) * channels >= 16 && count >= GROUP;
    if (!fits || !__builtin_cpu_supports("avx2")) return NULL;
    const int32_t groups = (int32_t)((count + GROUP - 1) / GROUP);
    apus_resize_group *result = aligned_alloc(32, (size_t)groups * sizeof *result);
    for (int32_t i = 0; result != NULL && i < groups; i++) {
        const int32_t value = group_start(i, (int32_t)count);
        if (fill_half(&result[i], 0, taps, value, source_width, channels)
            && fill_half(&result[i], 1, taps, value + HALF, source_width, channels))
            continue;
        free(result);
        return NULL;
    }
    return result;
}

__attribute__((target("avx2"))) static inline __m256i bytes_at(
    const uint8_t *source, const apus_resize_group *group, __m256i places) {
    const __m256i both = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(source + group->offsets[0]))),
        _mm_loadu_si128((const __m128i *)(source + group->offsets[1])), 1);
    return _mm256_shuffle_epi8(both, places);
}

/// `128·a + ⌊weight·(b - a) / 16⌋`: the weighted sum of a and b, cut as `apus_resize_row_generic` cuts it.
__attribute__((target("avx2"))) void apus_resize_groups(
    const apus_resize_group *groups, const uint8_t *source, int32_t channels, int32_t count, int16_t *row) {
    for (int32_t i = 0; i * GROUP < count; i++) {
        const apus_resize_group *group = &groups[i];
        const __m256i places = _mm256_load_si256((const __m256i *)group->places);
        const __m256i weights = _mm256_load_si256((const __m256i *)group->weights);
        const __m256i a = bytes_at(source, group, places), b = bytes_at(source + channels, group, places);
        const __m256i change = _mm256_sub_epi16(b, a);
        const __m256i low = _mm256_srli_epi16(_mm256_mullo_epi16(change, weights), 4);
        const __m256i high = _mm256_slli_epi16(_mm256_mulhi_epi16(change, weights), 12);
        const __m256i sum = _mm256_add_epi16(_mm256_slli_epi16(a, 7), _mm256_or_si256(low, high));
        _mm256_storeu_si256((__m256i *)(row + group_start(i, count)), sum);
    }
}
#else
#pragma clang diagnostic ignored "-Wunused-parameter"
apus_resize_group *apus_resize_groups_of(
    const apus_resize_tap *taps, int32_t width, int32_t source_width, int32_t channels) {
    return NULL;
}
void apus_resize_groups(
    const apus_resize_group *groups, const uint8_t *source, int32_t channels, int32_t count, int16_t *row) {}
#endif
