// Canvases drawn without turning or shearing, with AVX2: a canvas row is interpolated across once and kept, then two of
// them are blended down. The sums are those of image_warp.c in another order, and whole numbers: the bytes are the same.
#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "../image_warp_canvas.h"
#include "../internal.h"

#define AVX2 __attribute__((target("avx2")))

/// Values after a row's end that vectors may write to.
enum { SLACK = 32 };

/// What is the same for every row of the output.
typedef struct {
    const canvas *canvas;
    affine_row places;
    int32_t width;
    span inner[MAXIMUM_TILES], touching[MAXIMUM_TILES];
    /// For each output pixel its canvas pixel, and the weights of that one and the next as a pair of 16 bits.
    int32_t *column, *weights;
    /// Two canvas rows, 3 · width values of 7 fractional bits, and which rows they are.
    int16_t *row[2];
    int32_t kept[2];
} upright;

static span across(const upright *u, int64_t low, int64_t high) {
    const int64_t one = (int64_t)1 << PLACE_BITS;
    return solve(u->places.u, u->places.du, low * one, high * one, u->width);
}

static bool prepare(upright *u) {
    const size_t width = (size_t)u->width, values = 3 * width + SLACK;
    uint8_t *scratch = apus_scratch(0, 2 * width * sizeof(int32_t) + 2 * values * sizeof(int16_t));
    if (scratch == NULL) return false;
    u->column = (int32_t *)scratch;
    u->weights = u->column + width;
    u->row[0] = (int16_t *)(u->weights + width);
    u->row[1] = u->row[0] + values;
    u->kept[0] = u->kept[1] = INT32_MIN;
    for (int32_t x = 0; x < u->width; ++x) {
        const int64_t place = u->places.u + x * u->places.du;
        u->column[x] = whole(place);
        u->weights[x] = weight(place) << 16 | (WEIGHT_ONE - weight(place));
    }
    for (int32_t index = 0; index < u->canvas->tile_count; ++index) {
        const visible_tile *tile = &u->canvas->tiles[index];
        u->inner[index] = across(u, tile->min_x, (int64_t)tile->max_x - 2);
        u->touching[index] = across(u, (int64_t)tile->min_x - 1, tile->max_x);
    }
    return true;
}

static void interpolate(const upright *u, int32_t y, int32_t begin, int32_t end, int16_t *row) {
    const uint8_t background[3] = {u->canvas->background, u->canvas->background, u->canvas->background};
    for (int32_t x = begin; x < end; ++x) {
        const uint8_t *left = find_pixel(u->canvas, u->column[x], y, background);
        const uint8_t *right = find_pixel(u->canvas, u->column[x] + 1, y, background);
        const int32_t second = u->weights[x] >> 16, first = WEIGHT_ONE - second;
        for (int c = 0; c < 3; ++c) row[3 * x + c] = (int16_t)(left[c] * first + right[c] * second);
    }
}

/// Two pixels and their right neighbours, one in each half; `from` is the tile's row less its place.
AVX2 static inline __m128i load_two(const uint8_t *from, const int32_t *column) {
    const __m128i first = _mm_loadl_epi64((const __m128i *)(from + 3 * (int64_t)column[0]));
    return _mm_unpacklo_epi64(first, _mm_loadl_epi64((const __m128i *)(from + 3 * (int64_t)column[1])));
}

/// Four pixels a turn, all inside the tile; the last up to four are left to `interpolate`.
AVX2 static int32_t interpolate_inner(
    const upright *u, const visible_tile *tile, int32_t y, span span, int16_t *row) {
    const uint8_t *from = tile->tile.pixels + (y - tile->tile.top) * tile->stride - 3 * (int64_t)tile->tile.left;
    // A channel's byte and its right neighbour's become a pair of words.
    const __m256i lower = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
    const __m256i upper = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(8, -1, 11, -1, 9, -1, 12, -1, 10, -1, 13, -1, -1, -1, -1, -1));
    const __m256i packing = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1));
    int32_t x = span.begin;
    for (; x + 4 < span.end; x += 4) {
        const __m256i pixels = _mm256_set_m128i(load_two(from, u->column + x + 2), load_two(from, u->column + x));
        const __m256i weights = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(u->weights + x)));
        const __m256i even = _mm256_permutevar8x32_epi32(weights, _mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2));
        const __m256i odd = _mm256_permutevar8x32_epi32(weights, _mm256_setr_epi32(1, 1, 1, 1, 3, 3, 3, 3));
        const __m256i values = _mm256_packs_epi32(
            _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, lower), even),
            _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, upper), odd));
        const __m256i packed = _mm256_shuffle_epi8(values, packing);
        _mm_storeu_si128((__m128i *)(row + 3 * x), _mm256_castsi256_si128(packed));
        _mm_storeu_si128((__m128i *)(row + 3 * x + 6), _mm256_extracti128_si256(packed, 1));
    }
    return x;
}

/// Row `y` of the canvas, as wide as the output.
static void make_row(const upright *u, int32_t y, int16_t *row) {
    const int16_t empty = (int16_t)(u->canvas->background * WEIGHT_ONE);
    for (int32_t i = 0; i < 3 * u->width; ++i) row[i] = empty;
    span done[MAXIMUM_TILES] = {0};
    for (int32_t index = 0; index < u->canvas->tile_count; ++index) {
        const visible_tile *tile = &u->canvas->tiles[index];
        if (y < tile->min_y || y >= tile->max_y || u->inner[index].begin >= u->inner[index].end) continue;
        done[index].begin = u->inner[index].begin;
        done[index].end = interpolate_inner(u, tile, y, u->inner[index], row);
    }
    // The edges last: vectors write over the pixels that follow theirs.
    for (int32_t index = 0; index < u->canvas->tile_count; ++index) {
        const visible_tile *tile = &u->canvas->tiles[index];
        if (y < tile->min_y || y >= tile->max_y) continue;
        const span whole = u->touching[index];
        if (done[index].begin == done[index].end) done[index] = (span){whole.end, whole.end};
        interpolate(u, y, whole.begin, done[index].begin, row);
        interpolate(u, y, done[index].end, whole.end, row);
    }
}

static const int16_t *row_of(upright *u, int32_t y) {
    const int slot = y & 1;
    if (u->kept[slot] != y) make_row(u, y, u->row[slot]);
    u->kept[slot] = y;
    return u->row[slot];
}

static uint8_t blend(const int16_t *top, const int16_t *bottom, int32_t weight) {
    return (uint8_t)((*top * (WEIGHT_ONE - weight) + *bottom * weight + (1 << 13)) >> 14);
}

/// Sixteen values of two rows, blended to words.
AVX2 static inline __m256i blend_words(const int16_t *top, const int16_t *bottom, __m256i weights) {
    const __m256i a = _mm256_loadu_si256((const __m256i *)top), b = _mm256_loadu_si256((const __m256i *)bottom);
    const __m256i half = _mm256_set1_epi32(1 << 13);
    const __m256i low = _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), weights);
    const __m256i high = _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), weights);
    return _mm256_packs_epi32(
        _mm256_srai_epi32(_mm256_add_epi32(low, half), 14), _mm256_srai_epi32(_mm256_add_epi32(high, half), 14));
}

AVX2 static void blend_row(
    const int16_t *top, const int16_t *bottom, int32_t weight, int32_t count, uint8_t *output) {
    const __m256i weights = _mm256_set1_epi32(weight << 16 | (WEIGHT_ONE - weight));
    int32_t i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m256i bytes = _mm256_packus_epi16(
            blend_words(top + i, bottom + i, weights), blend_words(top + i + 16, bottom + i + 16, weights));
        _mm256_storeu_si256((__m256i *)(output + i), _mm256_permute4x64_epi64(bytes, 0xD8));
    }
    for (; i < count; ++i) output[i] = blend(top + i, bottom + i, weight);
}

static bool is_empty(const canvas *canvas, int32_t y) {
    for (int32_t index = 0; index < canvas->tile_count; ++index) {
        if (y >= canvas->tiles[index].min_y && y < canvas->tiles[index].max_y) return false;
    }
    return true;
}

bool apus_warp_upright(const canvas *canvas, const double *m, uint8_t *output, int32_t width, int32_t height) {
    upright u = {.canvas = canvas, .width = width};
    const double origin[9] = {m[0], m[1], m[2], m[3], m[4], 0, m[6], m[7], m[8]};
    if (m[1] != 0 || m[3] != 0 || width <= 0 || !__builtin_cpu_supports("avx2")) return false;
    if (!make_affine_row(origin, 0, width, &u.places) || !prepare(&u)) return false;
    for (int32_t line = 0; line < height; ++line, output += 3 * (int64_t)width) {
        const double place = m[4] * line + m[5];
        const int64_t v = is_near(place) ? fixed(place) : 0;
        const int32_t y = whole(v);
        if (!is_near(place) || (is_empty(canvas, y) && is_empty(canvas, y + 1))) {
            memset(output, canvas->background, 3 * (size_t)width);
        } else {
            const int16_t *top = row_of(&u, y);
            blend_row(top, row_of(&u, y + 1), weight(v), 3 * width, output);
        }
    }
    return true;
}

#endif
