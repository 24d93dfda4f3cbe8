// Packs weights and splits convolutions into tasks. The split depends on shapes alone, and each output is computed
// by one task in one order: results do not depend on the number of threads.
#include <string.h>

#include "internal.h"

ptrdiff_t apus_packed_count(ptrdiff_t out_channels, ptrdiff_t in_channels, ptrdiff_t kernel_height,
                            ptrdiff_t kernel_width) {
    return apus_panels(out_channels) * PANEL * (kernel_height * kernel_width * in_channels + 1)
         + kernel_width * in_channels + PANEL;
}

typedef struct {
    const float *w, *bias;
    ptrdiff_t o_stride, i_stride, y_stride, x_stride, out, in, height, width;
    float *packed;
} packing;

static void pack_panel(void *context, ptrdiff_t panel) {
    const packing *p = context;
    const ptrdiff_t first = panel * PANEL, count = apus_min(PANEL, p->out - first);
    float *target = p->packed + panel * PANEL * p->height * p->width * p->in;
    for (ptrdiff_t y = 0; y < p->height; y++)
        for (ptrdiff_t x = 0; x < p->width; x++)
            for (ptrdiff_t i = 0; i < p->in; i++, target += PANEL) {
                const float *w = p->w + first * p->o_stride + i * p->i_stride + y * p->y_stride + x * p->x_stride;
                for (ptrdiff_t j = 0; j < count; j++) target[j] = w[j * p->o_stride];
                for (ptrdiff_t j = count; j < PANEL; j++) target[j] = 0;
            }
}

void apus_pack_convolution(apus_pool *pool, const float *w, ptrdiff_t o_stride, ptrdiff_t i_stride, ptrdiff_t y_stride,
                           ptrdiff_t x_stride, const float *bias, ptrdiff_t out_channels, ptrdiff_t in_channels,
                           ptrdiff_t kernel_height, ptrdiff_t kernel_width, float *packed) {
    packing p = {w, bias, o_stride, i_stride, y_stride, x_stride, out_channels, in_channels, kernel_height,
                 kernel_width, packed};
    const ptrdiff_t panels = apus_panels(out_channels);
    apus_pool_run(pool, panels, pack_panel, &p);
    float *tail = packed + panels * PANEL * kernel_height * kernel_width * in_channels;
    memset(tail, 0, (size_t)(panels * PANEL + kernel_width * in_channels + PANEL) * sizeof *tail);
    if (bias != NULL) memcpy(tail, bias, (size_t)out_channels * sizeof *tail);
}

ptrdiff_t apus_packed_depthwise_count(ptrdiff_t channels, ptrdiff_t kernel_height, ptrdiff_t kernel_width) {
    return apus_panels(channels) * PANEL * (kernel_height * kernel_width + 2);
}

void apus_pack_depthwise(const float *w, const float *bias, ptrdiff_t channels, ptrdiff_t kernel_height,
                         ptrdiff_t kernel_width, float *packed) {
    const ptrdiff_t width = apus_panels(channels) * PANEL, taps = kernel_height * kernel_width;
    memset(packed, 0, (size_t)(width * (taps + 2)) * sizeof *packed);
    for (ptrdiff_t c = 0; c < channels; c++)
        for (ptrdiff_t tap = 0; tap < taps; tap++) packed[tap * width + c] = w[c * taps + tap];
    if (bias != NULL) memcpy(packed + taps * width, bias, (size_t)channels * sizeof *packed);
}

typedef struct {
    apus_cpu cpu;
    const apus_convolution *convolution;
    ptrdiff_t pixels, block_pixels, pixel_blocks, panels, block_panels, panel_blocks;
} plan;

static apus_part part_of(const plan *p, ptrdiff_t index) {
    const ptrdiff_t panel_block = index % p->panel_blocks;
    const ptrdiff_t pixel_block = index / p->panel_blocks % p->pixel_blocks;
    return (apus_part){
        .image = index / p->panel_blocks / p->pixel_blocks,
        .first_pixel = pixel_block * p->block_pixels,
        .last_pixel = apus_min((pixel_block + 1) * p->block_pixels, p->pixels),
        .first_panel = panel_block * p->block_panels,
        .last_panel = apus_min((panel_block + 1) * p->block_panels, p->panels),
    };
}

static void convolve_task(void *context, ptrdiff_t index) {
    const plan *p = context;
    const apus_part part = part_of(p, index);
#if defined(__x86_64__)
    if (p->cpu == APUS_AVX2 && apus_convolve_part_avx2(p->convolution, part)) return;
#endif
    apus_convolve_part_generic(p->convolution, part);
}

static void depthwise_task(void *context, ptrdiff_t index) {
    const plan *p = context;
    const apus_part part = part_of(p, index);
#if defined(__x86_64__)
    if (p->cpu == APUS_AVX2) {
        apus_depthwise_part_avx2(p->convolution, part);
        return;
    }
#endif
    apus_depthwise_part_generic(p->convolution, part);
}

static ptrdiff_t divide_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }

/// Pixel blocks whose input stays in the second-level cache while the panels pass over it; panels are split where
/// there are too few pixels to go round.
static plan make_plan(apus_cpu cpu, const apus_convolution *c) {
    plan p = {.cpu = cpu, .convolution = c, .pixels = c->out_height * c->out_width};
    const ptrdiff_t budget = 32 * 1024 / apus_max(1, c->in_channels) / TILE * TILE;
    const ptrdiff_t share = divide_up(divide_up(p.pixels, 8), TILE) * TILE;
    p.block_pixels = apus_max(2 * TILE, apus_min(apus_min(budget, share), 32 * TILE));
    p.pixel_blocks = divide_up(p.pixels, p.block_pixels);
    p.panels = apus_panels(c->out_channels);
    const ptrdiff_t wanted = divide_up(8, p.pixel_blocks * c->batch);
    p.block_panels = divide_up(p.panels, apus_min(wanted, p.panels));
    p.panel_blocks = divide_up(p.panels, p.block_panels);
    return p;
}

static bool is_empty(const apus_convolution *c) {
    return c->batch < 1 || c->out_height < 1 || c->out_width < 1 || c->out_channels < 1;
}

void apus_convolve(apus_cpu cpu, apus_pool *pool, const apus_convolution *convolution) {
    if (is_empty(convolution)) return;
    plan p = make_plan(cpu, convolution);
    apus_pool_run(pool, convolution->batch * p.pixel_blocks * p.panel_blocks, convolve_task, &p);
}

void apus_convolve_depthwise(apus_cpu cpu, apus_pool *pool, const apus_convolution *convolution) {
    if (is_empty(convolution)) return;
    plan p = make_plan(cpu, convolution);
    apus_pool_run(pool, convolution->batch * p.pixel_blocks * p.panel_blocks, depthwise_task, &p);
}
