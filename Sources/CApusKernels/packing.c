// Weights in the order in which the kernels read them.
#include <string.h>

#include "internal.h"

typedef struct {
    const apus_filter *filter;
    const float *w, *bias;
    ptrdiff_t taps;
    float *packed;
} packing;

static ptrdiff_t taps_of(const apus_filter *f) {
    return f->packing == APUS_WINOGRAD ? 36 : f->kernel_height * f->kernel_width;
}

/// The bias, and what stands for the padding: zeros for a kernel row of inputs.
static ptrdiff_t tail_of(const apus_filter *f) {
    return apus_panels(f->out_channels) * PANEL + f->kernel_width * f->in_channels + PANEL;
}

ptrdiff_t apus_packed_count(const apus_filter *f) {
    const ptrdiff_t width = apus_panels(f->out_channels) * PANEL;
    if (f->packing == APUS_DEPTHWISE) return width * (f->kernel_height * f->kernel_width + 1);
    return width * taps_of(f) * f->in_channels + tail_of(f);
}

/// One weight for each channel of a panel, zeros where there is none.
static void pack_lanes(const apus_filter *f, const float *w, ptrdiff_t count, float *target) {
    for (ptrdiff_t j = 0; j < count; j++) target[j] = w[j * f->o_stride];
    for (ptrdiff_t j = count; j < PANEL; j++) target[j] = 0;
}

static void pack_dense_panel(const packing *p, ptrdiff_t panel) {
    const apus_filter *f = p->filter;
    const ptrdiff_t first = panel * PANEL, count = apus_min(PANEL, f->out_channels - first);
    const bool planar = f->packing == APUS_PLANAR;
    float *target = p->packed + first * p->taps * f->in_channels;
    for (ptrdiff_t i = 0; i < f->in_channels; i++)
        for (ptrdiff_t y = 0; y < f->kernel_height; y++)
            for (ptrdiff_t x = 0; x < f->kernel_width; x++) {
                const ptrdiff_t tap = y * f->kernel_width + x;
                const ptrdiff_t at = planar ? i * p->taps + tap : tap * f->in_channels + i;
                pack_lanes(f, p->w + first * f->o_stride + i * f->i_stride + y * f->y_stride + x * f->x_stride, count,
                           target + at * PANEL);
            }
}

/// G g for three rows of filters, a panel of them at once.
static void transform_filter(const float g[3][PANEL], float u[6][PANEL]) {
    for (int j = 0; j < PANEL; j++) {
        const float ends = g[0][j] + g[2][j], quarters = g[0][j] + 4 * g[2][j];
        u[0][j] = g[0][j] / 4;
        u[1][j] = -(ends + g[1][j]) / 6;
        u[2][j] = -(ends - g[1][j]) / 6;
        u[3][j] = (quarters + 2 * g[1][j]) / 24;
        u[4][j] = (quarters - 2 * g[1][j]) / 24;
        u[5][j] = g[2][j];
    }
}

/// G g Gᵀ.
static void pack_winograd_panel(const packing *p, ptrdiff_t panel) {
    const apus_filter *f = p->filter;
    const ptrdiff_t first = panel * PANEL, count = apus_min(PANEL, f->out_channels - first);
    float *target = p->packed + first * 36 * f->in_channels;
    for (ptrdiff_t i = 0; i < f->in_channels; i++) {
        float columns[3][6][PANEL];
        for (ptrdiff_t x = 0; x < 3; x++) {
            float g[3][PANEL];
            for (ptrdiff_t y = 0; y < 3; y++)
                pack_lanes(f, p->w + first * f->o_stride + i * f->i_stride + y * f->y_stride + x * f->x_stride, count,
                           g[y]);
            transform_filter(g, columns[x]);
        }
        for (ptrdiff_t y = 0; y < 6; y++) {
            float row[3][PANEL], u[6][PANEL];
            for (ptrdiff_t x = 0; x < 3; x++) memcpy(row[x], columns[x][y], sizeof row[x]);
            transform_filter(row, u);
            for (ptrdiff_t x = 0; x < 6; x++)
                memcpy(target + ((y * 6 + x) * f->in_channels + i) * PANEL, u[x], sizeof u[x]);
        }
    }
}

static void pack_panel(void *context, ptrdiff_t panel) {
    const packing *p = context;
    if (p->filter->packing == APUS_WINOGRAD) pack_winograd_panel(p, panel);
    else pack_dense_panel(p, panel);
}

static void pack_depthwise(const apus_filter *f, const float *w, const float *bias, float *packed) {
    const ptrdiff_t width = apus_panels(f->out_channels) * PANEL, taps = f->kernel_height * f->kernel_width;
    memset(packed, 0, (size_t)(width * (taps + 1)) * sizeof *packed);
    for (ptrdiff_t c = 0; c < f->out_channels; c++)
        for (ptrdiff_t tap = 0; tap < taps; tap++)
            packed[tap * width + c] =
                w[c * f->o_stride + tap / f->kernel_width * f->y_stride + tap % f->kernel_width * f->x_stride];
    if (bias != NULL) memcpy(packed + taps * width, bias, (size_t)f->out_channels * sizeof *packed);
}

void apus_pack(apus_pool *pool, const apus_filter *f, const float *w, const float *bias, float *packed) {
    if (f->packing == APUS_DEPTHWISE) {
        pack_depthwise(f, w, bias, packed);
        return;
    }
    packing p = {f, w, bias, taps_of(f), packed};
    const ptrdiff_t panels = apus_panels(f->out_channels);
    apus_pool_run(pool, panels, pack_panel, &p);
    float *tail = packed + panels * PANEL * p.taps * f->in_channels;
    memset(tail, 0, (size_t)tail_of(f) * sizeof *tail);
    if (bias != NULL) memcpy(tail, bias, (size_t)f->out_channels * sizeof *tail);
}
