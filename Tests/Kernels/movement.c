// Copies between strided views, resizing by tables, and the sum that reverses a convolution.
#include "check.h"

enum { RANK = 4 };

/// Row-major strides of `extents` after a random change of their order.
static void draw_strides(const ptrdiff_t extents[RANK], ptrdiff_t strides[RANK]) {
    int order[RANK] = {0, 1, 2, 3};
    for (int i = RANK - 1; i > 0; i--) {
        const int j = (int)draw(0, i), kept = order[i];
        order[i] = order[j], order[j] = kept;
    }
    ptrdiff_t step = 1;
    for (int i = 0; i < RANK; i++) strides[order[i]] = step, step *= extents[order[i]];
}

static void check_copy(ptrdiff_t size) {
    ptrdiff_t extents[RANK], from[RANK], to[RANK], count = 1;
    for (int i = 0; i < RANK; i++) count *= extents[i] = draw(1, 20) / (i == 0 ? 5 : 2) + 1;
    draw_strides(extents, from), draw_strides(extents, to);
    uint8_t *source = malloc((size_t)(count * size)), *target = malloc((size_t)(count * size));
    if (source == NULL || target == NULL) abort();
    for (ptrdiff_t i = 0; i < count * size; i++) source[i] = (uint8_t)draw(0, 255), target[i] = 0;
    apus_copy(NULL, source, from, target, to, extents, RANK, size);
    for (ptrdiff_t i = 0; i < count; i++) {
        ptrdiff_t rest = i, at = 0, wanted = 0;
        for (int axis = RANK - 1; axis >= 0; axis--) {
            at += rest % extents[axis] * to[axis], wanted += rest % extents[axis] * from[axis];
            rest /= extents[axis];
        }
        expect_that("a copied element differs", memcmp(target + at * size, source + wanted * size, (size_t)size) == 0);
    }
    free(source), free(target);
}

enum { LARGEST = 20 };

/// Tables of one axis: a tap, the step to its neighbour, and the neighbour's weight.
typedef struct {
    int32_t taps[LARGEST], steps[LARGEST];
    float weights[LARGEST];
} axis_table;

static axis_table draw_table(ptrdiff_t in, ptrdiff_t out) {
    axis_table table;
    for (ptrdiff_t i = 0; i < out; i++) {
        table.taps[i] = (int32_t)draw(0, in - 1);
        table.steps[i] = table.taps[i] + 1 < in;
        table.weights[i] = (float)draw(0, 100) / 100;
    }
    return table;
}

static void check_resizing(bool is_linear) {
    apus_resizing r = {.batch = 2, .channels = draw(1, 20), .in_height = draw(1, 9), .in_width = draw(1, 9)};
    r.out_height = draw(1, LARGEST), r.out_width = draw(1, LARGEST);
    r.in_stride = r.channels + draw(0, 3), r.out_stride = r.channels + draw(0, 3);
    const axis_table rows = draw_table(r.in_height, r.out_height), columns = draw_table(r.in_width, r.out_width);
    r.rows = rows.taps, r.row_steps = rows.steps, r.columns = columns.taps, r.column_steps = columns.steps;
    if (is_linear) r.row_weights = rows.weights, r.column_weights = columns.weights;
    float *input = noise(2 * r.in_height * r.in_width * r.in_stride);
    r.input = input, r.output = filled(2 * r.out_height * r.out_width * r.out_stride, -77);
    apus_resize(NULL, &r);
    for (ptrdiff_t i = 0; i < 2 * r.out_height * r.out_width * r.channels; i++) {
        const ptrdiff_t pixel = i / r.channels, x = pixel % r.out_width, y = pixel / r.out_width % r.out_height;
        const float *corner =
            input + ((pixel / r.out_width / r.out_height * r.in_height + rows.taps[y]) * r.in_width + columns.taps[x])
            * r.in_stride + i % r.channels;
        const ptrdiff_t down = rows.steps[y] * r.in_width * r.in_stride, right = columns.steps[x] * r.in_stride;
        const double wy = is_linear ? (double)rows.weights[y] : 0, wx = is_linear ? (double)columns.weights[x] : 0;
        const double top = (double)corner[0] * (1 - wx) + (double)corner[right] * wx;
        const double bottom = (double)corner[down] * (1 - wx) + (double)corner[down + right] * wx;
        expect_close("resizing", i, (double)r.output[pixel * r.out_stride + i % r.channels],
                     top * (1 - wy) + bottom * wy, 1e-5);
    }
    free(input), free(r.output);
}

/// Every column entry is added at the pixel that it came from; `expected` is built the other way round.
static void check_columns(void) {
    apus_convolution c = {.batch = 2, .in_channels = draw(1, 9)};
    c.kernel_height = draw(1, 4), c.kernel_width = draw(1, 4);
    c.out_height = draw(1, 6), c.out_width = draw(1, 6), c.stride_y = draw(1, 3), c.stride_x = draw(1, 3);
    c.dilation_y = draw(1, 2), c.dilation_x = draw(1, 2), c.pad_top = draw(0, 2), c.pad_left = draw(0, 2);
    c.in_height = (c.out_height - 1) * c.stride_y + c.kernel_height * c.dilation_y;
    c.in_width = (c.out_width - 1) * c.stride_x + c.kernel_width * c.dilation_x;
    c.in_stride = c.in_channels;
    const ptrdiff_t taps = c.kernel_height * c.kernel_width, pixels = c.batch * c.out_height * c.out_width;
    const ptrdiff_t count = c.batch * c.in_height * c.in_width * c.in_channels;
    float *columns = noise(pixels * taps * c.in_channels), *bias = noise(c.in_channels);
    float *image = filled(count, -77), *expected = filled(count, 0);
    for (ptrdiff_t i = 0; i < count; i++) expected[i] = bias[i % c.in_channels];
    for (ptrdiff_t entry = 0; entry < pixels * taps; entry++) {
        const ptrdiff_t pixel = entry / taps, tap = entry % taps;
        const ptrdiff_t y = pixel / c.out_width % c.out_height * c.stride_y - c.pad_top
                          + tap / c.kernel_width * c.dilation_y;
        const ptrdiff_t x = pixel % c.out_width * c.stride_x - c.pad_left + tap % c.kernel_width * c.dilation_x;
        if (y < 0 || y >= c.in_height || x < 0 || x >= c.in_width) continue;
        const ptrdiff_t at = ((pixel / c.out_width / c.out_height * c.in_height + y) * c.in_width + x) * c.in_channels;
        for (ptrdiff_t i = 0; i < c.in_channels; i++) expected[at + i] += columns[entry * c.in_channels + i];
    }
    apus_columns_to_image(NULL, &c, columns, bias, image);
    for (ptrdiff_t i = 0; i < count; i++)
        expect_close("columns to image", i, (double)image[i], (double)expected[i], 1e-5);
    free(columns), free(bias), free(image), free(expected);
}

void check_movement(void) {
    for (int round = 0; round < 40; round++) {
        for (ptrdiff_t size = 1; size <= 8; size *= 2) check_copy(size);
        check_resizing(round % 2);
        check_columns();
    }
}
