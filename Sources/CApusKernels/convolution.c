// Splits convolutions into tasks. Each output is computed by one task, its products added in one order: results do
// not depend on the split.
#include <unistd.h>

#include "internal.h"

typedef struct {
    const apus_kernels *kernels;
    apus_convolution convolution;
    /// A task is a block of rows, of columns, and of panels, in one image.
    ptrdiff_t rows, row_blocks, columns, column_blocks, panels, panel_blocks;
} plan;

static apus_part part_of(const plan *p, ptrdiff_t index) {
    const apus_convolution *c = &p->convolution;
    const ptrdiff_t panel = index % p->panel_blocks * p->panels;
    index /= p->panel_blocks;
    const ptrdiff_t column = index % p->column_blocks * p->columns;
    index /= p->column_blocks;
    const ptrdiff_t row = index % p->row_blocks * p->rows;
    return (apus_part){
        index / p->row_blocks, row, apus_min(row + p->rows, c->out_height),
        column, apus_min(column + p->columns, c->out_width),
        panel, apus_min(panel + p->panels, apus_panels(c->out_channels)),
    };
}

static void dense_task(void *context, ptrdiff_t index) {
    const plan *p = context;
    const apus_part part = part_of(p, index);
    if (!p->kernels->dense_part(&p->convolution, part)) apus_generic_kernels.dense_part(&p->convolution, part);
}

static void depthwise_task(void *context, ptrdiff_t index) {
    const plan *p = context;
    const apus_part part = part_of(p, index);
    if (!p->kernels->depthwise_part(&p->convolution, part)) apus_generic_kernels.depthwise_part(&p->convolution, part);
}

/// A pointwise convolution is a matrix product: its image is one row.
static void flatten(apus_convolution *c) {
    const bool is_pointwise = c->packing == APUS_DENSE && c->kernel_height == 1 && c->kernel_width == 1
                           && c->stride_y == 1 && c->stride_x == 1 && c->pad_top == 0 && c->pad_left == 0
                           && c->out_height == c->in_height && c->out_width == c->in_width;
    if (!is_pointwise) return;
    c->in_width *= c->in_height;
    c->out_width *= c->out_height;
    c->in_height = c->out_height = 1;
}

/// Floats that a task reads: what stays in the second-level cache while the weights pass through it.
static ptrdiff_t floats_a_task(void) {
    const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return apus_max(256 * 1024, apus_min(bytes, 2048 * 1024)) / (ptrdiff_t)sizeof(float) * 2 / 5;
}

/// How many tasks keep all threads busy to the end.
static ptrdiff_t tasks_for(apus_pool *pool) {
    const ptrdiff_t threads = apus_pool_threads(pool);
    return threads > 1 ? 4 * threads : 1;
}

/// Rows into at least `blocks` blocks, or columns of tiles where there is but one row.
static void split_pixels(plan *p, ptrdiff_t blocks) {
    const apus_convolution *c = &p->convolution;
    if (c->out_height > 1) {
        p->rows = apus_divide_up(c->out_height, apus_min(blocks, c->out_height));
    } else {
        const ptrdiff_t tile = p->kernels->tile_pixels, tiles = apus_divide_up(c->out_width, tile);
        p->columns = apus_divide_up(tiles, apus_min(blocks, tiles)) * tile;
    }
    p->row_blocks = apus_divide_up(c->out_height, p->rows);
    p->column_blocks = apus_divide_up(c->out_width, p->columns);
}

/// Blocks of pixels whose input stays in the cache; where that leaves threads idle, blocks of panels if the weights are
/// the larger part of what is read, or smaller blocks of pixels if the input is.
static plan make_plan(apus_cpu cpu, apus_pool *pool, const apus_convolution *convolution) {
    plan p = {.kernels = apus_kernels_of(cpu), .convolution = *convolution};
    apus_convolution *c = &p.convolution;
    flatten(c);
    const ptrdiff_t tasks = tasks_for(pool), panels = apus_panels(c->out_channels);
    const ptrdiff_t input = c->in_height * c->in_width * c->in_channels;
    const ptrdiff_t weights = panels * PANEL * apus_taps_of(c) * (c->packing == APUS_DEPTHWISE ? 1 : c->in_channels);
    p.rows = c->out_height;
    p.columns = c->out_width;
    split_pixels(&p, apus_max(1, apus_divide_up(input, floats_a_task())));
    const ptrdiff_t blocks = p.row_blocks * p.column_blocks * c->batch;
    p.panels = panels;
    if (blocks < tasks && weights > input && panels > 2)
        p.panels = apus_divide_up(apus_divide_up(panels, apus_divide_up(tasks, blocks)), 2) * 2;
    else if (blocks < tasks)
        split_pixels(&p, apus_divide_up(tasks, c->batch));
    p.panel_blocks = apus_divide_up(panels, p.panels);
    return p;
}

typedef struct {
    const apus_kernels *kernels;
    const apus_convolution *convolution;
    ptrdiff_t tiles, tile_blocks, panels, panel_blocks;
} winograd;

static void winograd_task(void *context, ptrdiff_t index) {
    const winograd *w = context;
    const ptrdiff_t block = index / w->panel_blocks, panel = index % w->panel_blocks * w->panels;
    const apus_tiles part = {
        w->tiles * block / w->tile_blocks, w->tiles * (block + 1) / w->tile_blocks,
        panel, apus_min(panel + w->panels, apus_panels(w->convolution->out_channels)),
    };
    if (!w->kernels->winograd_part(w->convolution, part)) apus_generic_kernels.winograd_part(w->convolution, part);
}

/// Blocks of tiles whose transformed inputs stay in the cache while the filters pass over them; where there is but one,
/// threads share the filters.
static void convolve_winograd(apus_cpu cpu, apus_pool *pool, const apus_convolution *c) {
    const apus_winograd_grid g = apus_winograd_grid_of(c);
    const ptrdiff_t panels = apus_panels(c->out_channels), threads = apus_pool_threads(pool);
    winograd w = {apus_kernels_of(cpu), c, c->batch * g.rows * g.columns, 1, panels, 1};
    const ptrdiff_t tile = w.kernels->tile_pixels, floats_a_tile = 36 * (c->in_channels + PANEL);
    // A single block may take most of the cache.
    if (w.tiles * floats_a_tile > 2 * floats_a_task()) {
        const ptrdiff_t most = apus_max(1, floats_a_task() / floats_a_tile / tile) * tile;
        w.tile_blocks = apus_min(w.tiles, apus_divide_up(apus_divide_up(w.tiles, most), threads) * threads);
    } else if (threads > 1) {
        w.panels = apus_divide_up(apus_divide_up(panels, 2 * threads), 2) * 2;
        w.panel_blocks = apus_divide_up(panels, w.panels);
    }
    apus_pool_run(pool, w.tile_blocks * w.panel_blocks, winograd_task, &w);
}

typedef struct {
    const apus_kernels *kernels;
    const apus_convolution *pointwise, *depthwise;
    ptrdiff_t rows, row_blocks, panels, panel_blocks;
    _Atomic bool failed;
} expanded;

static void expanded_task(void *context, ptrdiff_t index) {
    expanded *p = context;
    const apus_convolution *d = p->depthwise;
    const ptrdiff_t panel = index % p->panel_blocks * p->panels;
    const ptrdiff_t row = index / p->panel_blocks % p->row_blocks * p->rows;
    const apus_part part = {
        index / p->panel_blocks / p->row_blocks, row, apus_min(row + p->rows, d->out_height), 0, d->out_width,
        panel, apus_min(panel + p->panels, apus_panels(d->out_channels)),
    };
    if (!p->kernels->expanded_part(p->pointwise, d, part)) p->failed = true;
}

/// Square kernels of 3 or 5 and strides of 1 or 2, which networks have, on rows of at least four pixels.
static bool can_expand(const apus_convolution *d) {
    return d->kernel_height == d->kernel_width && (d->kernel_width == 3 || d->kernel_width == 5)
        && d->stride_x == d->stride_y && d->stride_x <= 2 && d->dilation_x == 1 && d->dilation_y == 1
        && d->out_width >= 4 && d->residual == NULL;
}

bool apus_convolve_expanded(apus_cpu cpu, apus_pool *pool, const apus_convolution *e, const apus_convolution *d) {
    if (apus_kernels_of(cpu)->expanded_part == NULL || !can_expand(d)) return false;
    if (d->batch < 1 || d->out_height < 1 || d->out_width < 1 || d->out_channels < 1) return true;
    expanded p = {.kernels = apus_kernels_of(cpu), .pointwise = e, .depthwise = d};
    const ptrdiff_t tasks = tasks_for(pool), panels = apus_panels(d->out_channels), budget = floats_a_task();
    // Two panels are what a tile takes at once; more where they fit.
    const ptrdiff_t fitting = budget / apus_max(1, d->in_height * d->in_width * PANEL) / 2 * 2;
    p.panels = apus_min(panels, apus_max(2, apus_min(fitting, apus_divide_up(apus_divide_up(panels, tasks), 2) * 2)));
    p.panel_blocks = apus_divide_up(panels, p.panels);
    const ptrdiff_t fitting_rows = budget / apus_max(1, d->in_width * d->stride_y * p.panels * PANEL);
    p.rows = apus_min(d->out_height, apus_max(d->kernel_height, fitting_rows));
    p.row_blocks = apus_divide_up(d->out_height, p.rows);
    p.rows = apus_divide_up(d->out_height, p.row_blocks);
    apus_pool_run(pool, d->batch * p.row_blocks * p.panel_blocks, expanded_task, &p);
    return !p.failed;
}

void apus_convolve(apus_cpu cpu, apus_pool *pool, const apus_convolution *c) {
    if (c->batch < 1 || c->out_height < 1 || c->out_width < 1 || c->out_channels < 1) return;
    if (c->packing == APUS_WINOGRAD) {
        convolve_winograd(cpu, pool, c);
        return;
    }
    plan p = make_plan(cpu, pool, c);
    const ptrdiff_t tasks = c->batch * p.row_blocks * p.column_blocks * p.panel_blocks;
    apus_pool_run(pool, tasks, c->packing == APUS_DEPTHWISE ? depthwise_task : dense_task, &p);
}
