// Pooling of images of bytes.
#include <string.h>

#include "quantized.h"

static void take_largest(uint8_t *restrict best, const uint8_t *restrict x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) best[i] = x[i] > best[i] ? x[i] : best[i];
}

static void take_largest_signed(int8_t *restrict best, const int8_t *restrict x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) best[i] = x[i] > best[i] ? x[i] : best[i];
}

typedef struct {
    const apus_pooling *p;
    bool is_signed;
    const uint8_t *input;
    uint8_t *output;
} pooling;

static void pool_pixel(const pooling *job, const uint8_t *image, ptrdiff_t oy, ptrdiff_t ox, uint8_t *out) {
    const apus_pooling *p = job->p;
    memset(out, job->is_signed ? 0x80 : 0, (size_t)p->channels);
    for (ptrdiff_t ky = 0; ky < p->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < p->kernel_width; kx++) {
            const ptrdiff_t y = oy * p->stride_y + ky * p->dilation_y - p->pad_top;
            const ptrdiff_t x = ox * p->stride_x + kx * p->dilation_x - p->pad_left;
            if (y < 0 || y >= p->in_height || x < 0 || x >= p->in_width) continue;
            const uint8_t *pixel = image + (y * p->in_width + x) * p->in_stride;
            if (job->is_signed) take_largest_signed((int8_t *)out, (const int8_t *)pixel, p->channels);
            else take_largest(out, pixel, p->channels);
        }
}

static void pool_row(void *context, ptrdiff_t index) {
    const pooling *job = context;
    const apus_pooling *p = job->p;
    const uint8_t *image = job->input + index / p->out_height * p->in_height * p->in_width * p->in_stride;
    for (ptrdiff_t x = 0; x < p->out_width; x++)
        pool_pixel(job, image, index % p->out_height, x, job->output + (index * p->out_width + x) * p->out_stride);
}

void apus_pool_bytes(apus_pool *pool, const apus_pooling *geometry, bool is_signed, const uint8_t *input,
                     uint8_t *output) {
    pooling job = {geometry, is_signed, input, output};
    apus_pool_run(pool, geometry->batch * geometry->out_height, pool_row, &job);
}
