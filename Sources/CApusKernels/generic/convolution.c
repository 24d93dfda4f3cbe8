// The specification of convolution over packed weights: what every other implementation must equal.
#include <math.h>
#include <string.h>

#include "../internal.h"

/// Input `channel` under tap (`ky`, `kx`) of output pixel (`y`, `x`): 0 in the padding.
static float input_under(const apus_convolution *c, const float *image, ptrdiff_t y, ptrdiff_t x, ptrdiff_t ky,
                         ptrdiff_t kx, ptrdiff_t channel) {
    y = y * c->stride_y + ky * c->dilation_y - c->pad_top;
    x = x * c->stride_x + kx * c->dilation_x - c->pad_left;
    if (y < 0 || y >= c->in_height || x < 0 || x >= c->in_width) return 0;
    if (c->packing == APUS_PLANAR) return image[(channel * c->in_height + y) * c->in_width + x];
    return image[(y * c->in_width + x) * c->in_stride + channel];
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

/// Where the weights of (`ky`, `kx`, input channel `i`) begin within a panel.
static ptrdiff_t weight_at(const apus_convolution *c, ptrdiff_t ky, ptrdiff_t kx, ptrdiff_t i) {
    if (c->packing == APUS_PLANAR) return ((i * c->kernel_height + ky) * c->kernel_width + kx) * PANEL;
    return ((ky * c->kernel_width + kx) * c->in_channels + i) * PANEL;
}

static void dense_pixel(const apus_convolution *c, ptrdiff_t image, ptrdiff_t y, ptrdiff_t x, ptrdiff_t panel) {
    float sums[PANEL];
    memcpy(sums, apus_bias_of(c) + panel * PANEL, sizeof sums);
    const float *w = c->weights + panel * PANEL * apus_taps_of(c) * c->in_channels;
    const float *input = c->input + image * apus_image_step(c);
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++)
            for (ptrdiff_t i = 0; i < c->in_channels; i++) {
                const float value = input_under(c, input, y, x, ky, kx, i);
                for (int j = 0; j < PANEL; j++) sums[j] += value * w[weight_at(c, ky, kx, i) + j];
            }
    const ptrdiff_t first = panel * PANEL;
    store(c, sums, (image * c->out_height + y) * c->out_width + x, first, apus_min(PANEL, c->out_channels - first));
}

static void depthwise_pixel(const apus_convolution *c, ptrdiff_t image, ptrdiff_t y, ptrdiff_t x, ptrdiff_t panel) {
    const ptrdiff_t first = panel * PANEL, count = apus_min(PANEL, c->out_channels - first);
    const ptrdiff_t width = apus_panels(c->out_channels) * PANEL;
    const float *w = c->weights + first, *input = c->input + image * apus_image_step(c);
    float sums[PANEL];
    memcpy(sums, c->weights + c->kernel_height * c->kernel_width * width + first, sizeof sums);
    for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
        for (ptrdiff_t kx = 0; kx < c->kernel_width; kx++, w += width)
            for (ptrdiff_t j = 0; j < count; j++) sums[j] += input_under(c, input, y, x, ky, kx, first + j) * w[j];
    store(c, sums, (image * c->out_height + y) * c->out_width + x, first, count);
}

static bool for_each_pixel(const apus_convolution *c, apus_part part,
                           void (*body)(const apus_convolution *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t)) {
    for (ptrdiff_t panel = part.first_panel; panel < part.last_panel; panel++)
        for (ptrdiff_t y = part.first_row; y < part.last_row; y++)
            for (ptrdiff_t x = part.first_column; x < part.last_column; x++) body(c, part.image, y, x, panel);
    return true;
}

static bool dense_part(const apus_convolution *c, apus_part part) { return for_each_pixel(c, part, dense_pixel); }

static bool depthwise_part(const apus_convolution *c, apus_part part) {
    return for_each_pixel(c, part, depthwise_pixel);
}

// Winograd's F(4×4, 3×3): Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, with the interpolation points 0, ±1, ±2 and ∞.
static const float BT[6][6] = {
    {4, 0, -5, 0, 1, 0}, {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
    {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1},
};
static const float AT[4][6] = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};

/// `left · x · leftᵀ` for a 6×6 `x` and a `rows`×6 `left`.
static void transform(const float left[][6], int rows, const float x[6][6], float y[6][6]) {
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < rows; j++) {
            y[i][j] = 0;
            for (int p = 0; p < 6; p++)
                for (int q = 0; q < 6; q++) y[i][j] += left[i][p] * x[p][q] * left[j][q];
        }
}

/// Adds to `sums` the products of input channel `i` with the filters of a panel, in the transformed space.
static void add_channel(const apus_convolution *c, const float *image, ptrdiff_t top, ptrdiff_t left, ptrdiff_t i,
                        const float *w, float sums[PANEL][6][6]) {
    float d[6][6], v[6][6];
    for (ptrdiff_t y = 0; y < 6; y++)
        for (ptrdiff_t x = 0; x < 6; x++) d[y][x] = input_under(c, image, top + y, left + x, 0, 0, i);
    transform(BT, 6, d, v);
    for (int p = 0; p < 36; p++)
        for (int j = 0; j < PANEL; j++)
            sums[j][p / 6][p % 6] += v[p / 6][p % 6] * w[(p * c->in_channels + i) * PANEL + j];
}

static void winograd_tile(const apus_convolution *c, ptrdiff_t index, ptrdiff_t panel) {
    const apus_winograd_grid g = apus_winograd_grid_of(c);
    const ptrdiff_t image = index / (g.rows * g.columns), place = index % (g.rows * g.columns);
    const ptrdiff_t top = place / g.columns * 4, left = place % g.columns * 4, first = panel * PANEL;
    float sums[PANEL][6][6] = {0}, results[PANEL][6][6];
    for (ptrdiff_t i = 0; i < c->in_channels; i++)
        add_channel(c, c->input + image * apus_image_step(c), top, left, i,
                    c->weights + panel * 36 * c->in_channels * PANEL, sums);
    for (int j = 0; j < PANEL; j++) transform(AT, 4, sums[j], results[j]);
    for (ptrdiff_t y = top; y < apus_min(top + 4, c->out_height); y++)
        for (ptrdiff_t x = left; x < apus_min(left + 4, c->out_width); x++) {
            float pixel[PANEL];
            for (int j = 0; j < PANEL; j++) pixel[j] = results[j][y - top][x - left] + apus_bias_of(c)[first + j];
            store(c, pixel, (image * c->out_height + y) * c->out_width + x, first,
                  apus_min(PANEL, c->out_channels - first));
        }
}

static bool winograd_part(const apus_convolution *c, apus_tiles part) {
    for (ptrdiff_t index = part.first; index < part.last; index++)
        for (ptrdiff_t panel = part.first_panel; panel < part.last_panel; panel++) winograd_tile(c, index, panel);
    return true;
}

static bool unary_row(apus_activation f, const float *x, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) y[i] = apus_apply(f, x[i]);
    return true;
}

#include "rows.h"

static void pool_window(const float *first, apus_window w, bool average, float *out, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) out[i] = average ? 0.0f : -INFINITY;
    for (ptrdiff_t y = 0; y < w.rows; y++)
        for (ptrdiff_t x = 0; x < w.columns; x++) {
            const float *pixel = first + y * w.row_step + x * w.column_step;
            if (average) add_row(out, pixel, count); else take_maximum(out, pixel, count);
        }
}

static void sum_rows(const float *factors, const float *x, ptrdiff_t rows, ptrdiff_t stride, float *y,
                     ptrdiff_t count) {
    for (ptrdiff_t j = 0; j < count; j++) y[j] = 0;
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < count; j++) y[j] += factors[i] * x[i * stride + j];
}

const apus_kernels apus_generic_kernels = {
    1, dense_part, winograd_part, depthwise_part, NULL, unary_row, pool_window,
    sum_rows, NULL, take_maximum, add_row, subtract_row, multiply_row,
};
