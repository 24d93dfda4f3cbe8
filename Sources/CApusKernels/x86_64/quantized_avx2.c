// Direct convolution of bytes as pairs of 16-bit numbers. The rows that a band sees are widened once, less their zero
// point, into scratch memory with a border of zeros: then no tap asks where it is.
#if defined(__x86_64__)
#include "../quantized.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "quantized_vector.h"
#include "quantized_finish.h"
#include "quantized_widen.h"

enum { ROWS = 6 };

/// How a band's widened pixels lie.
typedef struct {
    const int16_t *base;
    ptrdiff_t channels, columns;
} band_view;

/// The products of `rows` neighbouring pixels (`step` apart) and a panel, over `runs` runs of `pairs` pairs.
INLINE void multiply_pairs(const int rows, const int16_t *x, ptrdiff_t step, const ptrdiff_t *runs, ptrdiff_t run_count,
                           ptrdiff_t pairs, const int16_t *w, int32_t *sums) {
    __m256i s[ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) s[i][0] = s[i][1] = _mm256_setzero_si256();
    for (ptrdiff_t run = 0; run < run_count; run++) {
        const int16_t *low = x + runs[run], *high = low + 3 * step;
        for (ptrdiff_t k = 0; k < pairs; k++, w += 2 * PANEL, low += 2, high += 2) {
            const __m256i w0 = _mm256_load_si256((const __m256i *)w), w1 = _mm256_load_si256((const __m256i *)w + 1);
#define ROW(i, address) \
    if (i < rows) { \
        int32_t pair; \
        memcpy(&pair, address, sizeof pair); \
        const __m256i both = _mm256_set1_epi32(pair); \
        s[i][0] = _mm256_add_epi32(s[i][0], _mm256_madd_epi16(both, w0)); \
        s[i][1] = _mm256_add_epi32(s[i][1], _mm256_madd_epi16(both, w1)); \
    }
            ROW(0, low) ROW(1, low + step) ROW(2, low + 2 * step)
            ROW(3, high) ROW(4, high + step) ROW(5, high + 2 * step)
#undef ROW
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        _mm256_store_si256((__m256i *)(sums + i * PANEL), s[i][0]);
        _mm256_store_si256((__m256i *)(sums + i * PANEL + 8), s[i][1]);
    }
}

#define TILE_OF(rows) \
    static __attribute__((noinline)) void multiply_##rows(const int16_t *x, ptrdiff_t step, const ptrdiff_t *runs, \
                                                          ptrdiff_t run_count, ptrdiff_t pairs, const int16_t *w, \
                                                          int32_t *sums) { \
        multiply_pairs(rows, x, step, runs, run_count, pairs, w, sums); \
    }
TILE_OF(1) TILE_OF(2) TILE_OF(3) TILE_OF(4) TILE_OF(5) TILE_OF(6)
#undef TILE_OF

typedef void multiply_tile(const int16_t *x, ptrdiff_t step, const ptrdiff_t *runs, ptrdiff_t run_count,
                           ptrdiff_t pairs, const int16_t *w, int32_t *sums);
static multiply_tile *const tiles[] = {multiply_1, multiply_2, multiply_3, multiply_4, multiply_5, multiply_6};

ptrdiff_t apus_quantized_scratch_pairs(const apus_quantized_convolution *c, ptrdiff_t rows) {
    const ptrdiff_t pixels = apus_band_in_rows(c, rows) * apus_band_in_columns(c);
    const ptrdiff_t runs = c->kernel_height * c->kernel_width;
    return apus_round_up(runs * (ptrdiff_t)sizeof(ptrdiff_t), 64)
         + pixels * apus_round_up(c->in_channels, 2) * 2 + WIDEN_SLACK;
}

/// Where each run of contiguous taps begins, from a window's corner: a kernel's row, or a tap where it is dilated.
static ptrdiff_t write_runs(const apus_quantized_convolution *c, ptrdiff_t channels, ptrdiff_t columns,
                            ptrdiff_t *runs) {
    const ptrdiff_t taps = c->dilation_x == 1 ? 1 : c->kernel_width;
    for (ptrdiff_t y = 0; y < c->kernel_height; y++)
        for (ptrdiff_t x = 0; x < taps; x++)
            runs[y * taps + x] = (y * c->dilation_y * columns + x * c->dilation_x) * channels;
    return c->kernel_height * taps;
}

void apus_quantized_band_pairs(const apus_quantized_convolution *c, apus_band band, void *scratch) {
    const ptrdiff_t channels = apus_round_up(c->in_channels, 2), columns = apus_band_in_columns(c);
    ptrdiff_t *runs = scratch;
    const ptrdiff_t run_count = write_runs(c, channels, columns, runs);
    const ptrdiff_t run_pairs = c->kernel_height * c->kernel_width * channels / 2 / run_count;
    int16_t *pixels = (int16_t *)((char *)scratch
        + apus_round_up(c->kernel_height * c->kernel_width * (ptrdiff_t)sizeof *runs, 64));
    widen_band(c, band, columns, channels, pixels);
    const ptrdiff_t panel_size = run_count * run_pairs * 2 * PANEL, step = c->stride_x * channels;
    const ptrdiff_t parts = (c->out_width + ROWS - 1) / ROWS;
    for (ptrdiff_t panel = band.first_panel; panel < band.last_panel; panel++)
        for (ptrdiff_t row = band.first_row; row < band.last_row; row++) {
            const int16_t *line = pixels + (row - band.first_row) * c->stride_y * columns * channels;
            const ptrdiff_t pixel = (band.image * c->out_height + row) * c->out_width;
            for (ptrdiff_t part = 0, x = 0; part < parts; part++) {
                const ptrdiff_t count = (c->out_width - x + parts - part - 1) / (parts - part);
                int32_t sums[ROWS * PANEL] __attribute__((aligned(32)));
                tiles[count - 1](line + x * step, step, runs, run_count, run_pairs,
                                 (const int16_t *)c->weights + panel * panel_size, sums);
                finish_panel(c, sums, PANEL, pixel + x, count, panel * PANEL);
                x += count;
            }
        }
}

#pragma clang attribute pop
#endif
