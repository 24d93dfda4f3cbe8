// Splits quantized convolutions into tasks and chooses among their forms.
#include <sched.h>
#include <stdatomic.h>

#include "quantized.h"

bool apus_quantized_has_activation(apus_function function) {
    return function <= APUS_HARD_SWISH;
}

typedef struct {
    const apus_quantized_convolution *convolution;
    ptrdiff_t band_rows, bands, band_panels, panel_bands, slot_bytes;
    int slots;
    /// A bit for each slot of scratch memory that a task uses.
    _Atomic uint64_t busy;
} plan;

static ptrdiff_t scratch_for(const apus_quantized_convolution *c, ptrdiff_t rows) {
#if defined(__x86_64__)
    switch (c->form) {
    case APUS_QUANTIZED_PAIRS: return apus_quantized_scratch_pairs(c, rows);
    case APUS_QUANTIZED_WINOGRAD: return apus_quantized_scratch_winograd(c, rows);
    case APUS_QUANTIZED_QUADS: return apus_quantized_scratch_quads(c, rows);
    default: return 0;
    }
#endif
    (void)c, (void)rows;
    return 0;
}

static ptrdiff_t divide_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }

/// Bands of rows whose scratch memory stays in the second-level cache, at least eight of them where there are rows
/// enough; the panels are split where there are not.
static plan make_plan(const apus_quantized_convolution *c, int threads) {
    enum { BUDGET = 160 * 1024, TASKS = 8 };
    const ptrdiff_t unit = c->form == APUS_QUANTIZED_WINOGRAD ? 4 : 1;
    plan p = {.convolution = c, .slots = threads < 64 ? threads : 64};
    const ptrdiff_t share = apus_round_up(divide_up(c->out_height, divide_up(TASKS, c->batch)), unit);
    const ptrdiff_t one = scratch_for(c, unit), two = scratch_for(c, 2 * unit);
    const ptrdiff_t fitting = BUDGET <= one || two <= one ? 1 : 1 + (BUDGET - one) / (two - one);
    p.band_rows = apus_max(unit, apus_min(share, one == 0 ? share : fitting * unit));
    p.bands = divide_up(c->out_height, p.band_rows);
    const ptrdiff_t panels = apus_panels(c->out_channels);
    const ptrdiff_t wanted = divide_up(TASKS, 2 * p.bands * c->batch);
    p.band_panels = apus_round_up(divide_up(panels, apus_min(wanted, panels)), 2);
    p.panel_bands = divide_up(panels, p.band_panels);
    p.slot_bytes = apus_round_up(scratch_for(c, p.band_rows), 64);
    return p;
}

static int claim_slot(plan *p) {
    for (;;) {
        uint64_t busy = atomic_load(&p->busy);
        for (int slot = 0; slot < p->slots; slot++) {
            const uint64_t bit = (uint64_t)1 << slot;
            if (busy & bit) continue;
            if (atomic_compare_exchange_strong(&p->busy, &busy, busy | bit)) return slot;
            slot = -1;
        }
        sched_yield();
    }
}

static void compute(const apus_quantized_convolution *c, apus_band band, void *scratch) {
#if defined(__x86_64__)
    switch (c->form) {
    case APUS_QUANTIZED_PAIRS: apus_quantized_band_pairs(c, band, scratch); return;
    case APUS_QUANTIZED_WINOGRAD: apus_quantized_band_winograd(c, band, scratch); return;
    case APUS_QUANTIZED_QUADS: apus_quantized_band_quads(c, band, scratch); return;
    default: break;
    }
#endif
    (void)scratch;
    apus_quantized_band_plain(c, band);
}

static void convolve_task(void *context, ptrdiff_t index) {
    plan *p = context;
    const apus_quantized_convolution *c = p->convolution;
    const ptrdiff_t panel_band = index % p->panel_bands, band = index / p->panel_bands;
    const apus_band part = {
        .image = band / p->bands,
        .first_row = band % p->bands * p->band_rows,
        .last_row = apus_min((band % p->bands + 1) * p->band_rows, c->out_height),
        .first_panel = panel_band * p->band_panels,
        .last_panel = apus_min((panel_band + 1) * p->band_panels, apus_panels(c->out_channels)),
    };
    const int slot = claim_slot(p);
    compute(c, part, (char *)c->scratch + slot * p->slot_bytes);
    atomic_fetch_and(&p->busy, ~((uint64_t)1 << slot));
}

static bool is_empty(const apus_quantized_convolution *c) {
    return c->batch < 1 || c->out_height < 1 || c->out_width < 1 || c->out_channels < 1;
}

ptrdiff_t apus_quantized_scratch_bytes(const apus_quantized_convolution *convolution, int threads) {
    if (is_empty(convolution)) return 0;
    const plan p = make_plan(convolution, threads);
    return p.slots * p.slot_bytes;
}

void apus_quantized_convolve(apus_pool *pool, const apus_quantized_convolution *convolution) {
    if (is_empty(convolution)) return;
    plan p = make_plan(convolution, apus_pool_threads(pool));
    apus_pool_run(pool, convolution->batch * p.bands * p.panel_bands, convolve_task, &p);
}
