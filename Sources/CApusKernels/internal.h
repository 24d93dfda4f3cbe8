// What the kernels share: ranges of work, and the functions that each instruction set provides.
#ifndef APUS_INTERNAL_H
#define APUS_INTERNAL_H

#include "include/apus_kernels.h"

enum { PANEL = 16 };

static inline ptrdiff_t apus_min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t apus_max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
static inline ptrdiff_t apus_divide_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
static inline ptrdiff_t apus_panels(ptrdiff_t channels) { return apus_divide_up(channels, PANEL); }

/// The part of a convolution that one task computes: a rectangle of output pixels, panels of output channels.
typedef struct {
    ptrdiff_t image, first_row, last_row, first_column, last_column, first_panel, last_panel;
} apus_part;

typedef struct {
    ptrdiff_t first, last;
} apus_range;

/// Floats from one input image to the next.
static inline ptrdiff_t apus_image_step(const apus_convolution *c) {
    return c->in_height * c->in_width * (c->packing == APUS_PLANAR ? c->in_channels : c->in_stride);
}

/// How many 4×4 tiles cover an output image.
typedef struct {
    ptrdiff_t rows, columns;
} apus_winograd_grid;

/// The part of a Winograd convolution that one task computes: tiles, counted over all images, and panels.
typedef struct {
    ptrdiff_t first, last, first_panel, last_panel;
} apus_tiles;

static inline apus_winograd_grid apus_winograd_grid_of(const apus_convolution *c) {
    return (apus_winograd_grid){apus_divide_up(c->out_height, 4), apus_divide_up(c->out_width, 4)};
}

/// The three regions of packed dense or Winograd weights.
static inline ptrdiff_t apus_taps_of(const apus_convolution *c) {
    return c->packing == APUS_WINOGRAD ? 36 : c->kernel_height * c->kernel_width;
}
static inline const float *apus_bias_of(const apus_convolution *c) {
    return c->weights + apus_panels(c->out_channels) * apus_taps_of(c) * c->in_channels * PANEL;
}
static inline const float *apus_zeros_of(const apus_convolution *c) {
    return apus_bias_of(c) + apus_panels(c->out_channels) * PANEL;
}

// Buffers that a thread keeps, so that a kernel may call another.
enum { APUS_NETWORK_SCRATCHES = 2, APUS_SCRATCHES = 6 };

/// At least `bytes`, aligned to a cache line, until this thread asks for `which` again; NULL where no memory is left.
void *apus_scratch(int which, size_t bytes);

float apus_apply(apus_activation f, float x);

#if defined(__x86_64__)
/// `to[column][row] = from[row][column]` for multiples of eight rows and columns.
void apus_transpose_avx2(const float *from, ptrdiff_t from_step, float *to, ptrdiff_t to_step, ptrdiff_t rows,
                         ptrdiff_t columns);
#endif

/// The pixels of a pooling window that lie in the image; steps in floats.
typedef struct {
    ptrdiff_t rows, row_step, columns, column_step;
} apus_window;

/// The kernels of one instruction set. Those that return false found no memory or do not know the function.
typedef struct {
    /// Pixels that a tile of the dense kernel takes.
    ptrdiff_t tile_pixels;
    bool (*dense_part)(const apus_convolution *c, apus_part part);
    bool (*winograd_part)(const apus_convolution *c, apus_tiles part);
    bool (*depthwise_part)(const apus_convolution *c, apus_part part);
    /// A pointwise convolution, and the depthwise one that reads it: `part` is of the second. NULL where there is none.
    bool (*expanded_part)(const apus_convolution *pointwise, const apus_convolution *depthwise, apus_part part);
    bool (*unary_row)(apus_activation f, const float *x, float *y, ptrdiff_t count);
    /// The maximum, or the sum, of each channel over the window whose first pixel `first` is.
    void (*pool_window)(const float *first, apus_window window, bool average, float *out, ptrdiff_t count);
    /// The sum of rows that lie `stride` apart, each multiplied by its factor.
    void (*sum_rows)(const float *factors, const float *x, ptrdiff_t rows, ptrdiff_t stride, float *y, ptrdiff_t count);
    /// Softmax across rows that lie `stride` apart. NULL where it is put together from the functions below.
    void (*softmax_columns)(const float *x, float *y, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t count);
    void (*take_maximum)(float *restrict best, const float *restrict x, ptrdiff_t count);
    void (*add_row)(float *restrict sums, const float *restrict x, ptrdiff_t count);
    void (*subtract_row)(float *y, const float *x, const float *restrict z, ptrdiff_t count);
    void (*multiply_row)(float *restrict y, const float *restrict x, ptrdiff_t count);
} apus_kernels;

extern const apus_kernels apus_generic_kernels, apus_avx2_kernels, apus_avx512_kernels;

static inline const apus_kernels *apus_kernels_of(apus_cpu cpu) {
#if defined(__x86_64__)
    if (cpu == APUS_AVX512) return &apus_avx512_kernels;
    if (cpu == APUS_AVX2) return &apus_avx2_kernels;
#endif
    (void)cpu;
    return &apus_generic_kernels;
}

static inline void apus_unary_row(apus_cpu cpu, apus_activation f, const float *x, float *y, ptrdiff_t count) {
    if (!apus_kernels_of(cpu)->unary_row(f, x, y, count)) apus_generic_kernels.unary_row(f, x, y, count);
}

#endif
