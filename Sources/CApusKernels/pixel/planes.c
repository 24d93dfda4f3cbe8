#include "planes.h"

#include "clones.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SSSE3 __attribute__((target("ssse3")))

/// For each of three output vectors, where its 16 bytes come from in each of three input vectors; -1 for nowhere.
typedef struct {
    _Alignas(16) int8_t at[3][3][16];
} shuffles;

#define WITHIN(place, part) ((place) / 16 == (part) ? (place) % 16 : -1)
#define BYTES(place, to, part)                                                                                         \
    {                                                                                                                  \
        WITHIN(place(to, 0), part), WITHIN(place(to, 1), part), WITHIN(place(to, 2), part),                            \
            WITHIN(place(to, 3), part), WITHIN(place(to, 4), part), WITHIN(place(to, 5), part),                        \
            WITHIN(place(to, 6), part), WITHIN(place(to, 7), part), WITHIN(place(to, 8), part),                        \
            WITHIN(place(to, 9), part), WITHIN(place(to, 10), part), WITHIN(place(to, 11), part),                      \
            WITHIN(place(to, 12), part), WITHIN(place(to, 13), part), WITHIN(place(to, 14), part),                     \
            WITHIN(place(to, 15), part)                                                                                \
    }
#define PARTS(place, to) {BYTES(place, to, 0), BYTES(place, to, 1), BYTES(place, to, 2)}

// Which byte, of the 48 of three vectors, goes to byte `i` of vector `to`.
#define SPLIT_PLACE(to, i) (3 * (i) + (to))
#define JOIN_PLACE(to, i) ((16 * (to) + (i)) % 3 * 16 + (16 * (to) + (i)) / 3)
#define REPEAT_PLACE(to, i) ((16 * (to) + (i)) / 3)

static const shuffles splitting = {{PARTS(SPLIT_PLACE, 0), PARTS(SPLIT_PLACE, 1), PARTS(SPLIT_PLACE, 2)}};
static const shuffles joining = {{PARTS(JOIN_PLACE, 0), PARTS(JOIN_PLACE, 1), PARTS(JOIN_PLACE, 2)}};
static const shuffles repeating = {{PARTS(REPEAT_PLACE, 0), PARTS(REPEAT_PLACE, 1), PARTS(REPEAT_PLACE, 2)}};

static shuffles ordering(const int order[3]) {
    shuffles s;
    for (int i = 0; i < 48; i++) {
        const int place = i / 3 * 3 + order[i % 3];
        for (int p = 0; p < 3; p++) s.at[i / 16][p][i % 16] = (int8_t)WITHIN(place, p);
    }
    return s;
}

SSSE3 static inline __m128i gather(const __m128i part[3], const shuffles *s, int to) {
    __m128i result = _mm_shuffle_epi8(part[0], _mm_load_si128((const __m128i *)s->at[to][0]));
    result = _mm_or_si128(result, _mm_shuffle_epi8(part[1], _mm_load_si128((const __m128i *)s->at[to][1])));
    return _mm_or_si128(result, _mm_shuffle_epi8(part[2], _mm_load_si128((const __m128i *)s->at[to][2])));
}

SSSE3 static size_t split_wide(const uint8_t *rgb, size_t count, apus_planes *planes) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m128i part[3];
        for (int p = 0; p < 3; p++) part[p] = _mm_loadu_si128((const __m128i *)(rgb + 3 * i) + p);
        for (int c = 0; c < 3; c++) _mm_store_si128((__m128i *)(planes->channel[c] + i), gather(part, &splitting, c));
    }
    return i;
}

SSSE3 static size_t join_wide(const apus_planes *planes, size_t count, uint8_t *rgb) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m128i part[3];
        for (int c = 0; c < 3; c++) part[c] = _mm_load_si128((const __m128i *)(planes->channel[c] + i));
        for (int p = 0; p < 3; p++) _mm_storeu_si128((__m128i *)(rgb + 3 * i) + p, gather(part, &joining, p));
    }
    return i;
}

SSSE3 static size_t order_wide(uint8_t *rgb, size_t count, const int order[3]) {
    const shuffles s = ordering(order);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m128i part[3], moved[3];
        for (int p = 0; p < 3; p++) part[p] = _mm_loadu_si128((const __m128i *)(rgb + 3 * i) + p);
        for (int p = 0; p < 3; p++) moved[p] = gather(part, &s, p);
        for (int p = 0; p < 3; p++) _mm_storeu_si128((__m128i *)(rgb + 3 * i) + p, moved[p]);
    }
    return i;
}

SSSE3 static size_t repeat_wide(const uint8_t *grey, size_t count, uint8_t *rgb) {
    const __m128i *at[3];
    for (int p = 0; p < 3; p++) at[p] = (const __m128i *)repeating.at[p][0];
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m128i part = _mm_loadu_si128((const __m128i *)(grey + i));
        for (int p = 0; p < 3; p++)
            _mm_storeu_si128((__m128i *)(rgb + 3 * i) + p, _mm_shuffle_epi8(part, _mm_load_si128(at[p])));
    }
    return i;
}

static int has_wide(void) { return __builtin_cpu_supports("ssse3"); }
#else
// Where vectors load and store with a stride, the compiler does as much with the loops below.
static int has_wide(void) { return 0; }
#pragma clang diagnostic ignored "-Wunused-parameter"
static size_t split_wide(const uint8_t *rgb, size_t count, apus_planes *planes) { return 0; }
static size_t join_wide(const apus_planes *planes, size_t count, uint8_t *rgb) { return 0; }
static size_t order_wide(uint8_t *rgb, size_t count, const int order[3]) { return 0; }
static size_t repeat_wide(const uint8_t *grey, size_t count, uint8_t *rgb) { return 0; }
#endif

void apus_split_rgb(const uint8_t *rgb, size_t count, apus_planes *planes) {
    for (size_t i = has_wide() ? split_wide(rgb, count, planes) : 0; i < count; i++)
        for (int c = 0; c < 3; c++) planes->channel[c][i] = rgb[3 * i + (size_t)c];
}

void apus_join_rgb(const apus_planes *planes, size_t count, uint8_t *rgb) {
    for (size_t i = has_wide() ? join_wide(planes, count, rgb) : 0; i < count; i++)
        for (int c = 0; c < 3; c++) rgb[3 * i + (size_t)c] = planes->channel[c][i];
}

void apus_order_rgb(uint8_t *rgb, size_t count, const int order[3]) {
    for (size_t i = has_wide() ? order_wide(rgb, count, order) : 0; i < count; i++) {
        uint8_t *pixel = rgb + 3 * i;
        const uint8_t copy[3] = {pixel[0], pixel[1], pixel[2]};
        for (int c = 0; c < 3; c++) pixel[c] = copy[order[c]];
    }
}

void apus_repeat_rgb(const uint8_t *grey, size_t count, uint8_t *rgb) {
    for (size_t i = has_wide() ? repeat_wide(grey, count, rgb) : 0; i < count; i++)
        for (int c = 0; c < 3; c++) rgb[3 * i + (size_t)c] = grey[i];
}
