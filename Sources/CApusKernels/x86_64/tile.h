// The heart of every dense convolution and matrix product: some pixels times up to two vectors of output channels,
// whose sums stay in registers over all products. Include after vector_*.h.
#ifndef APUS_TILE_H
#define APUS_TILE_H

/// Inputs that adjoin, and the packed weights that they meet: offsets in floats.
typedef struct {
    ptrdiff_t input, weights;
} run;

typedef struct {
    /// The first pixel's first input; the next pixel's lies `pixel_step` floats on.
    const float *input;
    ptrdiff_t pixel_step;
    const run *runs;
    ptrdiff_t run_count, run_length;
    /// Weights of the first panel; the next panel's lie `panel_step` floats on.
    const float *weights;
    ptrdiff_t panel_step;
    /// How far ahead weights are fetched into the cache: to those that come after these. 0 for not at all.
    ptrdiff_t ahead;
    /// What sums start from: a bias for each channel, and, where not NULL, a pixel of its own for each pixel.
    const float *bias, *residual;
    ptrdiff_t residual_step;
    /// Bounds of the results, and where they go: `out_step` floats from one pixel to the next.
    float low, high;
    float *out;
    ptrdiff_t out_step;
    /// How many channels are read from `residual` and written, of `vectors · LANES`.
    ptrdiff_t channels;
} tile;

enum { BASES = (TILE_ROWS + 2) / 3 };

INLINE void start_tile(const int rows, const int vectors, const tile *t, vector sums[TILE_ROWS][2]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < vectors; j++) sums[i][j] = load(t->bias + j * LANES);
    if (t->residual == NULL) return;
    const mask m = lanes(t->channels - (vectors - 1) * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const float *r = t->residual + i * t->residual_step;
        if (vectors > 1) sums[i][0] = add(sums[i][0], load(r));
        sums[i][vectors - 1] = add(sums[i][vectors - 1], load_lanes(r + (vectors - 1) * LANES, m));
    }
}

INLINE void finish_tile_sums(const int rows, const int vectors, const tile *t, vector sums[TILE_ROWS][2]) {
    const vector low = all(t->low), high = all(t->high);
    const bool whole = t->channels >= vectors * LANES;
    const mask m = lanes(t->channels - (vectors - 1) * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        float *out = t->out + i * t->out_step;
        if (vectors > 1) store(out, clamp(low, high, sums[i][0]));
        const vector last = clamp(low, high, sums[i][vectors - 1]);
        if (whole) store(out + (vectors - 1) * LANES, last); else store_lanes(out + (vectors - 1) * LANES, m, last);
    }
}

/// Three pixels share a base pointer, so that the addresses of all fit in registers.
INLINE void multiply_tile(const int rows, const int vectors, const tile *t) {
    vector sums[TILE_ROWS][2];
    start_tile(rows, vectors, t, sums);
    const ptrdiff_t step = t->pixel_step, length = t->run_length, ahead = t->ahead;
    // Where the second vector's weights lie: in the same panel, or in the next.
    const ptrdiff_t second = LANES < PANEL ? LANES : t->panel_step;
    for (const run *r = t->runs; r < t->runs + t->run_count; r++) {
        const float *pixels[BASES];
#pragma clang loop unroll(full)
        for (int group = 0; group < (rows + 2) / 3; group++) pixels[group] = t->input + r->input + 3 * group * step;
        const float *w = t->weights + r->weights;
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < length; k++, w += PANEL) {
            const vector w0 = load(w), w1 = vectors > 1 ? load(w + second) : w0;
            __builtin_prefetch(w + ahead, 0, 2);
            if (vectors > 1 && LANES == PANEL) __builtin_prefetch(w + ahead + second, 0, 2);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const vector x = all(pixels[i / 3][i % 3 * step]);
                sums[i][0] = fuse(x, w0, sums[i][0]);
                if (vectors > 1) sums[i][1] = fuse(x, w1, sums[i][1]);
            }
#pragma clang loop unroll(full)
            for (int group = 0; group < (rows + 2) / 3; group++) {
                pixels[group]++;
                // Keeps the compiler from turning three bases into fourteen pointers, which it would spill.
                __asm__ volatile("" : "+r"(pixels[group]));
            }
        }
    }
    finish_tile_sums(rows, vectors, t, sums);
}

#define TILE(rows) \
    static __attribute__((noinline)) void tile_##rows##x1(const tile *t) { multiply_tile(rows, 1, t); } \
    static __attribute__((noinline)) void tile_##rows##x2(const tile *t) { multiply_tile(rows, 2, t); }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if TILE_HAS_14_ROWS
TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)
#endif
#undef TILE

/// The kernel for `rows` pixels and `vectors` vectors of channels.
static void (*const tile_kernels[TILE_ROWS][2])(const tile *) = {
#define TILE(rows) {tile_##rows##x1, tile_##rows##x2},
    TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if TILE_HAS_14_ROWS
    TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)
#endif
#undef TILE
};

/// One pixel and up to eight panels: where there is but one, weights are read once, and many sums hide the latency.
INLINE void multiply_pixel(const int panels, const tile *t) {
    vector sums[8][PANEL / LANES];
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++)
        for (int j = 0; j < PANEL / LANES; j++) sums[p][j] = load(t->bias + p * PANEL + j * LANES);
    for (const run *r = t->runs; r < t->runs + t->run_count; r++) {
        const float *x = t->input + r->input, *w = t->weights + r->weights;
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < t->run_length; k++, w += PANEL) {
            const vector v = all(x[k]);
#pragma clang loop unroll(full)
            for (int p = 0; p < panels; p++)
                for (int j = 0; j < PANEL / LANES; j++)
                    sums[p][j] = fuse(v, load(w + p * t->panel_step + j * LANES), sums[p][j]);
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++)
        for (int j = 0; j < PANEL / LANES; j++) store(t->out + p * PANEL + j * LANES, sums[p][j]);
}

/// Panels that a pixel alone takes at once: as many as there are registers for their sums.
enum { PIXEL_PANELS = 8 * LANES / PANEL };

static __attribute__((noinline)) void multiply_wide_pixel(const tile *t) { multiply_pixel(PIXEL_PANELS, t); }

/// How many vectors the next step takes of `channels` that are left.
INLINE int vectors_for(ptrdiff_t channels) { return channels > LANES ? 2 : 1; }

/// The first of `count` items when they are dealt to `parts` as evenly as can be.
INLINE ptrdiff_t share(ptrdiff_t count, ptrdiff_t part, ptrdiff_t parts) { return count * part / parts; }

#endif
