#include "pixel_color.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "clones.h"
#include "planes.h"

enum { MOST_CHANNELS = 64 };

APUS_CLONES static void mix_planes(apus_planes *planes, size_t count, const float *m, const float *offset) {
    uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const float x = r[i], y = g[i], z = b[i];
        r[i] = apus_round_byte(m[0] * x + m[1] * y + m[2] * z + offset[0]);
        g[i] = apus_round_byte(m[3] * x + m[4] * y + m[5] * z + offset[1]);
        b[i] = apus_round_byte(m[6] * x + m[7] * y + m[8] * z + offset[2]);
    }
}

static void mix_rgb_bytes(uint8_t *rgb, size_t pixels, const float *matrix, const float *offset) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        mix_planes(&planes, count, matrix, offset);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

/// A byte times `weight / 2¹⁴`, in 1/64.
APUS_INLINE uint16_t weighted(uint8_t x, uint16_t weight) { return (uint16_t)(((uint32_t)x << 8) * weight >> 16); }

/// A sum in 1/64, rounded: half a unit a product was cut away.
APUS_INLINE uint8_t finish(uint16_t sum) {
    const uint16_t whole = (uint16_t)((uint16_t)(sum + 33) >> 6);
    return (uint8_t)(whole < 255 ? whole : 255);
}

APUS_CLONES static void mix_positive_planes(apus_planes *planes, size_t count, const uint16_t *w) {
    uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const uint8_t x = r[i], y = g[i], z = b[i];
        r[i] = finish((uint16_t)(weighted(x, w[0]) + weighted(y, w[1]) + weighted(z, w[2])));
        g[i] = finish((uint16_t)(weighted(x, w[3]) + weighted(y, w[4]) + weighted(z, w[5])));
        b[i] = finish((uint16_t)(weighted(x, w[6]) + weighted(y, w[7]) + weighted(z, w[8])));
    }
}

#if defined(__x86_64__)
/// Five pixels in each half of a vector, where they lie: for each byte of the result the bytes that it takes, one a
/// turn, as the upper halves of words; the first eight bytes, then the rest.
typedef struct {
    _Alignas(32) int8_t places[3][2][32];
    uint16_t weights[3][2][16];
} mixing;

static mixing mixing_of(const uint16_t *w) {
    mixing m;
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < 32; i++) {
            const int byte = i % 16, half = byte / 8, word = i / 16 * 8 + byte % 8;
            const int channel = byte % 3, from = (channel + turn) % 3;
            const bool is_spare = byte == 15;
            m.places[turn][half][2 * word] = -1;
            m.places[turn][half][2 * word + 1] = (int8_t)(is_spare ? -1 : byte - channel + from);
            m.weights[turn][half][word] = w[3 * channel + from];
        }
    }
    return m;
}

__attribute__((target("avx2"))) static inline __m256i mix_half(const mixing *m, __m256i bytes, int half) {
    __m256i sum = _mm256_set1_epi16(33);
    for (int turn = 0; turn < 3; turn++) {
        const __m256i taken = _mm256_shuffle_epi8(bytes, *(const __m256i *)m->places[turn][half]);
        sum = _mm256_add_epi16(sum, _mm256_mulhi_epu16(taken, *(const __m256i *)m->weights[turn][half]));
    }
    return _mm256_srli_epi16(sum, 6);
}

__attribute__((target("avx2"))) static inline __m256i load_ten(const uint8_t *rgb) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)rgb)),
                                   _mm_loadu_si128((const __m128i *)(rgb + 15)), 1);
}

/// Returns how many pixels it did. A half's sixteenth byte is written as it was read: it is the next pixel's. Ten pixels
/// are read before the ten ahead of them are written, or each read would wait for the write that it overlaps.
__attribute__((target("avx2"))) static size_t mix_tens(uint8_t *rgb, size_t pixels, const uint16_t *weights) {
    if (pixels < 21) return 0;
    const mixing m = mixing_of(weights);
    const __m256i spare = _mm256_setr_epi64x(0, (long long)0xff00000000000000, 0, (long long)0xff00000000000000);
    __m256i bytes = load_ten(rgb);
    size_t i = 0;
    for (; i + 21 <= pixels; i += 10, rgb += 30) {
        const __m256i next = load_ten(rgb + 30);
        const __m256i mixed = _mm256_packus_epi16(mix_half(&m, bytes, 0), mix_half(&m, bytes, 1));
        const __m256i result = _mm256_blendv_epi8(mixed, bytes, spare);
        _mm_storeu_si128((__m128i *)rgb, _mm256_castsi256_si128(result));
        _mm_storeu_si128((__m128i *)(rgb + 15), _mm256_extracti128_si256(result, 1));
        bytes = next;
    }
    return i;
}
#endif

void apus_mix_positive_bytes(uint8_t *rgb, size_t pixels, const float matrix[9]) {
    uint16_t weights[9];
    for (int i = 0; i < 9; i++) weights[i] = (uint16_t)apus_clamp(matrix[i] * 16384 + 0.5f, 0, 65535);
    size_t done = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) done = mix_tens(rgb, pixels, weights);
#endif
    apus_planes planes;
    for (size_t first = done; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        mix_positive_planes(&planes, count, weights);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

/// Rounded, halves up, as positive numbers.
APUS_CLONES void apus_blend_bytes(uint8_t *restrict bytes, const uint8_t *restrict others, size_t count, float share) {
    const float rest = 1 - share;
    for (size_t i = 0; i < count; i++)
        bytes[i] = apus_cut_byte((float)bytes[i] * share + (float)others[i] * rest + 0.5f);
}

APUS_CLONES void apus_blend_floats(float *restrict values, const float *restrict others, size_t count, float share) {
    const float rest = 1 - share;
    for (size_t i = 0; i < count; i++) values[i] = values[i] * share + others[i] * rest;
}

#define MIX(finish)                                                                                                    \
    float x[MOST_CHANNELS];                                                                                            \
    for (size_t i = 0; i < pixels; i++, values += channels) {                                                          \
        for (int c = 0; c < channels; c++) x[c] = (float)values[c];                                                    \
        for (int c = 0; c < channels; c++) {                                                                           \
            float sum = offset[c];                                                                                     \
            for (int k = 0; k < channels; k++) sum += matrix[c * channels + k] * x[k];                                 \
            values[c] = finish;                                                                                        \
        }                                                                                                              \
    }

void apus_mix_bytes(uint8_t *values, size_t pixels, int channels, const float *matrix, const float *offset) {
    if (channels == 3) {
        mix_rgb_bytes(values, pixels, matrix, offset);
        return;
    }
    MIX(apus_round_byte(sum))
}

void apus_mix_floats(float *values, size_t pixels, int channels, const float *matrix, const float *offset) {
    MIX(apus_clamp(sum, 0, 1))
}

APUS_CLONES static void moments_of_planes(const apus_planes *planes, size_t count, uint32_t sums[3], uint32_t p[6]) {
    const uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    uint32_t s0 = 0, s1 = 0, s2 = 0, p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t x = r[i], y = g[i], z = b[i];
        s0 += x, s1 += y, s2 += z;
        p0 += x * x, p1 += x * y, p2 += x * z, p3 += y * y, p4 += y * z, p5 += z * z;
    }
    const uint32_t s[3] = {s0, s1, s2}, q[6] = {p0, p1, p2, p3, p4, p5};
    memcpy(sums, s, sizeof s);
    memcpy(p, q, sizeof q);
}

static void moments_rgb_bytes(const uint8_t *rgb, size_t pixels, double *sums, double *products) {
    static const int place[9] = {0, 1, 2, 1, 3, 4, 2, 4, 5};
    apus_planes planes;
    double total[6] = {0};
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        uint32_t s[3], p[6];
        apus_split_rgb(rgb + 3 * first, count, &planes);
        moments_of_planes(&planes, count, s, p);
        for (int c = 0; c < 3; c++) sums[c] += s[c];
        for (int c = 0; c < 6; c++) total[c] += p[c];
    }
    for (int c = 0; c < 9; c++) products[c] = total[place[c]];
}

#define MOMENTS                                                                                                        \
    for (size_t i = 0; i < pixels; i++, values += channels) {                                                          \
        for (int c = 0; c < channels; c++) {                                                                           \
            sums[c] += values[c];                                                                                      \
            for (int k = 0; k < channels; k++) products[c * channels + k] += (double)values[c] * (double)values[k];    \
        }                                                                                                              \
    }

static void clear(int channels, double *sums, double *products) {
    memset(sums, 0, (size_t)channels * sizeof *sums);
    memset(products, 0, (size_t)(channels * channels) * sizeof *products);
}

void apus_moments_bytes(const uint8_t *values, size_t pixels, int channels, double *sums, double *products) {
    clear(channels, sums, products);
    if (channels == 3) {
        moments_rgb_bytes(values, pixels, sums, products);
        return;
    }
    MOMENTS
}

void apus_moments_floats(const float *values, size_t pixels, int channels, double *sums, double *products) {
    clear(channels, sums, products);
    MOMENTS
}
