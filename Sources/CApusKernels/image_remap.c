// A row at a time: first the places in whole numbers, then the pixels there.
#include "include/image_remap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "pixel/clones.h"

/// A row of places: in 1/32 pixel where pixels are weighted, else in pixels.
typedef struct {
    int32_t *x, *y;
    int32_t count;
} places;

// MARK: - Weighted pixels

/// The offset of a pixel, or -1 for the fill.
static inline ptrdiff_t pixel_offset(const apus_sampled *s, int32_t x, int32_t y) {
    if ((uint32_t)x >= (uint32_t)s->width) x = apus_border_index(x, s->width, s->border);
    if ((uint32_t)y >= (uint32_t)s->height) y = apus_border_index(y, s->height, s->border);
    return x < 0 || y < 0 ? -1 : ((ptrdiff_t)y * s->width + x) * s->channels;
}

typedef struct {
    ptrdiff_t offsets[4];
    int32_t weights[4];
} corners;

static inline corners corners_of(const apus_sampled *s, int32_t x, int32_t y) {
    const int32_t column = x >> 5, row = y >> 5, fx = x & 31, fy = y & 31;
    return (corners){
        {pixel_offset(s, column, row), pixel_offset(s, column + 1, row), pixel_offset(s, column, row + 1),
         pixel_offset(s, column + 1, row + 1)},
        {(32 - fx) * (32 - fy), fx * (32 - fy), (32 - fx) * fy, fx * fy}};
}

static void weigh_byte(const apus_sampled *s, int32_t x, int32_t y, uint8_t *target) {
    const corners c = corners_of(s, x, y);
    for (int32_t channel = 0; channel < s->channels; channel++) {
        int32_t sum = 512;
        for (int i = 0; i < 4; i++) {
            const uint8_t *from = c.offsets[i] < 0 ? s->fill : (const uint8_t *)s->elements + c.offsets[i];
            sum += c.weights[i] * from[channel];
        }
        target[channel] = (uint8_t)(sum >> 10);
    }
}

static void weigh_float(const apus_sampled *s, int32_t x, int32_t y, float *target) {
    const corners c = corners_of(s, x, y);
    for (int32_t channel = 0; channel < s->channels; channel++) {
        float sum = 0;
        for (int i = 0; i < 4; i++) {
            const float *from = c.offsets[i] < 0 ? s->fill : (const float *)s->elements + c.offsets[i];
            sum += (float)c.weights[i] * (1.0f / 1024) * from[channel];
        }
        target[channel] = sum;
    }
}

#if defined(__x86_64__)
/// Whether all four pixels, and eight bytes from the left ones on, are in the image.
static inline bool is_inside(const apus_sampled *s, int32_t x, int32_t y) {
    return (uint32_t)(x >> 5) < (uint32_t)(s->width - 3) && (uint32_t)(y >> 5) < (uint32_t)(s->height - 1);
}

/// The left and right pixels of one row, channel by channel: r r g g b b.
__attribute__((target("avx2"))) static inline __m128i rows_of(const uint8_t *pixel, ptrdiff_t row) {
    return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)pixel), _mm_loadl_epi64((const __m128i *)(pixel + row)));
}

/// Two RGB pixels: `maddubs` weighs left and right, `madd` upper and lower.
__attribute__((target("avx2"))) static inline __m128i weigh_pair(
    const apus_sampled *s, const int32_t *x, const int32_t *y) {
    const ptrdiff_t row = (ptrdiff_t)s->width * 3;
    const uint8_t *base = s->elements;
    const __m128i one = rows_of(base + (y[0] >> 5) * row + (x[0] >> 5) * 3, row);
    const __m128i two = rows_of(base + (y[1] >> 5) * row + (x[1] >> 5) * 3, row);
    const __m256i pairs = _mm256_setr_epi8(0, 3, 8, 11, 1, 4, 9, 12, 2, 5, 10, 13, -1, -1, -1, -1, 0, 3, 8, 11, 1, 4, 9,
                                           12, 2, 5, 10, 13, -1, -1, -1, -1);
    const __m256i pixels = _mm256_shuffle_epi8(_mm256_set_m128i(two, one), pairs);
    const int32_t f0 = x[0] & 31, f1 = x[1] & 31, g0 = y[0] & 31, g1 = y[1] & 31;
    const __m256i across = _mm256_set_m128i(
        _mm_set1_epi16((short)((32 - f1) | f1 << 8)), _mm_set1_epi16((short)((32 - f0) | f0 << 8)));
    const __m256i down =
        _mm256_set_m128i(_mm_set1_epi32((32 - g1) | g1 << 16), _mm_set1_epi32((32 - g0) | g0 << 16));
    __m256i sums = _mm256_madd_epi16(_mm256_maddubs_epi16(pixels, across), down);
    sums = _mm256_srli_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(512)), 10);
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return _mm_shuffle_epi8(words, _mm_setr_epi8(0, 2, 4, 8, 10, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
}

/// A row of RGB pixels. A pair is stored as eight bytes, so the row's last pixels are done one by one.
__attribute__((target("avx2"))) static void weigh_rgb(const apus_sampled *s, const places *p, uint8_t *target) {
    int32_t i = 0;
    while (i + 3 < p->count) {
        if (is_inside(s, p->x[i], p->y[i]) && is_inside(s, p->x[i + 1], p->y[i + 1])) {
            _mm_storel_epi64((__m128i *)(target + i * 3), weigh_pair(s, p->x + i, p->y + i));
        } else {
            weigh_byte(s, p->x[i], p->y[i], target + i * 3);
            weigh_byte(s, p->x[i + 1], p->y[i + 1], target + i * 3 + 3);
        }
        i += 2;
    }
    for (; i < p->count; i++) weigh_byte(s, p->x[i], p->y[i], target + i * 3);
}
#endif

static void weigh_row(const apus_sampled *s, const places *p, void *target) {
    if (s->is_float) {
        for (int32_t i = 0; i < p->count; i++)
            weigh_float(s, p->x[i], p->y[i], (float *)target + (ptrdiff_t)i * s->channels);
        return;
    }
#if defined(__x86_64__)
    if (s->channels == 3 && s->width > 3 && s->height > 1 && __builtin_cpu_supports("avx2"))
        return weigh_rgb(s, p, target);
#endif
    for (int32_t i = 0; i < p->count; i++)
        weigh_byte(s, p->x[i], p->y[i], (uint8_t *)target + (ptrdiff_t)i * s->channels);
}

// MARK: - Nearest pixels

static inline __attribute__((always_inline)) void pick_pixels(
    const apus_sampled *s, const places *p, uint8_t *target, size_t element, size_t size) {
    for (int32_t i = 0; i < p->count; i++) {
        const ptrdiff_t offset = pixel_offset(s, p->x[i], p->y[i]);
        const uint8_t *from = offset < 0 ? s->fill : (const uint8_t *)s->elements + offset * (ptrdiff_t)element;
        memcpy(target + (size_t)i * size, from, size);
    }
}

static void pick_row(const apus_sampled *s, const places *p, void *target) {
    const size_t element = s->is_float ? 4 : 1, size = element * (size_t)s->channels;
    switch (size) {
    case 1: return pick_pixels(s, p, target, 1, 1);
    case 3: return pick_pixels(s, p, target, 1, 3);
    case 4: return pick_pixels(s, p, target, element, 4);
    default: return pick_pixels(s, p, target, element, size);
    }
}

// MARK: - Places

enum { LIMIT = 1 << 29 };

static inline int32_t whole(double value) {
    const double low = value > -LIMIT ? value : -LIMIT;
    return (int32_t)rint(low < LIMIT ? low : LIMIT);
}

/// Without branches, so that a row of them becomes vectors.
static inline int32_t whole_float(float value) {
    const float low = value > -LIMIT ? value : -LIMIT;
    return (int32_t)rintf(low < LIMIT ? low : LIMIT);
}

/// warpAffine's places: each axis' share in 1/1024 pixel, added up and cut to the step.
APUS_CLONES
static void affine_row(const double *m, const int32_t *across, int32_t y, bool is_nearest, const places *p) {
    const int32_t half = is_nearest ? 512 : 16, shift = is_nearest ? 10 : 5;
    const int64_t x0 = whole((m[1] * y + m[2]) * 1024) + half, y0 = whole((m[4] * y + m[5]) * 1024) + half;
    for (int32_t x = 0; x < p->count; x++) {
        p->x[x] = (int32_t)((x0 + across[x]) >> shift);
        p->y[x] = (int32_t)((y0 + across[p->count + x]) >> shift);
    }
}

APUS_CLONES
static void projective_row(const double *m, int32_t y, bool is_nearest, const places *p) {
    const double step = is_nearest ? 1 : 32;
    const double x0 = m[1] * y + m[2], y0 = m[4] * y + m[5], w0 = m[7] * y + m[8];
    for (int32_t x = 0; x < p->count; x++) {
        const double w = w0 + m[6] * x, scale = w != 0 ? step / w : 0;
        p->x[x] = whole((x0 + m[0] * x) * scale);
        p->y[x] = whole((y0 + m[3] * x) * scale);
    }
}

APUS_CLONES
static void field_row(const float *x, const float *y, bool is_nearest, const places *p) {
    const float step = is_nearest ? 1 : 32;
    for (int32_t i = 0; i < p->count; i++) {
        p->x[i] = whole_float(x[i] * step);
        p->y[i] = whole_float(y[i] * step);
    }
}

static void sample_row(const apus_sampled *s, const places *p, uint8_t *target, int32_t row) {
    const size_t size = (s->is_float ? 4 : 1) * (size_t)s->channels;
    uint8_t *to = target + (size_t)row * (size_t)p->count * size;
    if (s->is_nearest) pick_row(s, p, to);
    else weigh_row(s, p, to);
}

/// Room for a row of places, and as much again; free `x`.
static places places_of(int32_t count) {
    int32_t *x = malloc(4 * (size_t)count * sizeof(int32_t));
    return (places){x, x == NULL ? NULL : x + count, count};
}

bool apus_warp_plane(const apus_sampled *source, const double *inverse, void *target, int32_t width, int32_t height) {
    const places p = places_of(width);
    if (p.x == NULL) return false;
    const bool is_affine = inverse[6] == 0 && inverse[7] == 0 && inverse[8] == 1;
    int32_t *across = p.x + 2 * (ptrdiff_t)width;
    for (int32_t x = 0; is_affine && x < width; x++) {
        across[x] = whole(inverse[0] * x * 1024);
        across[width + x] = whole(inverse[3] * x * 1024);
    }
    for (int32_t y = 0; y < height; y++) {
        if (is_affine) affine_row(inverse, across, y, source->is_nearest, &p);
        else projective_row(inverse, y, source->is_nearest, &p);
        sample_row(source, &p, target, y);
    }
    free(p.x);
    return true;
}

bool apus_warp_field(const apus_sampled *source, const float *x, const float *y, void *target, int32_t width,
                     int32_t height) {
    const places p = places_of(width);
    if (p.x == NULL) return false;
    for (int32_t row = 0; row < height; row++) {
        field_row(x + (ptrdiff_t)row * width, y + (ptrdiff_t)row * width, source->is_nearest, &p);
        sample_row(source, &p, target, row);
    }
    free(p.x);
    return true;
}
