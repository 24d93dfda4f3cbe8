// A pointwise convolution and the depthwise one that alone reads it, block by block of channels: what lies between
// them never leaves the cache, and lies there with its borders of zeros. Include after dense.h and depthwise.h.
#ifndef APUS_EXPANDED_H
#define APUS_EXPANDED_H

/// What lies between the two: `rows × columns` pixels of `channels` from `first` on, borders included.
typedef struct {
    float *pixels;
    ptrdiff_t first_row, rows, columns, first, channels;
} expansion;

/// Fills the rows of an expansion that lie in the image, and zeros around them.
static bool expand(const apus_convolution *e, const apus_convolution *d, const apus_part *part, const expansion *x) {
    const ptrdiff_t row = x->columns * x->channels;
    const ptrdiff_t first = apus_max(0, x->first_row), last = apus_min(x->first_row + x->rows, e->out_height);
    memset(x->pixels, 0, (size_t)(apus_max(0, first - x->first_row) * row) * sizeof(float));
    float *end = x->pixels + apus_max(0, last - x->first_row) * row;
    memset(end, 0, (size_t)((x->first_row + x->rows - apus_max(last, x->first_row)) * row) * sizeof(float));
    apus_convolution line = *e;
    line.in_height = line.out_height = line.batch = 1;
    line.out_stride = x->channels;
    line.out_width = line.in_width = apus_max(0, apus_min(e->out_width, x->columns - d->pad_left));
    const apus_part whole = {0, 0, 1, 0, line.out_width, part->first_panel, part->last_panel};
    const ptrdiff_t after = x->columns - d->pad_left - line.out_width;
    for (ptrdiff_t y = first; y < last; y++) {
        float *start = x->pixels + (y - x->first_row) * row, *inside = start + d->pad_left * x->channels;
        memset(start, 0, (size_t)(d->pad_left * x->channels) * sizeof(float));
        memset(inside + line.out_width * x->channels, 0, (size_t)(after * x->channels) * sizeof(float));
        line.input = e->input + (part->image * e->in_height + y) * e->in_width * e->in_stride;
        line.output = inside - x->first;
        if (!dense_part(&line, whole)) return false;
    }
    return true;
}

/// `ACROSS` neighbours, each input loaded once for all windows that hold it.
INLINE void add_columns(const int width, const int stride, const float *row, ptrdiff_t row_step, ptrdiff_t step,
                        const float *w, const float *bias, ptrdiff_t packed, vector sums[ACROSS]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < ACROSS; i++) sums[i] = load(bias);
#pragma clang loop unroll(full)
    for (int ky = 0; ky < width; ky++, row += row_step, w += width * packed) {
#pragma clang loop unroll(full)
        for (int column = 0; column < (ACROSS - 1) * stride + width; column++) {
            const vector v = load(row + column * step);
#pragma clang loop unroll(full)
            for (int i = 0; i < ACROSS; i++)
                if (column - i * stride >= 0 && column - i * stride < width)
                    sums[i] = fuse(v, load(w + (column - i * stride) * packed), sums[i]);
        }
    }
}

/// One vector of channels of all rows of a part. The last neighbours may be computed twice.
INLINE void filter_channels(const int width, const int stride, const apus_function f, const apus_convolution *d,
                            const apus_part *part, const expansion *x, ptrdiff_t channel, mask m) {
    const ptrdiff_t packed = apus_panels(d->out_channels) * PANEL, row_step = x->columns * x->channels;
    const float *w = d->weights + channel, *bias = w + width * width * packed;
    const float low = d->activation.a, high = d->activation.b;
    for (ptrdiff_t y = part->first_row; y < part->last_row; y++) {
        const float *row = x->pixels + (y - part->first_row) * stride * row_step + channel - x->first;
        float *out = d->output + (part->image * d->out_height + y) * d->out_width * d->out_stride + channel;
        for (ptrdiff_t column = 0; column < d->out_width; column += ACROSS) {
            const ptrdiff_t at = apus_min(column, d->out_width - ACROSS);
            vector sums[ACROSS];
            add_columns(width, stride, row + at * stride * x->channels, row_step, x->channels, w, bias, packed, sums);
#pragma clang loop unroll(full)
            for (int i = 0; i < ACROSS; i++)
                store_lanes(out + (at + i) * d->out_stride, m, apply(f, low, high, sums[i]));
        }
    }
}

INLINE void filter_as(const apus_function f, const apus_convolution *d, const apus_part *part, const expansion *x,
                      ptrdiff_t channel, mask m) {
    const ptrdiff_t shape = d->kernel_width * 10 + d->stride_x;
    if (shape == 31) filter_channels(3, 1, f, d, part, x, channel, m);
    else if (shape == 32) filter_channels(3, 2, f, d, part, x, channel, m);
    else if (shape == 51) filter_channels(5, 1, f, d, part, x, channel, m);
    else filter_channels(5, 2, f, d, part, x, channel, m);
}

static void filter_vector(const apus_convolution *d, const apus_part *part, const expansion *x, ptrdiff_t channel,
                          mask m) {
    switch (d->activation.function) {
    case APUS_RELU: filter_as(APUS_RELU, d, part, x, channel, m); return;
    case APUS_CLIP: filter_as(APUS_CLIP, d, part, x, channel, m); return;
    case APUS_HARD_SWISH: filter_as(APUS_HARD_SWISH, d, part, x, channel, m); return;
    default: filter_as(d->activation.function, d, part, x, channel, m);
    }
}

static bool expanded_part(const apus_convolution *e, const apus_convolution *d, apus_part part) {
    const ptrdiff_t first = part.first_panel * PANEL, last = apus_min(part.last_panel * PANEL, d->out_channels);
    expansion x = {
        .first_row = part.first_row * d->stride_y - d->pad_top,
        .rows = (part.last_row - 1 - part.first_row) * d->stride_y + d->kernel_height,
        .columns = (d->out_width - 1) * d->stride_x + d->kernel_width,
        .first = first,
        // Whole vectors, so that the last one may be read past its channels.
        .channels = apus_divide_up(last - first, LANES) * LANES,
    };
    const ptrdiff_t count = x.rows * x.columns * x.channels;
    x.pixels = apus_scratch(1, (size_t)count * sizeof(float));
    if (x.pixels == NULL || !expand(e, d, &part, &x)) return false;
    for (ptrdiff_t channel = first; channel < last; channel += LANES)
        filter_vector(d, &part, &x, channel, lanes(last - channel));
    return true;
}

#endif
