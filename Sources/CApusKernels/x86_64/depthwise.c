#if defined(__x86_64__)
#include "../internal.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "vector.h"
#include "finish.h"

enum { ACROSS = 4 };  // pixels at once

/// Adds one tap to `ACROSS` pixels of a panel of `count` channels.
INLINE void add_tap(vector sums[ACROSS][2], const float *const pixels[ACROSS], const float *w, ptrdiff_t count,
                    __m256i low, __m256i high) {
    const vector w0 = load(w), w1 = load(w + 8);
#pragma clang loop unroll(full)
    for (int i = 0; i < ACROSS; i++) {
        const bool whole = count >= PANEL;
        const vector x0 = whole ? load(pixels[i]) : _mm256_maskload_ps(pixels[i], low);
        const vector x1 = whole ? load(pixels[i] + 8) : _mm256_maskload_ps(pixels[i] + 8, high);
        sums[i][0] = fuse(x0, w0, sums[i][0]);
        sums[i][1] = fuse(x1, w1, sums[i][1]);
    }
}

typedef struct {
    ptrdiff_t y[ACROSS], x[ACROSS];
} windows;

INLINE windows find_windows(const apus_convolution *c, ptrdiff_t first, ptrdiff_t last) {
    windows at;
    ptrdiff_t row = first / c->out_width, column = first % c->out_width;
    for (int i = 0; i < ACROSS; i++) {
        at.y[i] = row * c->stride_y - c->pad_top;
        at.x[i] = column * c->stride_x - c->pad_left;
        // Pixels beyond the last repeat it.
        if (first + i + 1 < last && ++column == c->out_width) {
            column = 0;
            row++;
        }
    }
    return at;
}

/// Whether all windows lie within the image, so that no tap needs to ask.
INLINE bool are_inside(const apus_convolution *c, const windows *at) {
    const ptrdiff_t reach_y = (c->kernel_height - 1) * c->dilation_y, reach_x = (c->kernel_width - 1) * c->dilation_x;
    bool inside = true;
    for (int i = 0; i < ACROSS; i++)
        inside = inside && at->y[i] >= 0 && at->y[i] + reach_y < c->in_height && at->x[i] >= 0
              && at->x[i] + reach_x < c->in_width;
    return inside;
}

INLINE void add_inside(const apus_convolution *c, const float *image, const windows *at, const float *w,
                       ptrdiff_t width, ptrdiff_t count, vector sums[ACROSS][2]) {
    const __m256i low = lanes(count), high = lanes(count - 8);
    const float *origin[ACROSS];
    for (int i = 0; i < ACROSS; i++) origin[i] = image + (at->y[i] * c->in_width + at->x[i]) * c->in_stride;
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++, w += width) {
            const ptrdiff_t step = (ky * c->dilation_y * c->in_width + kx * c->dilation_x) * c->in_stride;
            const float *pixels[ACROSS];
#pragma clang loop unroll(full)
            for (int i = 0; i < ACROSS; i++) pixels[i] = origin[i] + step;
            add_tap(sums, pixels, w, count, low, high);
        }
}

INLINE void add_at_border(const apus_convolution *c, const float *image, const windows *at, const float *w,
                          ptrdiff_t width, ptrdiff_t count, vector sums[ACROSS][2]) {
    static const float zeros[PANEL] = {0};
    const __m256i low = lanes(count), high = lanes(count - 8);
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++, w += width) {
            const float *pixels[ACROSS];
#pragma clang loop unroll(full)
            for (int i = 0; i < ACROSS; i++) {
                const ptrdiff_t y = at->y[i] + ky * c->dilation_y, x = at->x[i] + kx * c->dilation_x;
                const bool outside = y < 0 || y >= c->in_height || x < 0 || x >= c->in_width;
                pixels[i] = outside ? zeros : image + (y * c->in_width + x) * c->in_stride;
            }
            add_tap(sums, pixels, w, count, low, high);
        }
}

static void convolve_panel(const apus_convolution *c, const float *image, const windows *at, bool inside,
                           ptrdiff_t channel, float *tile) {
    const ptrdiff_t width = apus_panels(c->out_channels) * PANEL;
    const ptrdiff_t count = apus_min(PANEL, c->out_channels - channel);
    const float *w = c->weights + channel;
    const float *bias = w + c->kernel_height * c->kernel_width * width;
    vector sums[ACROSS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < ACROSS; i++) {
        sums[i][0] = load(bias);
        sums[i][1] = load(bias + 8);
    }
    // Spelled out for whole panels, whose loads need no mask.
    if (inside && count == PANEL) add_inside(c, image + channel, at, w, width, PANEL, sums);
    else if (inside) add_inside(c, image + channel, at, w, width, count, sums);
    else if (count == PANEL) add_at_border(c, image + channel, at, w, width, PANEL, sums);
    else add_at_border(c, image + channel, at, w, width, count, sums);
#pragma clang loop unroll(full)
    for (int i = 0; i < ACROSS; i++) {
        store(tile + i * PANEL, sums[i][0]);
        store(tile + i * PANEL + 8, sums[i][1]);
    }
}

void apus_depthwise_part_avx2(const apus_convolution *c, apus_part part) {
    const float *image = c->input + part.image * c->in_height * c->in_width * c->in_stride;
    const ptrdiff_t base = part.image * c->out_height * c->out_width;
    for (ptrdiff_t pixel = part.first_pixel; pixel < part.last_pixel; pixel += ACROSS) {
        const windows at = find_windows(c, pixel, part.last_pixel);
        const bool inside = are_inside(c, &at);
        for (ptrdiff_t panel = part.first_panel; panel < part.last_panel; panel++) {
            float tile[ACROSS * PANEL] __attribute__((aligned(32)));
            convolve_panel(c, image, &at, inside, panel * PANEL, tile);
            finish(c, tile, base + pixel, apus_min(ACROSS, part.last_pixel - pixel), panel * PANEL);
        }
    }
}

#pragma clang attribute pop
#endif
