#if defined(__x86_64__)
#include <stdlib.h>

#include "../internal.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "vector.h"
#include "finish.h"

/// A run of products: `count` inputs from each of six pixels, against `count` rows of the panel from `row` on.
typedef struct {
    const float *pixels[TILE];
    ptrdiff_t count, row;
} segment;

/// Six pixels × `halves` · 8 channels: all sums stay in registers over all segments.
INLINE void convolve_halves(const int halves, const segment *segments, ptrdiff_t count, const float *panel,
                            const float *bias, float *tile) {
    vector sums[TILE][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE; i++)
        for (int half = 0; half < halves; half++) sums[i][half] = load(bias + 8 * half);
    for (const segment *s = segments; s < segments + count; s++) {
        const float *p0 = s->pixels[0], *p1 = s->pixels[1], *p2 = s->pixels[2];
        const float *p3 = s->pixels[3], *p4 = s->pixels[4], *p5 = s->pixels[5];
        const float *w = panel + s->row * PANEL;
        for (ptrdiff_t k = 0, n = s->count; k < n; k++, w += PANEL) {
            const vector w0 = load(w), w1 = halves > 1 ? load(w + 8) : w0;
#define ROW(i, p) \
    { \
        const vector x = _mm256_broadcast_ss(p + k); \
        sums[i][0] = fuse(x, w0, sums[i][0]); \
        if (halves > 1) sums[i][1] = fuse(x, w1, sums[i][1]); \
    }
            ROW(0, p0) ROW(1, p1) ROW(2, p2) ROW(3, p3) ROW(4, p4) ROW(5, p5)
#undef ROW
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE; i++)
        for (int half = 0; half < halves; half++) store(tile + i * PANEL + 8 * half, sums[i][half]);
}

static __attribute__((noinline)) void convolve_tile(const segment *segments, ptrdiff_t count, const float *panel,
                                                    const float *bias, float *tile) {
    convolve_halves(2, segments, count, panel, bias, tile);
}

/// For a last panel of at most eight channels.
static __attribute__((noinline)) void convolve_half_tile(const segment *segments, ptrdiff_t count, const float *panel,
                                                         const float *bias, float *tile) {
    convolve_halves(1, segments, count, panel, bias, tile);
}

/// Where the six pixels of a tile look at the input: of the window of each, the upper left corner.
typedef struct {
    ptrdiff_t y[TILE], x[TILE];
    bool inside;  // all windows lie between the left and the right border
} corners;

static corners find_corners(const apus_convolution *c, ptrdiff_t first, ptrdiff_t last) {
    corners at = {.inside = true};
    const ptrdiff_t reach = (c->kernel_width - 1) * c->dilation_x;
    ptrdiff_t row = first / c->out_width, column = first % c->out_width;
    for (int i = 0; i < TILE; i++) {
        at.y[i] = row * c->stride_y - c->pad_top;
        at.x[i] = column * c->stride_x - c->pad_left;
        at.inside = at.inside && at.x[i] >= 0 && at.x[i] + reach < c->in_width;
        // A tile that ends early repeats its last pixel.
        if (first + i + 1 < last && ++column == c->out_width) {
            column = 0;
            row++;
        }
    }
    return at;
}

static const float *input_at(const apus_convolution *c, const float *image, const float *zeros, ptrdiff_t y,
                             ptrdiff_t x) {
    if (y < 0 || y >= c->in_height || x < 0 || x >= c->in_width) return zeros;
    return image + (y * c->in_width + x) * c->in_stride;
}

/// Writes the segments of one tile: one a kernel row where a row's taps are contiguous and inside, else one a tap.
static ptrdiff_t write_segments(const apus_convolution *c, const float *image, const corners *at, segment *out) {
    const float *zeros = apus_zeros_of(c);
    const bool merged = at->inside && c->in_stride == c->in_channels && c->dilation_x == 1;
    const ptrdiff_t taps = merged ? 1 : c->kernel_width;
    const ptrdiff_t run = merged ? c->kernel_width * c->in_channels : c->in_channels;
    segment *s = out;
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < taps; kx++, s++) {
            for (int i = 0; i < TILE; i++)
                s->pixels[i] = input_at(c, image, zeros, at->y[i] + ky * c->dilation_y, at->x[i] + kx * c->dilation_x);
            s->count = run;
            s->row = (ky * c->kernel_width + kx) * c->in_channels;
        }
    return s - out;
}

bool apus_convolve_part_avx2(const apus_convolution *c, apus_part part) {
    const ptrdiff_t tiles = (part.last_pixel - part.first_pixel + TILE - 1) / TILE;
    const ptrdiff_t taps = c->kernel_height * c->kernel_width;
    segment *segments = malloc((size_t)(tiles * taps) * sizeof *segments + (size_t)tiles * sizeof(ptrdiff_t));
    if (segments == NULL) return false;
    ptrdiff_t *counts = (ptrdiff_t *)(segments + tiles * taps);
    const float *image = c->input + part.image * c->in_height * c->in_width * c->in_stride;
    for (ptrdiff_t t = 0; t < tiles; t++) {
        const corners at = find_corners(c, part.first_pixel + t * TILE, part.last_pixel);
        counts[t] = write_segments(c, image, &at, segments + t * taps);
    }
    const ptrdiff_t base = part.image * c->out_height * c->out_width;
    for (ptrdiff_t panel = part.first_panel; panel < part.last_panel; panel++) {
        const float *w = c->weights + panel * PANEL * taps * c->in_channels;
        const float *bias = apus_bias_of(c) + panel * PANEL;
        const bool narrow = c->out_channels - panel * PANEL <= 8;
        for (ptrdiff_t t = 0; t < tiles; t++) {
            float tile[TILE * PANEL] __attribute__((aligned(32)));
            if (narrow) convolve_half_tile(segments + t * taps, counts[t], w, bias, tile);
            else convolve_tile(segments + t * taps, counts[t], w, bias, tile);
            const ptrdiff_t pixel = part.first_pixel + t * TILE;
            finish(c, tile, base + pixel, apus_min(TILE, part.last_pixel - pixel), panel * PANEL);
        }
    }
    free(segments);
    return true;
}

#pragma clang attribute pop
#endif
