// What follows the sums of a tile: residual, activation, store. Include after vector.h.
#ifndef APUS_FINISH_H
#define APUS_FINISH_H

INLINE void finish_as(apus_function f, const apus_convolution *c, const float *tile, ptrdiff_t pixel, ptrdiff_t rows,
                      ptrdiff_t channel, ptrdiff_t count) {
    const float a = c->activation.a, b = c->activation.b;
    const __m256i mask = lanes(count);
    float *out = c->output + pixel * c->out_stride + channel;
    const float *residual = c->residual == NULL ? NULL : c->residual + pixel * c->residual_stride + channel;
    for (ptrdiff_t row = 0; row < rows; row++, out += c->out_stride, tile += PANEL) {
        vector v = load(tile);
        if (residual == NULL) {
            v = apply(f, a, b, v);
        } else {
            const vector r = count >= 8 ? load(residual) : _mm256_maskload_ps(residual, mask);
            v = c->residual_before_activation ? apply(f, a, b, add(v, r)) : add(apply(f, a, b, v), r);
            residual += c->residual_stride;
        }
        if (count >= 8) store(out, v); else _mm256_maskstore_ps(out, mask, v);
    }
}

INLINE void finish_half(const apus_convolution *c, const float *tile, ptrdiff_t pixel, ptrdiff_t rows,
                        ptrdiff_t channel, ptrdiff_t count) {
#define CASE(f) case f: finish_as(f, c, tile, pixel, rows, channel, count); return;
    switch (c->activation.function) {
        CASE(APUS_IDENTITY) CASE(APUS_RELU) CASE(APUS_SILU) CASE(APUS_CLIP) CASE(APUS_LEAKY_RELU)
        CASE(APUS_SIGMOID) CASE(APUS_HARD_SIGMOID) CASE(APUS_HARD_SWISH)
    default: finish_as(c->activation.function, c, tile, pixel, rows, channel, count);
    }
#undef CASE
}

/// Stores `rows` pixels of `tile` from channel `channel` on. Only vector functions are fused.
static void finish(const apus_convolution *c, const float *tile, ptrdiff_t pixel, ptrdiff_t rows, ptrdiff_t channel) {
    const ptrdiff_t count = apus_min(PANEL, c->out_channels - channel);
    finish_half(c, tile, pixel, rows, channel, count);
    if (count > 8) finish_half(c, tile + 8, pixel, rows, channel + 8, count - 8);
}

#endif
