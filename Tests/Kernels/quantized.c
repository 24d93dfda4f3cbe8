// Convolutions of bytes: sums are exact in every form; what is stored is their readable arithmetic, to the byte.
#include "../../Sources/CApusKernels/include/apus_quantized.h"
#include "check.h"

enum { ALIGNMENT = 64 };

static void *aligned(ptrdiff_t bytes) {
    void *memory = aligned_alloc(ALIGNMENT, (size_t)((bytes + 2 * ALIGNMENT) / ALIGNMENT * ALIGNMENT));
    if (memory == NULL) abort();
    memset(memory, 0, (size_t)bytes);
    return memory;
}

static apus_quantized_convolution draw_geometry(void) {
    apus_quantized_convolution c = {.batch = draw(1, 2), .in_height = draw(4, 12), .in_width = draw(4, 12)};
    c.in_channels = draw(1, 40), c.out_channels = draw(1, 40);
    c.in_stride = c.in_channels + draw(0, 3), c.out_stride = c.out_channels + draw(0, 3);
    c.kernel_height = draw(1, 3), c.kernel_width = draw(1, 3), c.stride_y = draw(1, 2), c.stride_x = draw(1, 2);
    c.dilation_y = c.dilation_x = 1, c.pad_top = draw(0, 1), c.pad_left = draw(0, 1);
    c.out_height = (c.in_height + 2 * c.pad_top - c.kernel_height) / c.stride_y + 1;
    c.out_width = (c.in_width + 2 * c.pad_left - c.kernel_width) / c.stride_x + 1;
    c.input_is_signed = draw(0, 1), c.output_is_signed = draw(0, 1);
    c.input_zero = (int32_t)draw(0, 100), c.output_zero = (int32_t)draw(0, 100);
    c.activation = (apus_activation){draw(0, 1) ? APUS_RELU : APUS_IDENTITY, 0, 0};
    c.inverse_scale = 0.37f;
    return c;
}

static int32_t input_at(const apus_quantized_convolution *c, ptrdiff_t n, ptrdiff_t y, ptrdiff_t x, ptrdiff_t channel) {
    if (y < 0 || y >= c->in_height || x < 0 || x >= c->in_width) return 0;
    const uint8_t byte = c->input[((n * c->in_height + y) * c->in_width + x) * c->in_stride + channel];
    return (c->input_is_signed ? (int8_t)byte : byte) - c->input_zero;
}

static int32_t sum_at(const apus_quantized_convolution *c, const int16_t *w, ptrdiff_t pixel, ptrdiff_t o) {
    const ptrdiff_t n = pixel / (c->out_height * c->out_width), place = pixel % (c->out_height * c->out_width);
    const ptrdiff_t top = place / c->out_width * c->stride_y - c->pad_top;
    const ptrdiff_t left = place % c->out_width * c->stride_x - c->pad_left;
    int32_t sum = c->bias == NULL ? 0 : c->bias[o];
    for (ptrdiff_t i = 0; i < c->in_channels; i++)
        for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
            for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++)
                sum += input_at(c, n, top + ky, left + kx, i)
                     * w[((o * c->in_channels + i) * c->kernel_height + ky) * c->kernel_width + kx];
    return sum;
}

static double byte_of(const apus_quantized_convolution *c, int32_t sum, ptrdiff_t o) {
    float value = (float)sum * c->scale[o] + (c->offset == NULL ? 0 : c->offset[o]);
    if (c->activation.function == APUS_RELU && value < 0) value = 0;
    const double byte = rint((double)(value * c->inverse_scale)) + c->output_zero;
    return c->output_is_signed ? fmin(fmax(byte, -128), 127) : fmin(fmax(byte, 0), 255);
}

static void check(apus_quantized_convolution c, apus_cpu cpu, bool gives_sums) {
    const ptrdiff_t weight_count = c.out_channels * c.in_channels * c.kernel_height * c.kernel_width;
    const ptrdiff_t input_bytes = c.batch * c.in_height * c.in_width * c.in_stride;
    const ptrdiff_t count = c.batch * c.out_height * c.out_width * c.out_stride;
    int16_t *w = aligned(weight_count * 2);
    uint8_t *input = aligned(input_bytes);
    int32_t *bias = aligned(c.out_channels * 4);
    float *scale = noise(c.out_channels), *offset = noise(c.out_channels);
    for (ptrdiff_t i = 0; i < weight_count; i++) w[i] = (int16_t)draw(-128, 127);
    for (ptrdiff_t i = 0; i < input_bytes; i++) input[i] = (uint8_t)draw(0, 255);
    for (ptrdiff_t i = 0; i < c.out_channels; i++) bias[i] = (int32_t)draw(-1000, 1000);
    for (ptrdiff_t i = 0; i < c.out_channels; i++) scale[i] = fabsf(scale[i]) / 64;
    const apus_quantized_weights weights = {w, c.out_channels, c.in_channels, c.kernel_height, c.kernel_width};
    c.form = apus_quantized_best_form(cpu, &weights, c.stride_y == 1 && c.stride_x == 1);
    void *packed = aligned(apus_quantized_packed_bytes(c.form, &weights));
    apus_quantized_pack(c.form, &weights, packed);
    c.input = input, c.weights = packed, c.bias = bias, c.scale = scale, c.offset = offset;
    c.output = aligned(count), c.sums = gives_sums ? aligned(count * 4) : NULL;
    c.scratch = aligned(apus_quantized_scratch_bytes(&c, 1));
    apus_quantized_convolve(NULL, &c);
    for (ptrdiff_t i = 0; i < count; i++) {
        const ptrdiff_t o = i % c.out_stride;
        if (o >= c.out_channels) continue;
        const int32_t sum = sum_at(&c, w, i / c.out_stride, o);
        const double found = gives_sums ? c.sums[i] : c.output_is_signed ? (int8_t)c.output[i] : c.output[i];
        expect_close("quantized convolution", o, found, gives_sums ? sum : byte_of(&c, sum, o), 0);
    }
    free(w), free(input), free(bias), free(scale), free(offset), free(packed);
    free(c.output), free(c.sums), free(c.scratch);
}

void check_quantized(void) {
    apus_cpu sets[3];
    const int count = kernel_sets(sets);
    for (int set = 0; set < count; set++)
        for (int round = 0; round < 40; round++) check(draw_geometry(), sets[set], round % 2);
}
