// What the ways to draw a canvas share: its tiles, fixed-point places, and the spans of a row that lie in a tile.
#ifndef APUS_IMAGE_WARP_CANVAS_H
#define APUS_IMAGE_WARP_CANVAS_H

#include <math.h>
#include <stdbool.h>

#include "include/image_warp.h"

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

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static inline canvas make_canvas(
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

static inline bool holds(const visible_tile *tile, int32_t x, int32_t y) {
    return x >= tile->min_x && x < tile->max_x && y >= tile->min_y && y < tile->max_y;
}

static inline const uint8_t *pixel_at(const visible_tile *tile, int32_t x, int32_t y) {
    return tile->tile.pixels + (y - tile->tile.top) * tile->stride + 3 * (int64_t)(x - tile->tile.left);
}

/// The pixel of the canvas at (x, y), or the background's.
static inline const uint8_t *find_pixel(const canvas *canvas, int32_t x, int32_t y, const uint8_t *background) {
    for (int32_t index = 0; index < canvas->tile_count; ++index) {
        if (holds(&canvas->tiles[index], x, y)) return pixel_at(&canvas->tiles[index], x, y);
    }
    return background;
}

/// A place's whole part, and the weight of the next pixel in 1/128.
static inline int32_t whole(int64_t place) { return (int32_t)(place >> PLACE_BITS); }
static inline int32_t weight(int64_t place) { return (int32_t)(place >> (PLACE_BITS - WEIGHT_BITS)) & (WEIGHT_ONE - 1); }

/// The fixed-point place of `index`; the half of the smallest weight makes `weight` round instead of cutting.
static inline int64_t fixed(double index) {
    return (int64_t)llrint(index * 0x1p32) + ((int64_t)1 << (PLACE_BITS - WEIGHT_BITS - 1));
}

static inline bool is_near(double index) { return index > -FARTHEST && index < FARTHEST; }

/// Where an affine row begins and how far it moves with each pixel.
typedef struct {
    int64_t u, v, du, dv;
} affine_row;

static inline bool make_affine_row(const double *m, int32_t y, int32_t width, affine_row *row) {
    if (m[6] != 0 || m[7] != 0 || m[8] != 1) return false;
    const double u = m[1] * y + m[2], v = m[4] * y + m[5];
    if (!is_near(u) || !is_near(v) || !is_near(u + m[0] * width) || !is_near(v + m[3] * width)) return false;
    *row = (affine_row){fixed(u), fixed(v), (int64_t)llrint(m[0] * 0x1p32), (int64_t)llrint(m[3] * 0x1p32)};
    return true;
}

typedef struct {
    int32_t begin, end;
} span;

/// The x of `0..<width` with `low <= start + x · step < high`.
static inline span solve(int64_t start, int64_t step, int64_t low, int64_t high, int32_t width) {
    if (step == 0) return start >= low && start < high ? (span){0, width} : (span){0, 0};
    if (step < 0) return solve(-start, -step, 1 - high, 1 - low, width);
    // Ceiling divisions: the first x at or above `low`, and the first at or above `high`.
    const int64_t to_low = low - start, to_high = high - start;
    const int64_t begin = to_low <= 0 ? 0 : (to_low + step - 1) / step;
    const int64_t end = to_high <= 0 ? 0 : (to_high + step - 1) / step;
    return (span){(int32_t)(begin < width ? begin : width), (int32_t)(end < width ? end : width)};
}

/// The pixels of a row all of whose neighbours lie in `tile`, and whose eight-byte loads stay in its memory.
static inline span interior(const visible_tile *tile, affine_row row, int32_t width) {
    const int64_t one = (int64_t)1 << PLACE_BITS;
    const span across = solve(row.u, row.du, tile->min_x * one, (tile->max_x - 2) * one, width);
    const span down = solve(row.v, row.dv, tile->min_y * one, (tile->max_y - 1) * one, width);
    return (span){larger(across.begin, down.begin), smaller(across.end, down.end)};
}

/// Draws where the map neither turns nor shears and the processor has AVX2; `false` where nothing was drawn.
bool apus_warp_upright(const canvas *canvas, const double *inverse, uint8_t *output, int32_t width, int32_t height);

#endif
