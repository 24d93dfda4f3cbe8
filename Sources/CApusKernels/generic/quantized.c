// The specification of quantized convolution: what every other form must equal, byte for byte.
#include <math.h>

#include "../quantized.h"

/// e⁻ˣ to four digits: far finer than a step of eight bits.
static float negative_exponential(float x) {
    const float t = fminf(fmaxf(x * -1.44269504f, -126), 126), n = nearbyintf(t), f = t - n;
    const float p = fmaf(fmaf(fmaf(0.05550411f, f, 0.24022651f), f, 0.69314718f), f, 1);
    return ldexpf(p, (int)n);
}

static float apply(apus_activation f, float x) {
    switch (f.function) {
    case APUS_RELU: return fmaxf(x, 0);
    case APUS_SILU: return x / (1 + negative_exponential(x));
    case APUS_CLIP: return fminf(fmaxf(x, f.a), f.b);
    case APUS_LEAKY_RELU: return x < 0 ? x * f.a : x;
    case APUS_SIGMOID: return 1 / (1 + negative_exponential(x));
    case APUS_HARD_SIGMOID: return fminf(fmaxf(fmaf(f.a, x, f.b), 0), 1);
    case APUS_HARD_SWISH: return x * fminf(fmaxf(fmaf(1.0f / 6.0f, x, 0.5f), 0), 1);
    default: return x;
    }
}

/// Sums wrap around as those of the processors do: signed overflow is left to unsigned numbers.
static int32_t sum_of_products(const apus_quantized_convolution *c, ptrdiff_t image, ptrdiff_t row, ptrdiff_t column,
                               ptrdiff_t channel) {
    const int16_t *w = (const int16_t *)c->weights
                     + channel * c->kernel_height * c->kernel_width * c->in_channels;
    uint32_t sum = (uint32_t)c->bias[channel];
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++, w += c->in_channels) {
            const ptrdiff_t y = row * c->stride_y + ky * c->dilation_y - c->pad_top;
            const ptrdiff_t x = column * c->stride_x + kx * c->dilation_x - c->pad_left;
            if (y < 0 || y >= c->in_height || x < 0 || x >= c->in_width) continue;
            const uint8_t *pixel = c->input + ((image * c->in_height + y) * c->in_width + x) * c->in_stride;
            for (ptrdiff_t i = 0; i < c->in_channels; i++) {
                const int32_t value = c->input_is_signed ? (int8_t)pixel[i] : pixel[i];
                sum += (uint32_t)((value - c->input_zero) * w[i]);
            }
        }
    return (int32_t)sum;
}

static float add_residual(const apus_quantized_convolution *c, float value, ptrdiff_t pixel, ptrdiff_t channel) {
    const uint8_t byte = c->residual[pixel * c->residual_stride + channel];
    const int32_t r = c->output_is_signed ? (int8_t)byte : byte;
    return fmaf((float)(r - c->residual_zero), c->residual_scale, value);
}

static uint8_t finish(const apus_quantized_convolution *c, int32_t sum, ptrdiff_t pixel, ptrdiff_t channel) {
    float value = fmaf((float)sum, c->scale[channel], c->offset[channel]);
    if (c->residual != NULL && c->residual_before_activation) value = add_residual(c, value, pixel, channel);
    value = apply(c->activation, value);
    if (c->residual != NULL && !c->residual_before_activation) value = add_residual(c, value, pixel, channel);
    const apus_byte_range range = apus_byte_range_of(c->output_is_signed, c->output_zero);
    value = fminf(fmaxf(value * c->inverse_scale, range.least), range.largest);
    return (uint8_t)((int32_t)nearbyintf(value) + c->output_zero);
}

void apus_quantized_band_plain(const apus_quantized_convolution *c, apus_band band) {
    const ptrdiff_t first = band.first_panel * PANEL, last = apus_min(band.last_panel * PANEL, c->out_channels);
    for (ptrdiff_t row = band.first_row; row < band.last_row; row++)
        for (ptrdiff_t column = 0; column < c->out_width; column++) {
            const ptrdiff_t pixel = (band.image * c->out_height + row) * c->out_width + column;
            for (ptrdiff_t channel = first; channel < last; channel++) {
                const int32_t sum = sum_of_products(c, band.image, row, column, channel);
                if (c->sums != NULL) c->sums[pixel * c->out_stride + channel] = sum;
                else c->output[pixel * c->out_stride + channel] = finish(c, sum, pixel, channel);
            }
        }
}
