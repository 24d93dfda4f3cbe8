// Dense convolution: rows of the output in tiles of neighbouring pixels. Include after tile.h and finish.h.
#ifndef APUS_DENSE_H
#define APUS_DENSE_H

/// Where a part of a convolution reads: all of its windows lie inside, since borders are copied with their zeros.
typedef struct {
    const float *origin;
    ptrdiff_t row_step, pixel_step;
    ptrdiff_t run_count, run_length;
    const run *runs;
} source;

/// Input rows and columns, borders included.
typedef struct {
    ptrdiff_t first_row, rows, first_column, columns;
} band;

/// What the windows of a part look at.
INLINE band band_of(const apus_convolution *c, const apus_part *part) {
    return (band){
        part->first_row * c->stride_y - c->pad_top,
        (part->last_row - 1 - part->first_row) * c->stride_y + (c->kernel_height - 1) * c->dilation_y + 1,
        part->first_column * c->stride_x - c->pad_left,
        (part->last_column - 1 - part->first_column) * c->stride_x + (c->kernel_width - 1) * c->dilation_x + 1,
    };
}

INLINE bool reaches_outside(const apus_convolution *c, band b) {
    return b.first_row < 0 || b.first_column < 0 || b.first_row + b.rows > c->in_height
        || b.first_column + b.columns > c->in_width;
}

/// Copies the columns of a band from one row, `channels` floats a pixel, with zeros outside the image.
static void copy_row(const apus_convolution *c, const float *row, ptrdiff_t stride, ptrdiff_t channels, band b,
                     float *out) {
    const ptrdiff_t left = row == NULL ? b.columns : apus_min(apus_max(0, -b.first_column), b.columns);
    const ptrdiff_t first = b.first_column + left, last = apus_min(b.first_column + b.columns, c->in_width);
    const ptrdiff_t inside = row == NULL ? 0 : apus_max(0, last - first);
    memset(out, 0, (size_t)(left * channels) * sizeof *out);
    float *target = out + left * channels;
    if (stride == channels && inside > 0) {
        memcpy(target, row + first * stride, (size_t)(inside * channels) * sizeof *out);
    } else {
        for (ptrdiff_t x = 0; x < inside; x++)
            memcpy(target + x * channels, row + (first + x) * stride, (size_t)channels * sizeof *out);
    }
    memset(target + inside * channels, 0, (size_t)((b.columns - left - inside) * channels) * sizeof *out);
}

/// Copies a band as `[planes][rows][columns][channels]`.
static void copy_band(const apus_convolution *c, const float *image, band b, float *out) {
    const ptrdiff_t planes = c->packing == APUS_PLANAR ? c->in_channels : 1;
    const ptrdiff_t channels = c->packing == APUS_PLANAR ? 1 : c->in_channels;
    const ptrdiff_t stride = c->packing == APUS_PLANAR ? 1 : c->in_stride;
    for (ptrdiff_t plane = 0; plane < planes; plane++)
        for (ptrdiff_t y = b.first_row; y < b.first_row + b.rows; y++, out += b.columns * channels) {
            const bool inside = y >= 0 && y < c->in_height;
            const float *row = inside ? image + (plane * c->in_height + y) * c->in_width * stride : NULL;
            copy_row(c, row, stride, channels, b, out);
        }
}

/// Writes the runs of a window; `row` floats lie between input rows, `pixel` between input pixels.
static void write_runs(const apus_convolution *c, ptrdiff_t plane, ptrdiff_t row, ptrdiff_t pixel, source *s, run *runs) {
    const bool planar = c->packing == APUS_PLANAR;
    const ptrdiff_t channels = planar ? 1 : c->in_channels, planes = planar ? c->in_channels : 1;
    // Taps of one row adjoin where pixels do.
    const bool merged = c->dilation_x == 1 && pixel == channels;
    const ptrdiff_t across = merged ? 1 : c->kernel_width;
    s->run_length = merged ? c->kernel_width * channels : channels;
    run *r = runs;
    for (ptrdiff_t p = 0; p < planes; p++)
        for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
            for (ptrdiff_t kx = 0; kx < across; kx++, r++) {
                r->input = p * plane + ky * c->dilation_y * row + kx * c->dilation_x * pixel;
                r->weights = ((p * c->kernel_height + ky) * c->kernel_width + kx) * channels * PANEL;
            }
    s->runs = runs;
    s->run_count = r - runs;
}

static source read_band(const apus_convolution *c, const float *image, band b, float *copy, run *runs) {
    const bool planar = c->packing == APUS_PLANAR;
    const ptrdiff_t pixel = planar ? 1 : c->in_channels, row = b.columns * pixel;
    copy_band(c, image, b, copy);
    source s = {.origin = copy, .row_step = c->stride_y * row, .pixel_step = c->stride_x * pixel};
    write_runs(c, b.rows * row, row, pixel, &s, runs);
    return s;
}

static source read_image(const apus_convolution *c, const float *image, band b, run *runs) {
    const bool planar = c->packing == APUS_PLANAR;
    const ptrdiff_t pixel = planar ? 1 : c->in_stride, row = c->in_width * pixel;
    source s = {.row_step = c->stride_y * row, .pixel_step = c->stride_x * pixel};
    s.origin = image + b.first_row * row + b.first_column * pixel;
    write_runs(c, c->in_height * row, row, pixel, &s, runs);
    return s;
}

/// Whether a tile can do all that follows its sums itself: bounds, and a residual that comes before them.
INLINE bool is_bounded(const apus_convolution *c) {
    const apus_function f = c->activation.function;
    const bool starts_from_residual = c->residual == NULL || c->residual_before_activation || f == APUS_IDENTITY;
    return starts_from_residual && (f == APUS_IDENTITY || f == APUS_RELU || f == APUS_CLIP);
}

INLINE void set_bounds(const apus_convolution *c, tile *t) {
    const apus_activation f = c->activation;
    t->low = f.function == APUS_RELU ? 0 : f.function == APUS_CLIP ? f.a : -__builtin_inff();
    t->high = f.function == APUS_CLIP ? f.b : __builtin_inff();
}

/// Some pixels of a row and `vectors` of channels from `channel` on, whose inputs and weights `t` names.
INLINE void convolve_tile(const apus_convolution *c, tile *t, bool bounded, int vectors, ptrdiff_t pixel,
                          ptrdiff_t count, ptrdiff_t channel, float *sums) {
    void (*const kernel)(const tile *) = tile_kernels[count - 1][vectors - 1];
    if (bounded) {
        t->out = c->output + pixel * c->out_stride + channel;
        if (c->residual != NULL) t->residual = c->residual + pixel * c->residual_stride + channel;
        kernel(t);
    } else {
        t->out = sums;
        kernel(t);
        finish(c, sums, 2 * LANES, pixel, count, channel, vectors * LANES);
    }
}

/// A part whose tiles are read from `s`.
static void convolve_tiles(const apus_convolution *c, const apus_part *part, const source *s) {
    float sums[TILE_ROWS * 2 * LANES] __attribute__((aligned(64)));
    const bool bounded = is_bounded(c);
    tile t = {.pixel_step = s->pixel_step, .runs = s->runs, .run_count = s->run_count, .run_length = s->run_length,
              .panel_step = apus_taps_of(c) * c->in_channels * PANEL, .residual_step = c->residual_stride,
              .low = -__builtin_inff(), .high = __builtin_inff(), .out_step = bounded ? c->out_stride : 2 * LANES};
    if (bounded) set_bounds(c, &t);
    const ptrdiff_t last = apus_min(part->last_panel * PANEL, c->out_channels);
    const ptrdiff_t width = part->last_column - part->first_column;
    const ptrdiff_t tiles = (width + TILE_ROWS - 1) / TILE_ROWS;
    for (ptrdiff_t channel = part->first_panel * PANEL, step; channel < last; channel += step) {
        const int vectors = vectors_for(last - channel);
        step = vectors * LANES;
        t.weights = c->weights + channel / PANEL * t.panel_step;
        t.bias = apus_bias_of(c) + channel;
        t.channels = bounded ? last - channel : step;
        for (ptrdiff_t y = part->first_row; y < part->last_row; y++) {
            const float *row = s->origin + (y - part->first_row) * s->row_step;
            const ptrdiff_t pixel = (part->image * c->out_height + y) * c->out_width + part->first_column;
            for (ptrdiff_t i = 0; i < tiles; i++) {
                const ptrdiff_t first = share(width, i, tiles), count = share(width, i + 1, tiles) - first;
                t.input = row + first * s->pixel_step;
                // The first tile of a panel fetches the next panel's weights, while the others compute.
                t.ahead = y == part->first_row && i == 0 ? step / PANEL * t.panel_step : 0;
                convolve_tile(c, &t, bounded, vectors, pixel + first, count, channel, sums);
            }
        }
    }
}

/// A part of one pixel: several panels at once.
static void convolve_pixel(const apus_convolution *c, const apus_part *part, const source *s) {
    float sums[PIXEL_PANELS * PANEL] __attribute__((aligned(64)));
    tile t = {.input = s->origin, .runs = s->runs, .run_count = s->run_count,
              .run_length = s->run_length, .panel_step = apus_taps_of(c) * c->in_channels * PANEL, .out = sums};
    const ptrdiff_t pixel = (part->image * c->out_height + part->first_row) * c->out_width + part->first_column;
    apus_part rest = *part;
    for (; rest.first_panel + PIXEL_PANELS <= part->last_panel; rest.first_panel += PIXEL_PANELS) {
        const ptrdiff_t channel = rest.first_panel * PANEL;
        t.weights = c->weights + rest.first_panel * t.panel_step;
        t.bias = apus_bias_of(c) + channel;
        multiply_wide_pixel(&t);
        finish(c, sums, PIXEL_PANELS * PANEL, pixel, 1, channel, PIXEL_PANELS * PANEL);
    }
    convolve_tiles(c, &rest, s);
}

/// A part that is read in one way: from the image, or from a copy with borders.
static bool dense_block(const apus_convolution *c, apus_part part) {
    if (part.first_row >= part.last_row || part.first_column >= part.last_column) return true;
    const band b = band_of(c, &part);
    const bool copies = reaches_outside(c, b);
    const ptrdiff_t most_runs = apus_taps_of(c) * (c->packing == APUS_PLANAR ? c->in_channels : 1);
    const ptrdiff_t copied = copies ? b.rows * b.columns * c->in_channels : 0;
    float *copy = apus_scratch(0, (size_t)(copied + 1) * sizeof *copy + (size_t)most_runs * sizeof(run));
    if (copy == NULL) return false;
    run *runs = (run *)(copy + (copied + 1) / 2 * 2);
    const float *image = c->input + part.image * apus_image_step(c);
    const source s = copies ? read_band(c, image, b, copy, runs) : read_image(c, image, b, runs);
    const bool is_pixel = part.last_row - part.first_row == 1 && part.last_column - part.first_column == 1;
    if (is_pixel) convolve_pixel(c, &part, &s); else convolve_tiles(c, &part, &s);
    return true;
}

/// The output positions whose windows lie inside along one axis.
INLINE apus_range inside_of(ptrdiff_t pad, ptrdiff_t stride, ptrdiff_t reach, ptrdiff_t extent, ptrdiff_t count) {
    const ptrdiff_t first = apus_divide_up(pad, stride), room = extent - 1 - reach + pad;
    const ptrdiff_t last = room < 0 ? 0 : apus_min(count, room / stride + 1);
    return (apus_range){apus_min(first, count), apus_max(apus_min(first, count), last)};
}

/// Where rows are long only what touches the border is copied: some tiles at both ends, and the rows above and below.
static bool dense_part(const apus_convolution *c, apus_part part) {
    if (part.last_column - part.first_column < 4 * TILE_ROWS || !reaches_outside(c, band_of(c, &part)))
        return dense_block(c, part);
    const apus_range y = inside_of(c->pad_top, c->stride_y, (c->kernel_height - 1) * c->dilation_y, c->in_height,
                                   c->out_height);
    const apus_range x = inside_of(c->pad_left, c->stride_x, (c->kernel_width - 1) * c->dilation_x, c->in_width,
                                   c->out_width);
    apus_part above = part, middle = part, below = part;
    above.last_row = middle.first_row = apus_max(part.first_row, apus_min(y.first, part.last_row));
    below.first_row = middle.last_row = apus_max(middle.first_row, apus_min(y.last, part.last_row));
    apus_part left = middle, right = middle;
    const ptrdiff_t at_left = x.first > part.first_column ? apus_divide_up(x.first - part.first_column, TILE_ROWS) : 0;
    const ptrdiff_t at_right = x.last < part.last_column ? apus_divide_up(part.last_column - x.last, TILE_ROWS) : 0;
    if ((at_left + at_right) * TILE_ROWS > part.last_column - part.first_column) return dense_block(c, part);
    left.last_column = middle.first_column = part.first_column + at_left * TILE_ROWS;
    right.first_column = middle.last_column = part.last_column - at_right * TILE_ROWS;
    return dense_block(c, above) && dense_block(c, left) && dense_block(c, middle) && dense_block(c, right)
        && dense_block(c, below);
}

#endif
