#include "image_warp.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    MAXIMUM_TILES = 8,
    /// A place on the canvas is a fixed-point number with 32 fractional bits, of which 7 weigh the neighbours.
    PLACE_BITS = 32,
    WEIGHT_BITS = 7,
    WEIGHT_ONE = 1 << WEIGHT_BITS,
};

/// Beyond this many pixels from the canvas's corner nothing is drawn, and fixed-point places would overflow.
static const double FARTHEST = 1 << 24;

/// The part of a tile that lies on the canvas.
typedef struct {
    apus_tile tile;
    int64_t stride;
    int32_t min_x, min_y, max_x, max_y;
} visible_tile;

typedef struct {
    visible_tile tiles[MAXIMUM_TILES];
    int32_t tile_count;
    uint8_t background;
} canvas;

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static canvas make_canvas(
    const apus_tile *tiles, int32_t tile_count, int32_t canvas_width, int32_t canvas_height, uint8_t background) {
    canvas result = {.tile_count = 0, .background = background};
    for (int32_t index = 0; index < tile_count && result.tile_count < MAXIMUM_TILES; ++index) {
        const apus_tile tile = tiles[index];
        const visible_tile visible = {
            .tile = tile,
            .stride = 3 * (int64_t)tile.width,
            .min_x = larger(tile.left, 0),
            .min_y = larger(tile.top, 0),
            .max_x = smaller(tile.left + tile.width, canvas_width),
            .max_y = smaller(tile.top + tile.height, canvas_height),
        };
        if (visible.min_x < visible.max_x && visible.min_y < visible.max_y) {
            result.tiles[result.tile_count++] = visible;
        }
    }
    return result;
}

static bool holds(const visible_tile *tile, int32_t x, int32_t y) {
    return x >= tile->min_x && x < tile->max_x && y >= tile->min_y && y < tile->max_y;
}

static const uint8_t *pixel_at(const visible_tile *tile, int32_t x, int32_t y) {
    return tile->tile.pixels + (y - tile->tile.top) * tile->stride + 3 * (int64_t)(x - tile->tile.left);
}

/// The pixel of the canvas at (x, y), or the background's.
static const uint8_t *find_pixel(const canvas *canvas, int32_t x, int32_t y, const uint8_t *background) {
    for (int32_t index = 0; index < canvas->tile_count; ++index) {
        if (holds(&canvas->tiles[index], x, y)) return pixel_at(&canvas->tiles[index], x, y);
    }
    return background;
}

/// Whether any of the four pixels around a place can be other than the background.
static bool touches(const canvas *canvas, int32_t x, int32_t y) {
    for (int32_t index = 0; index < canvas->tile_count; ++index) {
        const visible_tile *tile = &canvas->tiles[index];
        if (x + 1 >= tile->min_x && x < tile->max_x && y + 1 >= tile->min_y && y < tile->max_y) return true;
    }
    return false;
}

/// A place's whole part, and the weight of the next pixel in 1/128.
static int32_t whole(int64_t place) { return (int32_t)(place >> PLACE_BITS); }
static int32_t weight(int64_t place) { return (int32_t)(place >> (PLACE_BITS - WEIGHT_BITS)) & (WEIGHT_ONE - 1); }

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

/// The fixed-point place of `index`; the half of the smallest weight makes `weight` round instead of cutting.
static int64_t fixed(double index) {
    return (int64_t)llrint(index * 0x1p32) + ((int64_t)1 << (PLACE_BITS - WEIGHT_BITS - 1));
}

static bool is_near(double index) { return index > -FARTHEST && index < FARTHEST; }

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

/// Where an affine row begins and how far it moves with each pixel.
typedef struct {
    int64_t u, v, du, dv;
} affine_row;

static bool make_affine_row(const double *m, int32_t y, int32_t width, affine_row *row) {
    if (m[6] != 0 || m[7] != 0 || m[8] != 1) return false;
    const double u = m[1] * y + m[2], v = m[4] * y + m[5];
    if (!is_near(u) || !is_near(v) || !is_near(u + m[0] * width) || !is_near(v + m[3] * width)) return false;
    *row = (affine_row){fixed(u), fixed(v), (int64_t)llrint(m[0] * 0x1p32), (int64_t)llrint(m[3] * 0x1p32)};
    return true;
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

typedef struct {
    int32_t begin, end;
} span;

/// The x of `0..<width` with `low <= start + x · step < high`.
static span solve(int64_t start, int64_t step, int64_t low, int64_t high, int32_t width) {
    if (step == 0) return start >= low && start < high ? (span){0, width} : (span){0, 0};
    if (step < 0) return solve(-start, -step, 1 - high, 1 - low, width);
    // Ceiling divisions: the first x at or above `low`, and the first at or above `high`.
    const int64_t to_low = low - start, to_high = high - start;
    const int64_t begin = to_low <= 0 ? 0 : (to_low + step - 1) / step;
    const int64_t end = to_high <= 0 ? 0 : (to_high + step - 1) / step;
    return (span){(int32_t)(begin < width ? begin : width), (int32_t)(end < width ? end : width)};
}

/// The pixels of a row all of whose neighbours lie in `tile`, and whose eight-byte loads stay in its memory.
static span interior(const visible_tile *tile, affine_row row, int32_t width) {
    const int64_t one = (int64_t)1 << PLACE_BITS;
    const span across = solve(row.u, row.du, tile->min_x * one, (tile->max_x - 2) * one, width);
    const span down = solve(row.v, row.dv, tile->min_y * one, (tile->max_y - 1) * one, width);
    return (span){larger(across.begin, down.begin), smaller(across.end, down.end)};
}

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
