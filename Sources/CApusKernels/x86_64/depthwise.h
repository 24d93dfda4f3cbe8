// Depthwise convolution: neighbouring pixels of a row at once, one or two vectors of channels. Include after finish.h.
#ifndef APUS_DEPTHWISE_H
#define APUS_DEPTHWISE_H

enum { ACROSS = 4 };

/// Taps that lie inside the image, and the window's corner.
typedef struct {
    ptrdiff_t y, x, first_ky, last_ky, first_kx, last_kx;
} window;

INLINE ptrdiff_t first_inside(ptrdiff_t origin, ptrdiff_t dilation) {
    return origin >= 0 ? 0 : (-origin + dilation - 1) / dilation;
}
INLINE ptrdiff_t last_inside(ptrdiff_t origin, ptrdiff_t dilation, ptrdiff_t extent, ptrdiff_t taps) {
    return origin >= extent ? 0 : apus_min(taps, (extent - 1 - origin) / dilation + 1);
}

/// Where a vector of channels of some neighbouring pixels goes.
typedef struct {
    vector low, high;
    float *out;
    ptrdiff_t step;
} target;

/// `ACROSS` neighbours whose windows hold all taps but for those of whole rows. Known extents leave no loop.
INLINE void add_taps(const ptrdiff_t height, const ptrdiff_t width, const apus_convolution *c, const float *x,
                     const float *w, const float *bias, mask m, bool whole, const target *t) {
    const ptrdiff_t packed = apus_panels(c->out_channels) * PANEL;
    const ptrdiff_t step = c->stride_x * c->in_stride, tap = c->dilation_x * c->in_stride;
    vector sums[ACROSS];
#pragma clang loop unroll(full)
    for (int i = 0; i < ACROSS; i++) sums[i] = load(bias);
    for (ptrdiff_t ky = 0; ky < height; ky++, x += c->dilation_y * c->in_width * c->in_stride)
        for (ptrdiff_t kx = 0; kx < width; kx++, w += packed) {
            const vector weight = load(w);
#pragma clang loop unroll(full)
            for (int i = 0; i < ACROSS; i++) {
                const float *pixel = x + kx * tap + i * step;
                sums[i] = fuse(whole ? load(pixel) : load_lanes(pixel, m), weight, sums[i]);
            }
        }
#pragma clang loop unroll(full)
    for (int i = 0; i < ACROSS; i++) {
        const vector y = clamp(t->low, t->high, sums[i]);
        if (whole) store(t->out + i * t->step, y); else store_lanes(t->out + i * t->step, m, y);
    }
}

/// One pixel at the border: the taps that are inside.
static void add_inside_taps(const apus_convolution *c, const float *image, const window *at, ptrdiff_t channel, mask m,
                            const target *t) {
    const ptrdiff_t packed = apus_panels(c->out_channels) * PANEL;
    const float *w = c->weights + channel;
    vector sum = load(w + c->kernel_height * c->kernel_width * packed);
    for (ptrdiff_t ky = at->first_ky; ky < at->last_ky; ky++)
        for (ptrdiff_t kx = at->first_kx; kx < at->last_kx; kx++) {
            const ptrdiff_t y = at->y + ky * c->dilation_y, x = at->x + kx * c->dilation_x;
            sum = fuse(load_lanes(image + (y * c->in_width + x) * c->in_stride + channel, m),
                       load(w + (ky * c->kernel_width + kx) * packed), sum);
        }
    store_lanes(t->out, m, clamp(t->low, t->high, sum));
}

/// Neighbours whose windows lie between the left and the right border.
static void add_neighbours(const apus_convolution *c, const float *image, const window *at, ptrdiff_t channel, mask m,
                           bool whole, const target *t) {
    const ptrdiff_t height = at->last_ky - at->first_ky, packed = apus_panels(c->out_channels) * PANEL;
    const float *x =
        image + ((at->y + at->first_ky * c->dilation_y) * c->in_width + at->x) * c->in_stride + channel;
    const float *w = c->weights + channel + at->first_ky * c->kernel_width * packed;
    const float *bias = c->weights + channel + c->kernel_height * c->kernel_width * packed;
    if (whole && height == 3 && c->kernel_width == 3) add_taps(3, 3, c, x, w, bias, m, true, t);
    else if (whole && height == 5 && c->kernel_width == 5) add_taps(5, 5, c, x, w, bias, m, true, t);
    else add_taps(height, c->kernel_width, c, x, w, bias, m, whole, t);
}

/// Channels `first ..< last` of output row `y`: pixel after pixel, so that memory is read in its order.
static void depthwise_row(const apus_convolution *c, const float *image, ptrdiff_t y, ptrdiff_t pixel,
                          ptrdiff_t first, ptrdiff_t last, float *sums) {
    const bool bounded = is_bounded(c) && c->residual == NULL;
    tile bounds = {.low = -__builtin_inff(), .high = __builtin_inff()};
    if (bounded) set_bounds(c, &bounds);
    target t = {all(bounds.low), all(bounds.high), sums, bounded ? c->out_stride : last - first};
    window at = {.y = y * c->stride_y - c->pad_top};
    at.first_ky = first_inside(at.y, c->dilation_y);
    at.last_ky = last_inside(at.y, c->dilation_y, c->in_height, c->kernel_height);
    const ptrdiff_t reach = (c->kernel_width - 1) * c->dilation_x + (ACROSS - 1) * c->stride_x;
    for (ptrdiff_t x = 0, step; x < c->out_width; x += step) {
        at.x = x * c->stride_x - c->pad_left;
        const bool together = at.x >= 0 && at.x + reach < c->in_width && x + ACROSS <= c->out_width;
        step = together ? ACROSS : 1;
        at.first_kx = first_inside(at.x, c->dilation_x);
        at.last_kx = last_inside(at.x, c->dilation_x, c->in_width, c->kernel_width);
        for (ptrdiff_t channel = first; channel < last; channel += LANES) {
            const mask m = lanes(last - channel);
            t.out = bounded ? c->output + (pixel + x) * c->out_stride + channel : sums + channel - first;
            if (together) add_neighbours(c, image, &at, channel, m, last - channel >= LANES, &t);
            else add_inside_taps(c, image, &at, channel, m, &t);
        }
        if (!bounded) finish(c, sums, last - first, pixel + x, step, first, last - first);
    }
}

static bool depthwise_part(const apus_convolution *c, apus_part part) {
    const float *image = c->input + part.image * apus_image_step(c);
    const ptrdiff_t first = part.first_panel * PANEL, last = apus_min(part.last_panel * PANEL, c->out_channels);
    float *sums = apus_scratch(0, (size_t)(ACROSS * (last - first) + LANES) * sizeof *sums);
    if (sums == NULL) return false;
    for (ptrdiff_t y = part.first_row; y < part.last_row; y++)
        depthwise_row(c, image, y, (part.image * c->out_height + y) * c->out_width, first, last, sums);
    return true;
}

#endif
