// Convolution by 3×3 filters in Winograd's minimal form F(4×4, 3×3): 36 products for 16 sums of 144.
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015. Include after tile.h and finish.h.
#ifndef APUS_WINOGRAD_H
#define APUS_WINOGRAD_H

/// Bᵀ d, for six vectors.
INLINE void transform_input(const vector d[6], vector t[6]) {
    const vector even = fuse_negative(all(4), d[2], d[4]), odd = fuse_negative(all(4), d[1], d[3]);
    const vector near = subtract(d[4], d[2]), far = subtract(d[3], d[1]);
    t[0] = fuse(all(4), d[0], fuse_negative(all(5), d[2], d[4]));
    t[1] = add(even, odd);
    t[2] = subtract(even, odd);
    t[3] = fuse(all(2), far, near);
    t[4] = fuse_negative(all(2), far, near);
    t[5] = fuse(all(4), d[1], fuse_negative(all(5), d[3], d[5]));
}

/// Aᵀ m, for six vectors.
INLINE void transform_output(const vector m[6], vector y[4]) {
    const vector a = add(m[1], m[2]), b = subtract(m[1], m[2]), c = add(m[3], m[4]), d = subtract(m[3], m[4]);
    y[0] = add(add(m[0], a), c);
    y[1] = fuse(all(2), d, b);
    y[2] = fuse(all(4), c, a);
    y[3] = add(fuse(all(8), d, b), m[5]);
}

/// Where the 36 pixels of a tile lie: zeros stand for those outside the image.
static void find_pixels(const apus_convolution *c, ptrdiff_t index, const float *pixels[36]) {
    const apus_winograd_grid g = apus_winograd_grid_of(c);
    const ptrdiff_t image = index / (g.rows * g.columns), place = index % (g.rows * g.columns);
    const ptrdiff_t top = place / g.columns * 4 - c->pad_top, left = place % g.columns * 4 - c->pad_left;
    const float *base = c->input + image * apus_image_step(c), *zeros = apus_zeros_of(c);
    for (ptrdiff_t y = 0; y < 6; y++)
        for (ptrdiff_t x = 0; x < 6; x++) {
            const bool inside = top + y >= 0 && top + y < c->in_height && left + x >= 0 && left + x < c->in_width;
            pixels[y * 6 + x] = inside ? base + ((top + y) * c->in_width + left + x) * c->in_stride : zeros;
        }
}

/// Bᵀ d B for some channels of a tile; `step` floats lie between the 36 results.
INLINE void transform_channels(const float *const pixels[36], ptrdiff_t channel, bool whole, mask m, float *out,
                               ptrdiff_t step) {
    vector columns[6][6];
#pragma clang loop unroll(full)
    for (int x = 0; x < 6; x++) {
        vector d[6], t[6];
#pragma clang loop unroll(full)
        for (int y = 0; y < 6; y++) {
            const float *p = pixels[y * 6 + x] + channel;
            d[y] = whole ? load(p) : load_lanes(p, m);
        }
        transform_input(d, t);
#pragma clang loop unroll(full)
        for (int y = 0; y < 6; y++) columns[y][x] = t[y];
    }
#pragma clang loop unroll(full)
    for (int y = 0; y < 6; y++) {
        vector t[6];
        transform_input(columns[y], t);
#pragma clang loop unroll(full)
        for (int x = 0; x < 6; x++) store(out + (y * 6 + x) * step, t[x]);
    }
}

static void transform_tile(const apus_convolution *c, ptrdiff_t index, float *out, ptrdiff_t step) {
    const float *pixels[36];
    find_pixels(c, index, pixels);
    ptrdiff_t channel = 0;
    for (; channel + LANES <= c->in_channels; channel += LANES)
        transform_channels(pixels, channel, true, lanes(LANES), out + channel, step);
    if (channel < c->in_channels)
        transform_channels(pixels, channel, false, lanes(c->in_channels - channel), out + channel, step);
}

/// Aᵀ m A and bias for one vector of channels: 4×4 pixels, `2 · LANES` floats apart.
INLINE void transform_sums(const float *sums, ptrdiff_t step, vector bias, float *out) {
    vector rows[4][6];
#pragma clang loop unroll(full)
    for (int x = 0; x < 6; x++) {
        vector m[6], y[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 6; i++) m[i] = load(sums + (i * 6 + x) * step);
        transform_output(m, y);
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) rows[i][x] = y[i];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        vector y[4];
        transform_output(rows[i], y);
#pragma clang loop unroll(full)
        for (int x = 0; x < 4; x++) store(out + (i * 4 + x) * 2 * LANES, add(y[x], bias));
    }
}

static void finish_tile(const apus_convolution *c, ptrdiff_t index, const float *sums, ptrdiff_t step, int vectors,
                        ptrdiff_t channel) {
    const apus_winograd_grid g = apus_winograd_grid_of(c);
    const ptrdiff_t image = index / (g.rows * g.columns), place = index % (g.rows * g.columns);
    const ptrdiff_t top = place / g.columns * 4, left = place % g.columns * 4;
    float pixels[16 * 2 * LANES] __attribute__((aligned(64)));
    for (int j = 0; j < vectors; j++)
        transform_sums(sums + j * LANES, step, load(apus_bias_of(c) + channel + j * LANES), pixels + j * LANES);
    const ptrdiff_t rows = apus_min(4, c->out_height - top), columns = apus_min(4, c->out_width - left);
    for (ptrdiff_t y = 0; y < rows; y++)
        finish(c, pixels + y * 4 * 2 * LANES, 2 * LANES, (image * c->out_height + top + y) * c->out_width + left,
               columns, channel, vectors * LANES);
}

/// `count` tiles times the filters of some channels: 36 products of `count × in_channels` and `in_channels × channels`.
static void multiply_tiles(const apus_convolution *c, const float *input, ptrdiff_t count, ptrdiff_t pixel_step,
                           ptrdiff_t channel, int vectors, float *sums) {
    static const float zeros[2 * LANES] __attribute__((aligned(64))) = {0};
    const run whole = {0, 0};
    const ptrdiff_t matrix = c->in_channels * PANEL, groups = (count + TILE_ROWS - 1) / TILE_ROWS;
    tile t = {.pixel_step = pixel_step, .runs = &whole, .run_count = 1, .run_length = c->in_channels,
              .panel_step = 36 * matrix, .bias = zeros, .low = -__builtin_inff(), .high = __builtin_inff(),
              .out_step = 2 * LANES, .channels = 2 * LANES, .ahead = matrix};
    for (ptrdiff_t i = 0; i < 36; i++) {
        t.weights = c->weights + (channel / PANEL * 36 + i) * matrix;
        for (ptrdiff_t group = 0; group < groups; group++) {
            const ptrdiff_t first = share(count, group, groups), rows = share(count, group + 1, groups) - first;
            t.input = input + (i * count + first) * pixel_step;
            t.out = sums + (i * count + first) * t.out_step;
            tile_kernels[rows - 1][vectors - 1](&t);
        }
    }
}

static bool winograd_part(const apus_convolution *c, apus_tiles part) {
    const ptrdiff_t count = part.last - part.first;
    // Odd multiples of a cache line, so that pixels do not fall on each other's sets.
    const ptrdiff_t pixel_step = (c->in_channels + PANEL - 1) / PANEL * PANEL + PANEL;
    const ptrdiff_t transformed = 36 * count * pixel_step;
    float *input = apus_scratch(0, (size_t)(transformed + 36 * count * 2 * LANES) * sizeof *input);
    if (input == NULL) return false;
    float *sums = input + transformed;
    for (ptrdiff_t i = 0; i < count; i++)
        transform_tile(c, part.first + i, input + i * pixel_step, count * pixel_step);
    const ptrdiff_t last = apus_min(part.last_panel * PANEL, c->out_channels);
    for (ptrdiff_t channel = part.first_panel * PANEL; channel < last;) {
        const int vectors = vectors_for(last - channel);
        multiply_tiles(c, input, count, pixel_step, channel, vectors, sums);
        for (ptrdiff_t i = 0; i < count; i++)
            finish_tile(c, part.first + i, sums + i * 2 * LANES, count * 2 * LANES, vectors, channel);
        channel += vectors * LANES;
    }
    return true;
}

#endif
