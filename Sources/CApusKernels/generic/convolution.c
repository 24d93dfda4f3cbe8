// The specification of convolution over packed weights: what every other implementation must equal.
#include <string.h>

#include "../internal.h"

/// The input pixel under tap (`ky`, `kx`) of output pixel `pixel`, or NULL in the padding.
static const float *pixel_under(const apus_convolution *c, ptrdiff_t image, ptrdiff_t pixel, ptrdiff_t ky,
                                ptrdiff_t kx) {
    const ptrdiff_t y = pixel / c->out_width * c->stride_y + ky * c->dilation_y - c->pad_top;
    const ptrdiff_t x = pixel % c->out_width * c->stride_x + kx * c->dilation_x - c->pad_left;
    if (y < 0 || y >= c->in_height || x < 0 || x >= c->in_width) return NULL;
    return c->input + ((image * c->in_height + y) * c->in_width + x) * c->in_stride;
}

static void store(const apus_convolution *c, const float *sums, ptrdiff_t pixel, ptrdiff_t first, ptrdiff_t count) {
    float *out = c->output + pixel * c->out_stride + first;
    const float *residual = c->residual == NULL ? NULL : c->residual + pixel * c->residual_stride + first;
    for (ptrdiff_t j = 0; j < count; j++) {
        float value = sums[j];
        if (residual != NULL && c->residual_before_activation) value += residual[j];
        value = apus_apply(c->activation, value);
        if (residual != NULL && !c->residual_before_activation) value += residual[j];
        out[j] = value;
    }
}

static void convolve_panel(const apus_convolution *c, ptrdiff_t image, ptrdiff_t pixel, ptrdiff_t panel) {
    float sums[PANEL];
    memcpy(sums, apus_bias_of(c) + panel * PANEL, sizeof sums);
    const float *w = c->weights + panel * PANEL * c->kernel_height * c->kernel_width * c->in_channels;
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++, w += c->in_channels * PANEL) {
            const float *x = pixel_under(c, image, pixel, ky, kx);
            for (ptrdiff_t i = 0; x != NULL && i < c->in_channels; i++)
                for (int j = 0; j < PANEL; j++) sums[j] += x[i] * w[i * PANEL + j];
        }
    const ptrdiff_t first = panel * PANEL;
    store(c, sums, image * c->out_height * c->out_width + pixel, first, apus_min(PANEL, c->out_channels - first));
}

void apus_convolve_part_generic(const apus_convolution *c, apus_part part) {
    for (ptrdiff_t panel = part.first_panel; panel < part.last_panel; panel++)
        for (ptrdiff_t pixel = part.first_pixel; pixel < part.last_pixel; pixel++)
            convolve_panel(c, part.image, pixel, panel);
}

static void depthwise_panel(const apus_convolution *c, ptrdiff_t image, ptrdiff_t pixel, ptrdiff_t panel) {
    const ptrdiff_t first = panel * PANEL, count = apus_min(PANEL, c->out_channels - first);
    const ptrdiff_t width = apus_panels(c->out_channels) * PANEL;
    const float *w = c->weights + first;
    float sums[PANEL];
    memcpy(sums, c->weights + c->kernel_height * c->kernel_width * width + first, sizeof sums);
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++, w += width) {
            const float *x = pixel_under(c, image, pixel, ky, kx);
            for (ptrdiff_t j = 0; x != NULL && j < count; j++) sums[j] += x[first + j] * w[j];
        }
    store(c, sums, image * c->out_height * c->out_width + pixel, first, count);
}

void apus_depthwise_part_generic(const apus_convolution *c, apus_part part) {
    for (ptrdiff_t pixel = part.first_pixel; pixel < part.last_pixel; pixel++)
        for (ptrdiff_t panel = part.first_panel; panel < part.last_panel; panel++)
            depthwise_panel(c, part.image, pixel, panel);
}
