#include <string.h>

#include "internal.h"

static void nearest_row(const apus_resizing *r, const float *image, ptrdiff_t y, float *out) {
    const float *row = image + r->rows[y] * r->in_width * r->in_stride;
    for (ptrdiff_t x = 0; x < r->out_width; x++, out += r->out_stride)
        memcpy(out, row + r->columns[x] * r->in_stride, (size_t)r->channels * sizeof *out);
}

static void blend(const float *a, const float *b, const float *c, const float *d, float wx, float wy,
                  ptrdiff_t channels, float *out) {
    for (ptrdiff_t i = 0; i < channels; i++) {
        const float top = a[i] + (b[i] - a[i]) * wx, bottom = c[i] + (d[i] - c[i]) * wx;
        out[i] = top + (bottom - top) * wy;
    }
}

static void linear_row(const apus_resizing *r, const float *image, ptrdiff_t y, float *out) {
    const float *top = image + r->rows[y] * r->in_width * r->in_stride;
    const float *bottom = top + r->row_steps[y] * r->in_width * r->in_stride;
    for (ptrdiff_t x = 0; x < r->out_width; x++, out += r->out_stride) {
        const ptrdiff_t left = r->columns[x] * r->in_stride, right = left + r->column_steps[x] * r->in_stride;
        blend(top + left, top + right, bottom + left, bottom + right, r->column_weights[x], r->row_weights[y],
              r->channels, out);
    }
}

static void resize_row(void *context, ptrdiff_t index) {
    const apus_resizing *r = context;
    const float *image = r->input + index / r->out_height * r->in_height * r->in_width * r->in_stride;
    float *out = r->output + index * r->out_width * r->out_stride;
    if (r->row_weights == NULL) nearest_row(r, image, index % r->out_height, out);
    else linear_row(r, image, index % r->out_height, out);
}

void apus_resize(apus_pool *pool, const apus_resizing *resizing) {
    apus_pool_run(pool, resizing->batch * resizing->out_height, resize_row, (void *)resizing);
}
