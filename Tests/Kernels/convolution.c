// Convolutions of every packing against the sum that defines them.
#include "check.h"

/// A random geometry; its output has one pixel at least.
static apus_convolution draw_geometry(apus_packing packing) {
    apus_convolution c = {.packing = packing, .batch = draw(1, 2)};
    c.in_height = draw(5, 20), c.in_width = draw(5, 20), c.in_channels = draw(1, 40);
    c.out_channels = packing == APUS_DEPTHWISE ? c.in_channels : draw(1, 40);
    const bool is_winograd = packing == APUS_WINOGRAD;
    c.kernel_height = is_winograd ? 3 : draw(1, 4), c.kernel_width = is_winograd ? 3 : draw(1, 4);
    c.stride_y = is_winograd ? 1 : draw(1, 3), c.stride_x = is_winograd ? 1 : draw(1, 3);
    c.dilation_y = c.dilation_x = c.kernel_height > 2 || is_winograd ? 1 : draw(1, 2);
    c.pad_top = draw(0, 2), c.pad_left = draw(0, 2);
    const ptrdiff_t height = c.in_height + 2 * c.pad_top - (c.kernel_height - 1) * c.dilation_y - 1;
    const ptrdiff_t width = c.in_width + 2 * c.pad_left - (c.kernel_width - 1) * c.dilation_x - 1;
    c.out_height = height / c.stride_y + 1, c.out_width = width / c.stride_x + 1;
    c.in_stride = c.in_channels + draw(0, 3), c.out_stride = c.out_channels + draw(0, 3);
    c.residual_stride = c.out_channels + draw(0, 2);
    c.residual_before_activation = draw(0, 1);
    c.activation = (apus_activation){(apus_function)draw(APUS_IDENTITY, APUS_CLIP), -0.5f, 0.7f};
    return c;
}

static double input_at(const apus_convolution *c, ptrdiff_t n, ptrdiff_t y, ptrdiff_t x, ptrdiff_t channel) {
    if (y < 0 || y >= c->in_height || x < 0 || x >= c->in_width) return 0;
    if (c->packing == APUS_PLANAR)
        return c->input[((n * c->in_channels + channel) * c->in_height + y) * c->in_width + x];
    return c->input[((n * c->in_height + y) * c->in_width + x) * c->in_stride + channel];
}

static double activated(apus_activation f, double x) {
    switch (f.function) {
    case APUS_RELU: return fmax(x, 0);
    case APUS_SILU: return x / (1 + exp(-x));
    case APUS_CLIP: return fmin(fmax(x, (double)f.a), (double)f.b);
    default: return x;
    }
}

static double expected_at(const apus_convolution *c, const float *w, const float *bias, ptrdiff_t pixel, ptrdiff_t o) {
    const ptrdiff_t n = pixel / (c->out_height * c->out_width), place = pixel % (c->out_height * c->out_width);
    const ptrdiff_t top = place / c->out_width * c->stride_y - c->pad_top;
    const ptrdiff_t left = place % c->out_width * c->stride_x - c->pad_left;
    const bool is_depthwise = c->packing == APUS_DEPTHWISE;
    const ptrdiff_t inputs = is_depthwise ? 1 : c->in_channels;
    double sum = (double)bias[o];
    for (ptrdiff_t i = 0; i < inputs; i++)
        for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
            for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++)
                sum += input_at(c, n, top + ky * c->dilation_y, left + kx * c->dilation_x, is_depthwise ? o : i)
                     * (double)w[((o * inputs + i) * c->kernel_height + ky) * c->kernel_width + kx];
    const double residual = c->residual == NULL ? 0 : (double)c->residual[pixel * c->residual_stride + o];
    if (c->residual_before_activation) return activated(c->activation, sum + residual);
    return activated(c->activation, sum) + residual;
}

static float *packed_weights(const apus_convolution *c, const float *w, const float *bias) {
    const ptrdiff_t inputs = c->packing == APUS_DEPTHWISE ? 1 : c->in_channels;
    const ptrdiff_t taps = c->kernel_height * c->kernel_width;
    const apus_filter filter = {
        c->packing, c->out_channels, inputs, c->kernel_height, c->kernel_width, inputs * taps, taps, c->kernel_width, 1,
    };
    float *packed = filled(apus_packed_count(&filter), 0);
    apus_pack(NULL, &filter, w, bias, packed);
    return packed;
}

static void check(apus_convolution c, apus_cpu cpu, apus_pool *pool) {
    const ptrdiff_t inputs = c.packing == APUS_DEPTHWISE ? 1 : c.in_channels;
    const ptrdiff_t pixels = c.batch * c.out_height * c.out_width;
    float *w = noise(c.out_channels * inputs * c.kernel_height * c.kernel_width), *bias = noise(c.out_channels);
    float *input = noise(c.batch * c.in_height * c.in_width * c.in_stride);
    float *residual = noise(pixels * c.residual_stride), *packed = packed_weights(&c, w, bias);
    c.input = input, c.weights = packed, c.output = filled(pixels * c.out_stride, -77);
    if (draw(0, 1)) c.residual = residual;
    apus_convolve(cpu, pool, &c);
    for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
        const float *out = c.output + pixel * c.out_stride;
        for (ptrdiff_t o = 0; o < c.out_channels; o++)
            expect_close("convolution", o, (double)out[o], expected_at(&c, w, bias, pixel, o), 2e-4);
        for (ptrdiff_t o = c.out_channels; o < c.out_stride; o++) expect_close("gap", o, (double)out[o], -77, 0);
    }
    free(w), free(bias), free(input), free(residual), free(packed), free(c.output);
}

void check_convolutions(void) {
    apus_cpu sets[3];
    const int count = kernel_sets(sets);
    apus_pool *pool = apus_pool_create(3);
    for (int set = 0; set < count; set++)
        for (int round = 0; round < 30; round++)
            for (int packing = APUS_DENSE; packing <= APUS_DEPTHWISE; packing++)
                check(draw_geometry((apus_packing)packing), sets[set], round % 2 ? pool : NULL);
    apus_pool_destroy(pool);
}
