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
    /// What each of the places shows.
    uint8_t *kinds;
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

// What a row of places shows, so that each of its runs goes the shortest way.
enum {
    /// All four pixels are in the image, and eight bytes from the left ones on.
    INSIDE = 0,
    /// Some are.
    ACROSS = 1,
    /// None is, and the border is constant.
    OUTSIDE = 2,
};

APUS_CLONES
static void sort_places(const apus_sampled *s, const places *p) {
    const uint32_t width = (uint32_t)s->width, height = (uint32_t)s->height;
    const uint32_t inner = width > 3 ? width - 3 : 0, upper = height - 1;
    const uint8_t beyond = s->border == APUS_BORDER_CONSTANT ? OUTSIDE : ACROSS;
    const int32_t *restrict xs = p->x, *restrict ys = p->y, count = p->count;
    uint8_t *restrict kinds = p->kinds;
    for (int32_t i = 0; i < count; i++) {
        const uint32_t x = (uint32_t)(xs[i] >> 5), y = (uint32_t)(ys[i] >> 5);
        const bool inside = (x < inner) & (y < upper), touching = (x + 1 <= width) & (y + 1 <= height);
        kinds[i] = inside ? INSIDE : touching ? ACROSS : beyond;
    }
}

/// Where the run that begins at `first` ends.
static int32_t run_end(const uint8_t *kinds, int32_t first, int32_t count) {
    const uint64_t same = kinds[first] * 0x0101010101010101u;
    int32_t end = first + 1;
    for (uint64_t next; end + 8 <= count; end += 8) {
        memcpy(&next, kinds + end, 8);
        if (next != same) break;
    }
    while (end < count && kinds[end] == kinds[first]) end++;
    return end;
}

#if defined(__x86_64__)
/// The left and right pixels of both rows, channel by channel and eight bytes a row: r r r r g g g g b b b b.
__attribute__((target("avx2"))) static inline __m256i pixels_of(const uint8_t *one, const uint8_t *two, ptrdiff_t row) {
    const __m256i pairs = _mm256_setr_epi8(0, 3, 8, 11, 1, 4, 9, 12, 2, 5, 10, 13, -1, -1, -1, -1, 0, 3, 8, 11, 1, 4, 9,
                                           12, 2, 5, 10, 13, -1, -1, -1, -1);
    const __m128i a = _mm_unpacklo_epi64(
        _mm_loadl_epi64((const __m128i *)one), _mm_loadl_epi64((const __m128i *)(one + row)));
    const __m128i b = _mm_unpacklo_epi64(
        _mm_loadl_epi64((const __m128i *)two), _mm_loadl_epi64((const __m128i *)(two + row)));
    return _mm256_shuffle_epi8(_mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1), pairs);
}

/// `maddubs` weighs left and right, `madd` upper and lower; `at` spreads two of the four pixels' weights.
__attribute__((target("avx2"))) static inline __m256i weigh_pair(
    __m256i pixels, __m128i across, __m128i down, __m256i at) {
    const __m256i x = _mm256_permutevar8x32_epi32(_mm256_castsi128_si256(across), at);
    const __m256i y = _mm256_permutevar8x32_epi32(_mm256_castsi128_si256(down), at);
    const __m256i sums = _mm256_madd_epi16(_mm256_maddubs_epi16(pixels, x), y);
    return _mm256_srli_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(512)), 10);
}

/// Places as offsets of pixels, whole numbers above the fraction.
__attribute__((target("avx2"))) static inline __m128i offsets_of(__m128i x, __m128i y, int32_t width) {
    const __m128i pixels = _mm_add_epi32(
        _mm_mullo_epi32(_mm_srai_epi32(y, 5), _mm_set1_epi32(width)), _mm_srai_epi32(x, 5));
    return _mm_add_epi32(pixels, _mm_add_epi32(pixels, pixels));
}

/// `(32 - f) | f << shift`: the weights of both neighbours.
__attribute__((target("avx2"))) static inline __m128i weights_of(__m128i place, int shift) {
    const __m128i fraction = _mm_and_si128(place, _mm_set1_epi32(31));
    return _mm_or_si128(_mm_sub_epi32(_mm_set1_epi32(32), fraction), _mm_slli_epi32(fraction, shift));
}

/// Four RGB pixels, whose places are inside; 16 bytes are written.
__attribute__((target("avx2"))) static inline void weigh_four(
    const apus_sampled *s, const int32_t *x, const int32_t *y, uint8_t *target) {
    const __m128i px = _mm_loadu_si128((const __m128i *)x), py = _mm_loadu_si128((const __m128i *)y);
    const __m128i offsets = offsets_of(px, py, s->width), down = weights_of(py, 16);
    __m128i across = weights_of(px, 8);
    across = _mm_or_si128(across, _mm_slli_epi32(across, 16));
    const uint8_t *base = s->elements;
    const ptrdiff_t row = (ptrdiff_t)s->width * 3;
    const uint8_t *a = base + _mm_extract_epi32(offsets, 0), *b = base + _mm_extract_epi32(offsets, 1);
    const uint8_t *c = base + _mm_extract_epi32(offsets, 2), *d = base + _mm_extract_epi32(offsets, 3);
    const __m256i first = weigh_pair(
        pixels_of(a, b, row), across, down, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1));
    const __m256i second = weigh_pair(
        pixels_of(c, d, row), across, down, _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3));
    const __m256i words = _mm256_packus_epi32(first, second);
    const __m128i low = _mm256_castsi256_si128(words), high = _mm256_extracti128_si256(words, 1);
    // Four bytes a pixel: 0 2 1 3.
    const __m128i bytes = _mm_packus_epi16(low, high);
    _mm_storeu_si128((__m128i *)target,
                     _mm_shuffle_epi8(bytes, _mm_setr_epi8(0, 1, 2, 8, 9, 10, 4, 5, 6, 12, 13, 14, -1, -1, -1, -1)));
}

/// A run inside; returns how many pixels it did: four at a time, as long as 16 bytes fall within the row.
__attribute__((target("avx2"))) static int32_t weigh_run(
    const apus_sampled *s, const places *p, int32_t first, int32_t last, uint8_t *target) {
    int32_t i = first;
    for (; i + 4 <= last && i + 6 <= p->count; i += 4) weigh_four(s, p->x + i, p->y + i, target + i * 3);
    return i;
}
#else
static int32_t weigh_run(const apus_sampled *s, const places *p, int32_t first, int32_t last, uint8_t *target) {
    (void)s, (void)p, (void)last, (void)target;
    return first;
}
#endif

/// A row of bytes: runs outside are filled, runs inside weighed in vectors.
static void weigh_bytes(const apus_sampled *s, const places *p, uint8_t *target) {
#if defined(__x86_64__)
    const bool has_vectors = s->channels == 3 && __builtin_cpu_supports("avx2")
                          && (int64_t)s->width * s->height < INT32_MAX / 3;
#else
    const bool has_vectors = false;
#endif
    for (int32_t first = 0, last; first < p->count; first = last) {
        last = run_end(p->kinds, first, p->count);
        uint8_t *to = target + (ptrdiff_t)first * s->channels;
        if (p->kinds[first] == OUTSIDE) {
            apus_fill_pixels(to, (size_t)(last - first), s->fill, s->channels);
            continue;
        }
        int32_t i = has_vectors && p->kinds[first] == INSIDE ? weigh_run(s, p, first, last, target) : first;
        for (; i < last; i++) weigh_byte(s, p->x[i], p->y[i], target + (ptrdiff_t)i * s->channels);
    }
}

static void weigh_row(const apus_sampled *s, const places *p, void *target) {
    if (s->is_float) {
        for (int32_t i = 0; i < p->count; i++)
            weigh_float(s, p->x[i], p->y[i], (float *)target + (ptrdiff_t)i * s->channels);
        return;
    }
    sort_places(s, p);
    weigh_bytes(s, p, target);
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
    const int32_t half = is_nearest ? 512 : 16, shift = is_nearest ? 10 : 5, count = p->count;
    // Each share is 2²⁹ at most, so that sums stay within 32 bits.
    const int32_t x0 = whole((m[1] * y + m[2]) * 1024) + half, y0 = whole((m[4] * y + m[5]) * 1024) + half;
    int32_t *restrict xs = p->x, *restrict ys = p->y;
    const int32_t *restrict of_x = across, *restrict of_y = across + count;
    for (int32_t x = 0; x < count; x++) {
        xs[x] = (x0 + of_x[x]) >> shift;
        ys[x] = (y0 + of_y[x]) >> shift;
    }
}

APUS_CLONES
static void projective_row(const double *m, int32_t y, bool is_nearest, const places *p) {
    const double step = is_nearest ? 1 : 32, across_x = m[0], across_y = m[3], across_w = m[6];
    const double x0 = m[1] * y + m[2], y0 = m[4] * y + m[5], w0 = m[7] * y + m[8];
    int32_t *restrict xs = p->x, *restrict ys = p->y, count = p->count;
    for (int32_t x = 0; x < count; x++) {
        const double w = w0 + across_w * x, scale = w != 0 ? step / w : 0;
        xs[x] = whole((x0 + across_x * x) * scale);
        ys[x] = whole((y0 + across_y * x) * scale);
    }
}

APUS_CLONES
static void field_row(const float *x, const float *y, bool is_nearest, const places *p) {
    const float step = is_nearest ? 1 : 32;
    int32_t *restrict xs = p->x, *restrict ys = p->y, count = p->count;
    for (int32_t i = 0; i < count; i++) {
        xs[i] = whole_float(x[i] * step);
        ys[i] = whole_float(y[i] * step);
    }
}

static void sample_row(const apus_sampled *s, const places *p, uint8_t *target, int32_t row) {
    const size_t size = (s->is_float ? 4 : 1) * (size_t)s->channels;
    uint8_t *to = target + (size_t)row * (size_t)p->count * size;
    if (s->is_nearest) pick_row(s, p, to);
    else weigh_row(s, p, to);
}

/// Room for a row of places, twice as many numbers more, and their kinds; free `x`.
static places places_of(int32_t count) {
    int32_t *x = malloc(5 * (size_t)count * sizeof(int32_t));
    if (x == NULL) return (places){NULL, NULL, NULL, 0};
    return (places){x, x + count, (uint8_t *)(x + 4 * (ptrdiff_t)count), count};
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
