// What is computed for each channel, or column, alone: windows of pooling, sums of rows, and softmax across rows.
// Include after functions.h.
#ifndef APUS_COLUMNS_H
#define APUS_COLUMNS_H

// Vectors that are worked on at once: enough to hide how long each step takes.
enum { COLUMN_VECTORS = 4 };

/// Pixels of a window, over `count` channels that fill `vectors` vectors, the last perhaps in part.
INLINE void pool_vectors(const float *first, apus_window w, bool average, float *out, ptrdiff_t count, int vectors) {
    const mask m = lanes(count - (vectors - 1) * LANES);
    vector r[COLUMN_VECTORS];
    for (int v = 0; v < vectors; v++) r[v] = all(average ? 0.0f : -__builtin_inff());
    for (ptrdiff_t y = 0; y < w.rows; y++)
        for (ptrdiff_t x = 0; x < w.columns; x++) {
            const float *pixel = first + y * w.row_step + x * w.column_step;
            for (int v = 0; v < vectors; v++) {
                const vector t = v + 1 < vectors ? load(pixel + v * LANES) : load_lanes(pixel + v * LANES, m);
                r[v] = average ? add(r[v], t) : larger(r[v], t);
            }
        }
    for (int v = 0; v + 1 < vectors; v++) store(out + v * LANES, r[v]);
    store_lanes(out + (vectors - 1) * LANES, m, r[vectors - 1]);
}

static void pool_window(const float *first, apus_window w, bool average, float *out, ptrdiff_t count) {
    while (count > 0) {
        const ptrdiff_t part = apus_min(count, COLUMN_VECTORS * LANES);
        switch ((part + LANES - 1) / LANES) {
#define CASE(n) case n: if (average) pool_vectors(first, w, true, out, part, n); \
                        else pool_vectors(first, w, false, out, part, n); break;
            CASE(1) CASE(2) CASE(3) CASE(4)
#undef CASE
        }
        first += part;
        out += part;
        count -= part;
    }
}

INLINE void softmax_vectors(const float *x, float *y, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t count, int vectors) {
    const mask m = lanes(count - (vectors - 1) * LANES);
    vector best[COLUMN_VECTORS], sum[COLUMN_VECTORS];
    for (int v = 0; v < vectors; v++) {
        best[v] = all(-__builtin_inff());
        sum[v] = all(0);
    }
    for (ptrdiff_t i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            const float *p = x + i * stride + v * LANES;
            best[v] = larger(best[v], v + 1 < vectors ? load(p) : load_lanes(p, m));
        }
    for (ptrdiff_t i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            const ptrdiff_t place = i * stride + v * LANES;
            const vector t = v + 1 < vectors ? load(x + place) : load_lanes(x + place, m);
            const vector e = exponential(subtract(t, best[v]));
            sum[v] = add(sum[v], e);
            if (v + 1 < vectors) store(y + place, e); else store_lanes(y + place, m, e);
        }
    for (int v = 0; v < vectors; v++) sum[v] = divide(all(1), sum[v]);
    for (ptrdiff_t i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            float *p = y + i * stride + v * LANES;
            if (v + 1 < vectors) store(p, multiply(load(p), sum[v]));
            else store_lanes(p, m, multiply(load_lanes(p, m), sum[v]));
        }
}

/// `y = Σ factors[i] · x[i · stride…]`, over columns that fill `vectors` vectors, the last perhaps in part.
INLINE void sum_vectors(const float *factors, const float *x, ptrdiff_t rows, ptrdiff_t stride, float *y,
                        ptrdiff_t count, int vectors) {
    const mask m = lanes(count - (vectors - 1) * LANES);
    vector sum[COLUMN_VECTORS];
    for (int v = 0; v < vectors; v++) sum[v] = all(0);
    for (ptrdiff_t i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            const float *p = x + i * stride + v * LANES;
            sum[v] = fuse(all(factors[i]), v + 1 < vectors ? load(p) : load_lanes(p, m), sum[v]);
        }
    for (int v = 0; v + 1 < vectors; v++) store(y + v * LANES, sum[v]);
    store_lanes(y + (vectors - 1) * LANES, m, sum[vectors - 1]);
}

static void sum_rows(const float *factors, const float *x, ptrdiff_t rows, ptrdiff_t stride, float *y,
                     ptrdiff_t count) {
    ptrdiff_t first = 0;
    for (; first + COLUMN_VECTORS * LANES <= count; first += COLUMN_VECTORS * LANES)
        sum_vectors(factors, x + first, rows, stride, y + first, COLUMN_VECTORS * LANES, COLUMN_VECTORS);
    for (; first < count; first += LANES)
        sum_vectors(factors, x + first, rows, stride, y + first, apus_min(LANES, count - first), 1);
}

static void softmax_columns(const float *x, float *y, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t count) {
    ptrdiff_t first = 0;
    for (; first + COLUMN_VECTORS * LANES <= count; first += COLUMN_VECTORS * LANES)
        softmax_vectors(x + first, y + first, rows, stride, COLUMN_VECTORS * LANES, COLUMN_VECTORS);
    for (; first < count; first += LANES)
        softmax_vectors(x + first, y + first, rows, stride, apus_min(LANES, count - first), 1);
}

#endif
