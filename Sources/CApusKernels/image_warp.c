#include "image_warp.h"

#include <string.h>

#include "image_warp_canvas.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Whether any of the four pixels around a place can be other than the background.
static bool touches(const canvas *canvas, int32_t x, int32_t y) {
    for (int32_t index = 0; index < canvas->tile_count; ++index) {
        const visible_tile *tile = &canvas->tiles[index];
        if (x + 1 >= tile->min_x && x < tile->max_x && y + 1 >= tile->min_y && y < tile->max_y) return true;
    }
    return false;
}

static void sample(const canvas *canvas, int64_t u, int64_t v, uint8_t *output) {
    const int32_t x = whole(u), y = whole(v);
    if (!touches(canvas, x, y)) {
        memset(output, canvas->background, 3);
        return;
    }
    const uint8_t background[3] = {canvas->background, canvas->background, canvas->background};
    const uint8_t *p00 = find_pixel(canvas, x, y, background), *p01 = find_pixel(canvas, x + 1, y, background);
    const uint8_t *p10 = find_pixel(canvas, x, y + 1, background), *p11 = find_pixel(canvas, x + 1, y + 1, background);
    const int32_t wx = weight(u), wy = weight(v);
    for (int channel = 0; channel < 3; ++channel) {
        const int32_t top = p00[channel] * (WEIGHT_ONE - wx) + p01[channel] * wx;
        const int32_t bottom = p10[channel] * (WEIGHT_ONE - wx) + p11[channel] * wx;
        output[channel] = (uint8_t)((top * (WEIGHT_ONE - wy) + bottom * wy + (1 << 13)) >> 14);
    }
}

/// A row whose map has a denominator, or whose places may lie anywhere.
static void warp_projective_row(
    const canvas *canvas, const double *m, int32_t y, uint8_t *output, int32_t begin, int32_t end) {
    for (int32_t x = begin; x < end; ++x) {
        const double w = m[6] * x + m[7] * y + m[8];
        const double u = (m[0] * x + m[1] * y + m[2]) / w, v = (m[3] * x + m[4] * y + m[5]) / w;
        if (w > 0 && is_near(u) && is_near(v)) {
            sample(canvas, fixed(u), fixed(v), output + 3 * (int64_t)x);
        } else {
            memset(output + 3 * (int64_t)x, canvas->background, 3);
        }
    }
}

static void warp_affine_span(
    const canvas *canvas, affine_row row, uint8_t *output, int32_t begin, int32_t end) {
    for (int32_t x = begin; x < end; ++x) {
        sample(canvas, row.u + x * row.du, row.v + x * row.dv, output + 3 * (int64_t)x);
    }
}

void apus_warp_tiles_generic(
    const apus_tile *tiles, int32_t tile_count, int32_t canvas_width, int32_t canvas_height, const double *inverse,
    uint8_t background, uint8_t *output, int32_t width, int32_t height) {
    const canvas canvas = make_canvas(tiles, tile_count, canvas_width, canvas_height, background);
    for (int32_t y = 0; y < height; ++y, output += 3 * (int64_t)width) {
        affine_row row;
        if (make_affine_row(inverse, y, width, &row)) {
            warp_affine_span(&canvas, row, output, 0, width);
        } else {
            warp_projective_row(&canvas, inverse, y, output, 0, width);
        }
    }
}

#if defined(__SSE2__)

/// One pixel and rubbish in the fourth byte.
static int32_t sample_interior(const visible_tile *tile, int64_t u, int64_t v) {
    const uint8_t *pixel = pixel_at(tile, whole(u), whole(v));
    const __m128i zero = _mm_setzero_si128();
    const __m128i top = _mm_loadl_epi64((const __m128i *)pixel);
    const __m128i bottom = _mm_loadl_epi64((const __m128i *)(pixel + tile->stride));
    // Eight 16-bit lanes: the upper neighbour's channels, then the lower one's.
    const __m128i left = _mm_unpacklo_epi8(_mm_unpacklo_epi32(top, bottom), zero);
    const __m128i right =
        _mm_unpacklo_epi8(_mm_unpacklo_epi32(_mm_srli_epi64(top, 24), _mm_srli_epi64(bottom, 24)), zero);
    const int32_t wx = weight(u), wy = weight(v);
    const __m128i across = _mm_add_epi16(
        _mm_mullo_epi16(left, _mm_set1_epi16((int16_t)(WEIGHT_ONE - wx))),
        _mm_mullo_epi16(right, _mm_set1_epi16((int16_t)wx)));
    const __m128i pairs = _mm_unpacklo_epi16(across, _mm_srli_si128(across, 8));
    const __m128i sum = _mm_madd_epi16(pairs, _mm_set1_epi32(wy << 16 | (WEIGHT_ONE - wy)));
    const __m128i channels = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(1 << 13)), 14);
    const __m128i words = _mm_packs_epi32(channels, channels);
    return _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
}

/// Four-byte stores: the last pixel's fourth byte would belong to somebody else, so it is stored by threes.
static void warp_interior_span(const visible_tile *tile, affine_row row, uint8_t *output, span span) {
    int64_t u = row.u + span.begin * row.du, v = row.v + span.begin * row.dv;
    uint8_t *pixel = output + 3 * (int64_t)span.begin;
    for (int32_t x = span.begin; x < span.end - 1; ++x, u += row.du, v += row.dv, pixel += 3) {
        const int32_t value = sample_interior(tile, u, v);
        memcpy(pixel, &value, 4);
    }
    const int32_t last = sample_interior(tile, u, v);
    memcpy(pixel, &last, 3);
}

/// The next interior span at or after `begin`, or an empty one at `width`.
static span next_interior(
    const span *interiors, const canvas *canvas, int32_t begin, int32_t width, int32_t *tile_index) {
    span next = {width, width};
    for (int32_t index = 0; index < canvas->tile_count; ++index) {
        if (interiors[index].begin >= begin && interiors[index].begin < next.begin
            && interiors[index].begin < interiors[index].end) {
            next = interiors[index];
            *tile_index = index;
        }
    }
    return next;
}

static void warp_affine_row(const canvas *canvas, affine_row row, uint8_t *output, int32_t width) {
    span interiors[MAXIMUM_TILES];
    for (int32_t index = 0; index < canvas->tile_count; ++index) {
        interiors[index] = interior(&canvas->tiles[index], row, width);
    }
    for (int32_t x = 0; x < width;) {
        int32_t tile_index = 0;
        const span next = next_interior(interiors, canvas, x, width, &tile_index);
        warp_affine_span(canvas, row, output, x, next.begin);
        if (next.begin < next.end) warp_interior_span(&canvas->tiles[tile_index], row, output, next);
        x = next.end;
    }
}

void apus_warp_tiles(
    const apus_tile *tiles, int32_t tile_count, int32_t canvas_width, int32_t canvas_height, const double *inverse,
    uint8_t background, uint8_t *output, int32_t width, int32_t height) {
    const canvas canvas = make_canvas(tiles, tile_count, canvas_width, canvas_height, background);
#if defined(__x86_64__)
    if (apus_warp_upright(&canvas, inverse, output, width, height)) return;
#endif
    for (int32_t y = 0; y < height; ++y, output += 3 * (int64_t)width) {
        affine_row row;
        if (make_affine_row(inverse, y, width, &row)) {
            warp_affine_row(&canvas, row, output, width);
        } else {
            warp_projective_row(&canvas, inverse, y, output, 0, width);
        }
    }
}

#else

void apus_warp_tiles(
    const apus_tile *tiles, int32_t tile_count, int32_t canvas_width, int32_t canvas_height, const double *inverse,
    uint8_t background, uint8_t *output, int32_t width, int32_t height) {
    apus_warp_tiles_generic(
        tiles, tile_count, canvas_width, canvas_height, inverse, background, output, width, height);
}

#endif
