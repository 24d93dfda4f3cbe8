// Pooling against its definition: each window's maximum, or mean over the taps that count.
#include "check.h"

static apus_pooling draw_geometry(void) {
    apus_pooling p = {.batch = draw(1, 2), .channels = draw(1, 40), .average = draw(0, 1), .count_padding = draw(0, 1)};
    p.in_height = draw(4, 15), p.in_width = draw(4, 15), p.in_stride = p.channels + draw(0, 3);
    p.kernel_height = draw(1, 4), p.kernel_width = draw(1, 4), p.stride_y = draw(1, 3), p.stride_x = draw(1, 3);
    p.dilation_y = p.dilation_x = 1;
    p.pad_top = p.pad_bottom = draw(0, p.kernel_height - 1), p.pad_left = p.pad_right = draw(0, p.kernel_width - 1);
    p.out_height = (p.in_height + 2 * p.pad_top - p.kernel_height) / p.stride_y + 1;
    p.out_width = (p.in_width + 2 * p.pad_left - p.kernel_width) / p.stride_x + 1;
    p.out_stride = p.channels + draw(0, 3);
    return p;
}

static double expected_at(const apus_pooling *p, ptrdiff_t n, ptrdiff_t oy, ptrdiff_t ox, ptrdiff_t channel) {
    double best = -INFINITY, sum = 0, taps = 0;
    for (ptrdiff_t ky = 0; ky < p->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < p->kernel_width; kx++) {
            const ptrdiff_t y = oy * p->stride_y - p->pad_top + ky, x = ox * p->stride_x - p->pad_left + kx;
            const bool is_inside = y >= 0 && y < p->in_height && x >= 0 && x < p->in_width;
            taps += is_inside || p->count_padding;
            if (!is_inside) continue;
            const double value = (double)p->input[((n * p->in_height + y) * p->in_width + x) * p->in_stride + channel];
            best = fmax(best, value);
            sum += value;
        }
    return p->average ? sum / fmax(1, taps) : best;
}

static void check(apus_pooling p, apus_cpu cpu) {
    float *input = noise(p.batch * p.in_height * p.in_width * p.in_stride);
    const ptrdiff_t pixels = p.batch * p.out_height * p.out_width;
    p.input = input, p.output = filled(pixels * p.out_stride, -77);
    apus_pool_image(cpu, NULL, &p);
    for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
        const ptrdiff_t row = pixel / p.out_width;
        for (ptrdiff_t i = 0; i < p.out_stride; i++) {
            const double expected =
                i >= p.channels ? -77 : expected_at(&p, row / p.out_height, row % p.out_height, pixel % p.out_width, i);
            expect_close("pooling", i, (double)p.output[pixel * p.out_stride + i], expected, 1e-5);
        }
    }
    free(input), free(p.output);
}

static void check_global(apus_cpu cpu) {
    const ptrdiff_t batch = 2, pixels = draw(1, 50), channels = draw(1, 300), stride = channels + draw(0, 3);
    float *x = noise(batch * pixels * stride), *y = filled(batch * channels, -77);
    apus_global_average(cpu, NULL, x, batch, pixels, channels, stride, y);
    for (ptrdiff_t i = 0; i < batch * channels; i++) {
        double sum = 0;
        for (ptrdiff_t p = 0; p < pixels; p++)
            sum += (double)x[(i / channels * pixels + p) * stride + i % channels];
        expect_close("global average", i, (double)y[i], sum / (double)pixels, 1e-5);
    }
    free(x), free(y);
}

void check_pooling(void) {
    apus_cpu sets[3];
    const int count = kernel_sets(sets);
    for (int set = 0; set < count; set++)
        for (int round = 0; round < 40; round++) {
            check(draw_geometry(), sets[set]);
            check_global(sets[set]);
        }
}
