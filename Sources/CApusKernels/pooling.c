// Pooling, channels last: each output pixel is a running maximum, or sum, of the pixels in its window.
#include <math.h>

#include "internal.h"

/// The window positions, along one axis, that lie in the image: a first tap and a count.
typedef struct {
    ptrdiff_t first, count;
} range;

static range valid_taps(ptrdiff_t origin, ptrdiff_t taps, ptrdiff_t dilation, ptrdiff_t extent) {
    const ptrdiff_t first = origin >= 0 ? 0 : (-origin + dilation - 1) / dilation;
    const ptrdiff_t beyond = extent <= origin ? 0 : (extent - origin + dilation - 1) / dilation;
    return (range){first, apus_max(0, apus_min(taps, beyond) - first)};
}

/// How many taps an average divides by: all that lie in the image or in its declared padding.
static ptrdiff_t padded_taps(ptrdiff_t origin, ptrdiff_t taps, ptrdiff_t dilation, ptrdiff_t extent,
                             ptrdiff_t pad_after) {
    return apus_min(taps, (extent + pad_after - origin + dilation - 1) / dilation);
}

static void pool_pixel(const apus_kernels *k, const apus_pooling *p, const float *image, ptrdiff_t oy, ptrdiff_t ox,
                       float *out) {
    const ptrdiff_t y = oy * p->stride_y - p->pad_top, x = ox * p->stride_x - p->pad_left;
    const range ys = valid_taps(y, p->kernel_height, p->dilation_y, p->in_height);
    const range xs = valid_taps(x, p->kernel_width, p->dilation_x, p->in_width);
    const apus_window window = {
        ys.count, p->dilation_y * p->in_width * p->in_stride, xs.count, p->dilation_x * p->in_stride,
    };
    const ptrdiff_t row = y + ys.first * p->dilation_y, column = x + xs.first * p->dilation_x;
    k->pool_window(image + (row * p->in_width + column) * p->in_stride, window, p->average, out, p->channels);
    if (!p->average) return;
    ptrdiff_t taps = ys.count * xs.count;
    if (p->count_padding)
        taps = padded_taps(y, p->kernel_height, p->dilation_y, p->in_height, p->pad_bottom)
             * padded_taps(x, p->kernel_width, p->dilation_x, p->in_width, p->pad_right);
    const float scale = 1.0f / (float)apus_max(1, taps);
    for (ptrdiff_t i = 0; i < p->channels; i++) out[i] *= scale;
}

typedef struct {
    const apus_kernels *kernels;
    const apus_pooling *pooling;
} pooling_job;

static void pool_row(void *context, ptrdiff_t index) {
    const pooling_job *job = context;
    const apus_pooling *p = job->pooling;
    const ptrdiff_t n = index / p->out_height, y = index % p->out_height;
    const float *image = p->input + n * p->in_height * p->in_width * p->in_stride;
    for (ptrdiff_t x = 0; x < p->out_width; x++)
        pool_pixel(job->kernels, p, image, y, x, p->output + (index * p->out_width + x) * p->out_stride);
}

void apus_pool_image(apus_cpu cpu, apus_pool *pool, const apus_pooling *pooling) {
    pooling_job job = {apus_kernels_of(cpu), pooling};
    apus_pool_run(pool, pooling->batch * pooling->out_height, pool_row, &job);
}

typedef struct {
    const apus_kernels *kernels;
    const float *x;
    ptrdiff_t pixels, channels, stride;
    float *y;
} global;

enum { CHANNELS_A_TASK = 128 };

static void average_image(void *context, ptrdiff_t index) {
    const global *g = context;
    const ptrdiff_t blocks = (g->channels + CHANNELS_A_TASK - 1) / CHANNELS_A_TASK;
    const ptrdiff_t first = index % blocks * CHANNELS_A_TASK, count = apus_min(CHANNELS_A_TASK, g->channels - first);
    const float *x = g->x + index / blocks * g->pixels * g->stride + first;
    float sums[CHANNELS_A_TASK] = {0};
    for (ptrdiff_t pixel = 0; pixel < g->pixels; pixel++) g->kernels->add_row(sums, x + pixel * g->stride, count);
    float *y = g->y + index / blocks * g->channels + first;
    for (ptrdiff_t i = 0; i < count; i++) y[i] = sums[i] / (float)g->pixels;
}

void apus_global_average(apus_cpu cpu, apus_pool *pool, const float *x, ptrdiff_t batch, ptrdiff_t pixels,
                         ptrdiff_t channels, ptrdiff_t stride, float *y) {
    global g = {apus_kernels_of(cpu), x, pixels, channels, stride, y};
    apus_pool_run(pool, batch * ((channels + CHANNELS_A_TASK - 1) / CHANNELS_A_TASK), average_image, &g);
}
