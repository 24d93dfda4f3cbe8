// 3×3 convolution of bytes by Winograd's F(4×4, 3×3), exact on integers.
//
// Bᵀ of F(4, 3) is whole: an input transform of |x| ≤ 255 is at most 100 · 255 and fits in 16 bits. G's rows have
// the denominators 4, 6, 6, 24, 24 and 1; packing leaves them out, and Aᵀ takes them in, multiplied by 24, as the whole
// factors 6, −4, −4, 1, 1, 24. The output transform thus gives 24² = 576 times the sum, modulo 2³²; multiplying by the
// inverse of 9 modulo 2³² and shifting by 6 bits gives the sum, wherever that lies within ±2²⁵ (`suits_winograd`).
#if defined(__x86_64__)
#include "../quantized.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "quantized_vector.h"
#include "quantized_finish.h"
#include "quantized_widen.h"

enum { LANES = 16, BLOCK = 12, ROWS = 6 };

typedef struct {
    /// Input channels in whole vectors, tiles in a row and in all, columns of the widened image.
    ptrdiff_t channels, across, tiles, columns;
} layout;

static layout layout_of(const apus_quantized_convolution *c, ptrdiff_t rows) {
    const ptrdiff_t across = (c->out_width + WINOGRAD_OUT - 1) / WINOGRAD_OUT;
    return (layout){apus_round_up(c->in_channels, LANES), across,
                    across * ((rows + WINOGRAD_OUT - 1) / WINOGRAD_OUT), across * WINOGRAD_OUT + 2};
}

static ptrdiff_t widened_bytes(const layout *l) {
    return apus_round_up((l->tiles / l->across * WINOGRAD_OUT + 2) * l->columns * l->channels * 2 + WIDEN_SLACK, 64);
}

ptrdiff_t apus_quantized_scratch_winograd(const apus_quantized_convolution *c, ptrdiff_t rows) {
    const layout l = layout_of(c, rows);
    return widened_bytes(&l) + l.tiles * WINOGRAD_POINTS * l.channels * 2 + WINOGRAD_POINTS * BLOCK * PANEL * 4;
}

/// Bᵀ · d along one axis; `step` vectors apart.
INLINE void transform_input(const __m256i *d, ptrdiff_t step, __m256i *out, ptrdiff_t out_step) {
    const __m256i d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const __m256i a = _mm256_sub_epi16(d4, _mm256_slli_epi16(d2, 2));
    const __m256i b = _mm256_sub_epi16(d3, _mm256_slli_epi16(d1, 2));
    const __m256i e = _mm256_sub_epi16(d4, d2), f = _mm256_slli_epi16(_mm256_sub_epi16(d3, d1), 1);
    out[0] = _mm256_add_epi16(_mm256_slli_epi16(_mm256_sub_epi16(d0, d2), 2), e);
    out[out_step] = _mm256_add_epi16(a, b);
    out[2 * out_step] = _mm256_sub_epi16(a, b);
    out[3 * out_step] = _mm256_add_epi16(e, f);
    out[4 * out_step] = _mm256_sub_epi16(e, f);
    out[5 * out_step] = _mm256_sub_epi16(_mm256_sub_epi16(d5, d3), _mm256_slli_epi16(f, 1));
}

/// Sixteen channels of the 6 × 6 pixels at `pixels`, to one vector at each of 36 places `stride` numbers apart.
INLINE void transform_tile(const int16_t *pixels, const layout *l, int16_t *target, ptrdiff_t stride) {
    __m256i columns[WINOGRAD_IN][WINOGRAD_IN];
    for (int x = 0; x < WINOGRAD_IN; x++) {
        __m256i d[WINOGRAD_IN];
#pragma clang loop unroll(full)
        for (int y = 0; y < WINOGRAD_IN; y++)
            d[y] = _mm256_loadu_si256((const __m256i *)(pixels + (y * l->columns + x) * l->channels));
        transform_input(d, 1, &columns[0][x], WINOGRAD_IN);
    }
    for (int y = 0; y < WINOGRAD_IN; y++) {
        __m256i points[WINOGRAD_IN];
        transform_input(columns[y], 1, points, 1);
#pragma clang loop unroll(full)
        for (int x = 0; x < WINOGRAD_IN; x++)
            _mm256_store_si256((__m256i *)(target + (y * WINOGRAD_IN + x) * stride), points[x]);
    }
}

/// `[point][tile][channel]`
static void transform_band(const layout *l, const int16_t *widened, int16_t *points) {
    for (ptrdiff_t tile = 0; tile < l->tiles; tile++) {
        const ptrdiff_t y = tile / l->across * WINOGRAD_OUT, x = tile % l->across * WINOGRAD_OUT;
        for (ptrdiff_t channel = 0; channel < l->channels; channel += LANES)
            transform_tile(widened + (y * l->columns + x) * l->channels + channel, l,
                           points + tile * l->channels + channel, l->tiles * l->channels);
    }
}

/// The products of `rows` tiles and a panel at one point.
INLINE void multiply_point(const int rows, const int16_t *x, ptrdiff_t channels, const int16_t *w, int32_t *sums) {
    __m256i s[ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) s[i][0] = s[i][1] = _mm256_setzero_si256();
    for (ptrdiff_t k = 0; k < channels; k += 2, w += 2 * PANEL) {
        const __m256i w0 = _mm256_load_si256((const __m256i *)w), w1 = _mm256_load_si256((const __m256i *)w + 1);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            int32_t pair;
            memcpy(&pair, x + i * channels + k, sizeof pair);
            const __m256i both = _mm256_set1_epi32(pair);
            s[i][0] = _mm256_add_epi32(s[i][0], _mm256_madd_epi16(both, w0));
            s[i][1] = _mm256_add_epi32(s[i][1], _mm256_madd_epi16(both, w1));
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        _mm256_store_si256((__m256i *)(sums + i * PANEL), s[i][0]);
        _mm256_store_si256((__m256i *)(sums + i * PANEL + 8), s[i][1]);
    }
}

static __attribute__((noinline)) void multiply_tiles(const int16_t *x, ptrdiff_t rows, ptrdiff_t channels,
                                                     const int16_t *w, int32_t *sums) {
    for (; rows >= ROWS; rows -= ROWS, x += ROWS * channels, sums += ROWS * PANEL)
        multiply_point(ROWS, x, channels, w, sums);
    switch (rows) {
    case 5: multiply_point(5, x, channels, w, sums); break;
    case 4: multiply_point(4, x, channels, w, sums); break;
    case 3: multiply_point(3, x, channels, w, sums); break;
    case 2: multiply_point(2, x, channels, w, sums); break;
    case 1: multiply_point(1, x, channels, w, sums); break;
    default: break;
    }
}

INLINE __m256i twice(__m256i x) { return _mm256_slli_epi32(x, 1); }
INLINE __m256i four_times(__m256i x) { return _mm256_slli_epi32(x, 2); }

/// 24 · Aᵀ · m along one axis.
INLINE void transform_output(const __m256i m[WINOGRAD_IN], __m256i *out, ptrdiff_t step) {
    const __m256i p = _mm256_add_epi32(m[1], m[2]), q = _mm256_sub_epi32(m[1], m[2]);
    const __m256i r = _mm256_add_epi32(m[3], m[4]), s = _mm256_sub_epi32(m[3], m[4]);
    const __m256i first = twice(_mm256_add_epi32(m[0], twice(m[0]))), last = twice(_mm256_add_epi32(m[5], twice(m[5])));
    out[0] = _mm256_add_epi32(_mm256_sub_epi32(first, four_times(p)), r);
    out[step] = twice(_mm256_sub_epi32(s, twice(q)));
    out[2 * step] = four_times(_mm256_sub_epi32(r, p));
    out[3 * step] = four_times(_mm256_add_epi32(_mm256_sub_epi32(twice(s), q), last));
}

/// Eight channels of one tile: `[36][BLOCK][PANEL]` to `[16][PANEL]` sums.
INLINE void restore_tile(const int32_t *products, int32_t *sums) {
    const __m256i ninth = _mm256_set1_epi32(954437177);
    __m256i columns[WINOGRAD_OUT][WINOGRAD_IN];
    for (int x = 0; x < WINOGRAD_IN; x++) {
        __m256i m[WINOGRAD_IN];
#pragma clang loop unroll(full)
        for (int y = 0; y < WINOGRAD_IN; y++)
            m[y] = _mm256_load_si256((const __m256i *)(products + (y * WINOGRAD_IN + x) * BLOCK * PANEL));
        transform_output(m, &columns[0][x], WINOGRAD_IN);
    }
    for (int y = 0; y < WINOGRAD_OUT; y++) {
        __m256i row[WINOGRAD_OUT];
        transform_output(columns[y], row, 1);
#pragma clang loop unroll(full)
        for (int x = 0; x < WINOGRAD_OUT; x++) {
            const __m256i sum = _mm256_srai_epi32(_mm256_mullo_epi32(row[x], ninth), 6);
            _mm256_store_si256((__m256i *)(sums + (y * WINOGRAD_OUT + x) * PANEL), sum);
        }
    }
}

static void finish_tile(const apus_quantized_convolution *c, apus_band band, const int32_t *products, ptrdiff_t y,
                        ptrdiff_t x, ptrdiff_t channel) {
    int32_t sums[WINOGRAD_OUT * WINOGRAD_OUT * PANEL] __attribute__((aligned(32)));
    restore_tile(products, sums);
    restore_tile(products + 8, sums + 8);
    const ptrdiff_t rows = apus_min(WINOGRAD_OUT, band.last_row - y);
    const ptrdiff_t columns = apus_min(WINOGRAD_OUT, c->out_width - x);
    for (ptrdiff_t row = 0; row < rows; row++)
        finish_panel(c, sums + row * WINOGRAD_OUT * PANEL, PANEL,
                     (band.image * c->out_height + y + row) * c->out_width + x, columns, channel);
}

void apus_quantized_band_winograd(const apus_quantized_convolution *c, apus_band band, void *scratch) {
    const layout l = layout_of(c, band.last_row - band.first_row);
    int16_t *widened = scratch, *points = (int16_t *)((char *)scratch + widened_bytes(&l));
    int32_t *products = (int32_t *)(points + l.tiles * WINOGRAD_POINTS * l.channels);
    apus_band seen = band;
    seen.last_row = band.first_row + l.tiles / l.across * WINOGRAD_OUT;
    widen_band(c, seen, l.columns, l.channels, widened);
    transform_band(&l, widened, points);
    for (ptrdiff_t panel = band.first_panel; panel < band.last_panel; panel++)
        for (ptrdiff_t first = 0; first < l.tiles; first += BLOCK) {
            const ptrdiff_t count = apus_min(BLOCK, l.tiles - first);
            const int16_t *w = (const int16_t *)c->weights + panel * WINOGRAD_POINTS * l.channels * PANEL;
            for (int point = 0; point < WINOGRAD_POINTS; point++)
                multiply_tiles(points + (point * l.tiles + first) * l.channels, count, l.channels,
                               w + point * l.channels * PANEL, products + point * BLOCK * PANEL);
            for (ptrdiff_t tile = first; tile < first + count; tile++)
                finish_tile(c, band, products + (tile - first) * PANEL, band.first_row + tile / l.across * WINOGRAD_OUT,
                            tile % l.across * WINOGRAD_OUT, panel * PANEL);
        }
}

#pragma clang attribute pop
#endif
