// Direct convolution of bytes with AVX-512 VNNI: `vpdpbusd` adds four products of an unsigned and a signed byte to a
// 32-bit sum, without saturation. Signed input is moved by 128; the zero point is taken off the finished sums.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "../quantized.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512vl,avx512vnni"))), \
                             apply_to = function)
#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif
#include "quantized_finish_avx512.h"

enum { ROWS = 12 };

/// Where the pixels of a band lie: bytes from one to the next, from one row to the next, and the run that each tap of a
/// kernel row adds.
typedef struct {
    const uint8_t *base;
    ptrdiff_t pixel, row;
} view;

/// The products of `rows` neighbouring pixels and one or two panels, over `run_count` runs of `quads` quads.
INLINE void multiply_quads(const int rows, const int panels, const uint8_t *x, ptrdiff_t step, const ptrdiff_t *runs,
                           ptrdiff_t run_count, ptrdiff_t quads, const int8_t *w, ptrdiff_t panel_size, int32_t *sums) {
    __m512i s[ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) s[i][0] = s[i][1] = _mm512_setzero_si512();
    for (ptrdiff_t run = 0; run < run_count; run++) {
        const uint8_t *p0 = x + runs[run], *p3 = p0 + 3 * step, *p6 = p0 + 6 * step, *p9 = p3 + 6 * step;
        for (ptrdiff_t k = 0; k < quads; k++, w += 4 * PANEL, p0 += 4, p3 += 4, p6 += 4, p9 += 4) {
            const __m512i w0 = _mm512_load_si512(w), w1 = panels > 1 ? _mm512_load_si512(w + panel_size) : w0;
#define ROW(i, address) \
    if (i < rows) { \
        int32_t quad; \
        memcpy(&quad, address, sizeof quad); \
        const __m512i all = _mm512_set1_epi32(quad); \
        s[i][0] = _mm512_dpbusd_epi32(s[i][0], all, w0); \
        if (panels > 1) s[i][1] = _mm512_dpbusd_epi32(s[i][1], all, w1); \
    }
            ROW(0, p0) ROW(1, p0 + step) ROW(2, p0 + 2 * step) ROW(3, p3) ROW(4, p3 + step) ROW(5, p3 + 2 * step)
            ROW(6, p6) ROW(7, p6 + step) ROW(8, p6 + 2 * step) ROW(9, p9) ROW(10, p9 + step) ROW(11, p9 + 2 * step)
#undef ROW
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        _mm512_store_si512(sums + i * 2 * PANEL, s[i][0]);
        if (panels > 1) _mm512_store_si512(sums + (i * 2 + 1) * PANEL, s[i][1]);
    }
}

#define TILE_OF(rows) \
    static __attribute__((noinline)) void multiply_##rows( \
        ptrdiff_t panels, const uint8_t *x, ptrdiff_t step, const ptrdiff_t *runs, ptrdiff_t run_count, \
        ptrdiff_t quads, const int8_t *w, ptrdiff_t panel_size, int32_t *sums) { \
        if (panels > 1) multiply_quads(rows, 2, x, step, runs, run_count, quads, w, panel_size, sums); \
        else multiply_quads(rows, 1, x, step, runs, run_count, quads, w, panel_size, sums); \
    }
TILE_OF(1) TILE_OF(2) TILE_OF(3) TILE_OF(4) TILE_OF(5) TILE_OF(6)
TILE_OF(7) TILE_OF(8) TILE_OF(9) TILE_OF(10) TILE_OF(11) TILE_OF(12)
#undef TILE_OF

typedef void multiply_tile(ptrdiff_t panels, const uint8_t *x, ptrdiff_t step, const ptrdiff_t *runs,
                           ptrdiff_t run_count, ptrdiff_t quads, const int8_t *w, ptrdiff_t panel_size, int32_t *sums);
static multiply_tile *const tiles[ROWS] = {multiply_1, multiply_2, multiply_3, multiply_4, multiply_5, multiply_6,
                                           multiply_7, multiply_8, multiply_9, multiply_10, multiply_11, multiply_12};

/// Whether the kernel may read the input where it lies: single pixels of whole quads, unsigned, no border.
static bool reads_in_place(const apus_quantized_convolution *c) {
    return c->kernel_height == 1 && c->kernel_width == 1 && c->pad_top == 0 && c->pad_left == 0 && !c->input_is_signed
        && c->in_channels % 4 == 0 && (c->out_height - 1) * c->stride_y < c->in_height
        && (c->out_width - 1) * c->stride_x < c->in_width;
}

static ptrdiff_t runs_bytes(const apus_quantized_convolution *c) {
    return apus_round_up(c->kernel_height * c->kernel_width * (ptrdiff_t)sizeof(ptrdiff_t), 64);
}

ptrdiff_t apus_quantized_scratch_quads(const apus_quantized_convolution *c, ptrdiff_t rows) {
    if (reads_in_place(c)) return runs_bytes(c);
    return runs_bytes(c) + apus_band_in_rows(c, rows) * apus_band_in_columns(c) * apus_round_up(c->in_channels, 4);
}

static void copy_pixels(const apus_quantized_convolution *c, const uint8_t *x, ptrdiff_t count, ptrdiff_t channels,
                        uint8_t *y) {
    if (c->in_stride == channels) {
        memcpy(y, x, (size_t)(count * channels));
    } else {
        for (ptrdiff_t i = 0; i < count; i++, x += c->in_stride, y += channels) memcpy(y, x, (size_t)c->in_channels);
        y -= count * channels;
    }
    if (!c->input_is_signed) return;
    for (ptrdiff_t i = 0; i < count * channels; i++) y[i] ^= 0x80;
}

/// The rows that `band` sees, framed with what stands for 0.
static void copy_band(const apus_quantized_convolution *c, apus_band band, ptrdiff_t channels, uint8_t *target) {
    const int zero = c->input_zero + (c->input_is_signed ? 128 : 0);
    const ptrdiff_t columns = apus_band_in_columns(c), first = band.first_row * c->stride_y - c->pad_top;
    const ptrdiff_t rows = apus_band_in_rows(c, band.last_row - band.first_row);
    const ptrdiff_t left = apus_min(c->pad_left, columns);
    const ptrdiff_t inside = apus_max(0, apus_min(c->in_width, columns - left));
    for (ptrdiff_t y = first; y < first + rows; y++, target += columns * channels) {
        if (y < 0 || y >= c->in_height) {
            memset(target, zero, (size_t)(columns * channels));
            continue;
        }
        memset(target, zero, (size_t)(left * channels));
        const uint8_t *row = c->input + (band.image * c->in_height + y) * c->in_width * c->in_stride;
        copy_pixels(c, row, inside, channels, target + left * channels);
        memset(target + (left + inside) * channels, zero, (size_t)((columns - left - inside) * channels));
    }
}

static view view_of(const apus_quantized_convolution *c, apus_band band, uint8_t *scratch) {
    if (reads_in_place(c)) {
        const ptrdiff_t row = c->in_width * c->in_stride;
        return (view){c->input + (band.image * c->in_height + band.first_row * c->stride_y) * row,
                      c->stride_x * c->in_stride, c->stride_y * row};
    }
    const ptrdiff_t channels = apus_round_up(c->in_channels, 4);
    copy_band(c, band, channels, scratch);
    return (view){scratch, c->stride_x * channels, c->stride_y * apus_band_in_columns(c) * channels};
}

/// Where each run of contiguous taps begins, from a window's corner: a kernel's row, or a tap where it is dilated.
static ptrdiff_t write_runs(const apus_quantized_convolution *c, ptrdiff_t *runs) {
    const ptrdiff_t channels = apus_round_up(c->in_channels, 4), taps = c->dilation_x == 1 ? 1 : c->kernel_width;
    for (ptrdiff_t y = 0; y < c->kernel_height; y++)
        for (ptrdiff_t x = 0; x < taps; x++)
            runs[y * taps + x] = (y * c->dilation_y * apus_band_in_columns(c) + x * c->dilation_x) * channels;
    return c->kernel_height * taps;
}

/// What is added to every sum of a panel: the bias, less what the zero point has contributed.
static __m512i correction(const apus_quantized_convolution *c, const int32_t *weight_sums, ptrdiff_t channel) {
    const int32_t zero = c->input_zero + (c->input_is_signed ? 128 : 0);
    const __m512i product = _mm512_mullo_epi32(_mm512_loadu_si512(weight_sums + channel), _mm512_set1_epi32(zero));
    return _mm512_sub_epi32(_mm512_loadu_si512(c->bias + channel), product);
}

void apus_quantized_band_quads(const apus_quantized_convolution *c, apus_band band, void *scratch) {
    const ptrdiff_t channels = apus_round_up(c->in_channels, 4), taps = c->kernel_height * c->kernel_width;
    ptrdiff_t *runs = scratch;
    const ptrdiff_t run_count = write_runs(c, runs), quads = taps * channels / 4 / run_count;
    const view from = view_of(c, band, (uint8_t *)scratch + runs_bytes(c));
    const ptrdiff_t panel_size = taps * channels * PANEL, parts = (c->out_width + ROWS - 1) / ROWS;
    const int32_t *weight_sums = (const int32_t *)((const int8_t *)c->weights
        + apus_panels(c->out_channels) * panel_size);
    for (ptrdiff_t panel = band.first_panel; panel < band.last_panel; panel += 2) {
        const ptrdiff_t panels = apus_min(2, band.last_panel - panel), channel = panel * PANEL;
        const __m512i first = correction(c, weight_sums, channel);
        const __m512i second = panels > 1 ? correction(c, weight_sums, channel + PANEL) : first;
        for (ptrdiff_t row = band.first_row; row < band.last_row; row++) {
            const uint8_t *line = from.base + (row - band.first_row) * from.row;
            const ptrdiff_t pixel = (band.image * c->out_height + row) * c->out_width;
            for (ptrdiff_t part = 0, x = 0; part < parts; part++) {
                const ptrdiff_t count = (c->out_width - x + parts - part - 1) / (parts - part);
                int32_t sums[ROWS * 2 * PANEL] __attribute__((aligned(64)));
                tiles[count - 1](panels, line + x * from.pixel, from.pixel, runs, run_count, quads,
                                 (const int8_t *)c->weights + panel * panel_size, panel_size, sums);
                finish_panel_16(c, sums, 2 * PANEL, first, pixel + x, count, channel);
                if (panels > 1) finish_panel_16(c, sums + PANEL, 2 * PANEL, second, pixel + x, count, channel + PANEL);
                x += count;
            }
        }
    }
}

#pragma clang attribute pop
#endif
