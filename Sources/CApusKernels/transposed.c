#include <string.h>

#include "internal.h"

typedef struct {
    const apus_convolution *geometry;
    const float *columns, *bias;
    float *image;
} folding;

/// Adds, to pixel (`y`, `x`) of the larger image, every column entry that falls on it.
static void fold_pixel(const folding *f, ptrdiff_t n, ptrdiff_t y, ptrdiff_t x, float *out) {
    const apus_convolution *c = f->geometry;
    const ptrdiff_t channels = c->in_channels, width = c->kernel_height * c->kernel_width * channels;
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++) {
        const ptrdiff_t from_y = y + c->pad_top - ky * c->dilation_y;
        if (from_y < 0 || from_y % c->stride_y != 0 || from_y / c->stride_y >= c->out_height) continue;
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++) {
            const ptrdiff_t from_x = x + c->pad_left - kx * c->dilation_x;
            if (from_x < 0 || from_x % c->stride_x != 0 || from_x / c->stride_x >= c->out_width) continue;
            const ptrdiff_t pixel = (n * c->out_height + from_y / c->stride_y) * c->out_width + from_x / c->stride_x;
            const float *column = f->columns + pixel * width + (ky * c->kernel_width + kx) * channels;
            for (ptrdiff_t i = 0; i < channels; i++) out[i] += column[i];
        }
    }
}

static void fold_row(void *context, ptrdiff_t index) {
    const folding *f = context;
    const apus_convolution *c = f->geometry;
    for (ptrdiff_t x = 0; x < c->in_width; x++) {
        float *out = f->image + (index * c->in_width + x) * c->in_stride;
        if (f->bias == NULL) memset(out, 0, (size_t)c->in_channels * sizeof *out);
        else memcpy(out, f->bias, (size_t)c->in_channels * sizeof *out);
        fold_pixel(f, index / c->in_height, index % c->in_height, x, out);
    }
}

void apus_columns_to_image(apus_pool *pool, const apus_convolution *geometry, const float *columns, const float *bias,
                           float *image) {
    folding f = {geometry, columns, bias, image};
    apus_pool_run(pool, geometry->batch * geometry->in_height, fold_row, &f);
}
