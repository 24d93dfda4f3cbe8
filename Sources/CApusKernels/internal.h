// What the kernels share: ranges of work, and the functions that each instruction set provides.
#ifndef APUS_INTERNAL_H
#define APUS_INTERNAL_H

#include "include/apus_kernels.h"

enum { PANEL = 16, TILE = 6 };

static inline ptrdiff_t apus_min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t apus_max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
static inline ptrdiff_t apus_panels(ptrdiff_t channels) { return (channels + PANEL - 1) / PANEL; }

/// The part of a convolution that one task computes: pixels of one image, panels of output channels.
typedef struct {
    ptrdiff_t image, first_pixel, last_pixel, first_panel, last_panel;
} apus_part;

/// The three regions of packed weights.
static inline const float *apus_bias_of(const apus_convolution *c) {
    return c->weights + apus_panels(c->out_channels) * c->kernel_height * c->kernel_width * c->in_channels * PANEL;
}
static inline const float *apus_zeros_of(const apus_convolution *c) {
    return apus_bias_of(c) + apus_panels(c->out_channels) * PANEL;
}

float apus_apply(apus_activation f, float x);

void apus_convolve_part_generic(const apus_convolution *c, apus_part part);
void apus_depthwise_part_generic(const apus_convolution *c, apus_part part);
void apus_unary_row_generic(apus_activation f, const float *x, float *y, ptrdiff_t count);

#if defined(__x86_64__)
/// False where it found no memory for its tables.
bool apus_convolve_part_avx2(const apus_convolution *c, apus_part part);
void apus_depthwise_part_avx2(const apus_convolution *c, apus_part part);
/// False for a function that it does not have.
bool apus_unary_row_avx2(apus_activation f, const float *x, float *y, ptrdiff_t count);
#endif

static inline void apus_unary_row(apus_cpu cpu, apus_activation f, const float *x, float *y, ptrdiff_t count) {
#if defined(__x86_64__)
    if (cpu == APUS_AVX2 && apus_unary_row_avx2(f, x, y, count)) return;
#endif
    (void)cpu;
    apus_unary_row_generic(f, x, y, count);
}

#endif
