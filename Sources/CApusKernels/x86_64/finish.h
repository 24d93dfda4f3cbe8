// What follows the sums of a tile: residual, activation, store. Include after functions.h.
#ifndef APUS_FINISH_H
#define APUS_FINISH_H

/// Pixels that lie `out_stride` apart from `out` on, `count` channels each; sums are `tile_stride` apart.
typedef struct {
    const float *tile;
    ptrdiff_t tile_stride, rows, count;
    float *out;
    const float *residual;
} finished;

INLINE void finish_as(apus_function f, const apus_convolution *c, const finished *t) {
    const float a = c->activation.a, b = c->activation.b;
    const float *tile = t->tile, *residual = t->residual;
    float *out = t->out;
    if (residual == NULL && t->count == 2 * LANES) {
        for (ptrdiff_t row = 0; row < t->rows; row++, out += c->out_stride, tile += t->tile_stride) {
            const vector first = apply(f, a, b, load(tile)), second = apply(f, a, b, load(tile + LANES));
            store(out, first);
            store(out + LANES, second);
        }
        return;
    }
    for (ptrdiff_t row = 0; row < t->rows; row++, out += c->out_stride, tile += t->tile_stride) {
        for (ptrdiff_t i = 0; i < t->count; i += LANES) {
            const bool whole = i + LANES <= t->count;
            const mask m = lanes(t->count - i);
            vector v = whole ? load(tile + i) : load_lanes(tile + i, m);
            if (residual == NULL) {
                v = apply(f, a, b, v);
            } else {
                const vector r = whole ? load(residual + i) : load_lanes(residual + i, m);
                v = c->residual_before_activation ? apply(f, a, b, add(v, r)) : add(apply(f, a, b, v), r);
            }
            if (whole) store(out + i, v); else store_lanes(out + i, m, v);
        }
        if (residual != NULL) residual += c->residual_stride;
    }
}

/// Stores `rows` pixels from `pixel` on, `count` channels from `channel` on. Only vector functions are fused.
static void finish(const apus_convolution *c, const float *tile, ptrdiff_t tile_stride, ptrdiff_t pixel, ptrdiff_t rows,
                   ptrdiff_t channel, ptrdiff_t count) {
    const finished t = {
        tile, tile_stride, rows, apus_min(count, c->out_channels - channel),
        c->output + pixel * c->out_stride + channel,
        c->residual == NULL ? NULL : c->residual + pixel * c->residual_stride + channel,
    };
#define CASE(f) case f: finish_as(f, c, &t); return;
    switch (c->activation.function) {
        CASE(APUS_IDENTITY) CASE(APUS_RELU) CASE(APUS_SILU) CASE(APUS_CLIP) CASE(APUS_LEAKY_RELU)
        CASE(APUS_SIGMOID) CASE(APUS_HARD_SIGMOID) CASE(APUS_HARD_SWISH)
    default: finish_as(c->activation.function, c, &t);
    }
#undef CASE
}

#endif
