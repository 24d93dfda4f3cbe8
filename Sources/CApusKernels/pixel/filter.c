#include "pixel_filter.h"

#include <stdlib.h>
#include <string.h>

#include "fixed.h"
#include "rows.h"
#include "workspace.h"

/// The rows around the one being computed, each loaded once (row `y` is at place `y % rows`), and what else a filter
/// needs. Row by row, a result may replace the image's own row: the ring still holds what comes next.
typedef struct {
    const apus_arithmetic *arithmetic;
    const apus_pixels *image;
    uint8_t *ring, *output;
    ptrdiff_t rows, stride, margin, loaded;
    const void **places;
    void *weights;
} workspace;

static bool prepare(workspace *w, const apus_pixels *image, ptrdiff_t reach, ptrdiff_t margin, ptrdiff_t taps) {
    const ptrdiff_t elements = apus_row_elements(image) + 2 * margin * image->channels;
    *w = (workspace){.image = image, .rows = 2 * reach + 1, .margin = margin};
    w->stride = apus_divide_up(elements * (ptrdiff_t)sizeof(float), 64) * 64;
    w->ring = apus_scratch(APUS_PIXEL_RING, (size_t)((w->rows + 1) * w->stride));
    w->places = apus_scratch(APUS_PIXEL_ROW, (size_t)taps * (sizeof *w->places + sizeof(float)));
    w->output = w->ring + w->rows * w->stride;
    w->weights = w->places + taps;
    return w->ring != NULL && w->places != NULL;
}

/// The bytes of `pixels` in a row.
static ptrdiff_t bytes_of(const workspace *w, ptrdiff_t pixels) {
    return pixels * w->image->channels * (ptrdiff_t)w->arithmetic->size;
}

/// Where row `y`, mirrored, begins behind its margin.
static const uint8_t *row_at(const workspace *w, ptrdiff_t y) {
    return w->ring + apus_mirrored(y, w->image->height) % w->rows * w->stride + bytes_of(w, w->margin);
}

/// Chooses fixed-point numbers where the image has bytes and the weights fit.
/// - Returns: how many fractional bits the sums have
static int choose(workspace *w, const float *weights, int count) {
    int bits = 0;
    w->arithmetic = &apus_fixed_arithmetic;
    if (w->image->size == 1 && apus_fix_weights(weights, NULL, count, APUS_FIXED_BITS, 255, w->weights, &bits))
        return bits;
    w->arithmetic = &apus_float_arithmetic;
    memcpy(w->weights, weights, (size_t)count * sizeof *weights);
    return bits;
}

static void sum_into(workspace *w, int count, void *output) {
    w->arithmetic->sum(w->places, w->weights, count, apus_row_elements(w->image), output);
}

static void blend_row(workspace *w, const apus_tap *taps, int count, ptrdiff_t y, int bits) {
    for (; w->loaded <= y + w->rows / 2 && w->loaded < w->image->height; w->loaded++)
        apus_load_row(
            w->arithmetic, w->image, w->loaded, w->margin, APUS_FIXED_BITS, w->ring + w->loaded % w->rows * w->stride);
    for (int t = 0; t < count; t++) w->places[t] = row_at(w, y + taps[t].dy) + bytes_of(w, taps[t].dx);
    sum_into(w, count, w->output);
    apus_store_row(w->arithmetic, w->image, y, bits, w->output);
}

bool apus_blend_taps(const apus_pixels *image, const apus_tap *taps, int count) {
    ptrdiff_t reach = 0, margin = 0;
    for (int t = 0; t < count; t++) {
        reach = apus_max(reach, abs(taps[t].dy));
        margin = apus_max(margin, abs(taps[t].dx));
    }
    workspace w;
    float *weights = apus_scratch(APUS_PIXEL_FIELD, (size_t)count * sizeof *weights);
    if (weights == NULL || !prepare(&w, image, reach, margin, count)) return false;
    for (int t = 0; t < count; t++) weights[t] = taps[t].weight;
    const int bits = choose(&w, weights, count);
    for (ptrdiff_t y = 0; y < image->height; y++) blend_row(&w, taps, count, y, bits);
    return true;
}

// MARK: - Separable

/// Two passes in one arithmetic: the weights of both, and the fractional bits of each pass's sums.
typedef struct {
    int width, height, first_bits, bits;
    void *horizontal, *vertical;
} passes;

static bool fix_passes(passes *p, const float *horizontal, const float *vertical) {
    return apus_fix_weights(horizontal, NULL, p->width, APUS_FIXED_BITS, 255, p->horizontal, &p->first_bits)
        && apus_fix_weights(vertical, NULL, p->height, p->first_bits, 255, p->vertical, &p->bits);
}

/// Loads row `y`, summed horizontally, into the ring; the output row serves in between.
static void load_summed(workspace *w, const passes *p, ptrdiff_t y) {
    apus_load_row(w->arithmetic, w->image, y, w->margin, APUS_FIXED_BITS, w->output);
    for (int t = 0; t < p->width; t++) w->places[t] = w->output + bytes_of(w, t);
    w->weights = p->horizontal;
    sum_into(w, p->width, w->ring + y % w->rows * w->stride + bytes_of(w, w->margin));
}

bool apus_blend_separable(
    const apus_pixels *image, const float *horizontal, int width, const float *vertical, int height) {
    workspace w;
    const size_t weights = (size_t)apus_max(width, height) * sizeof(float);
    uint8_t *fixed = apus_scratch(APUS_PIXEL_FIELD, 2 * weights);
    if (fixed == NULL || !prepare(&w, image, height / 2, width / 2, apus_max(width, height))) return false;
    passes p = {width, height, 0, 0, fixed, fixed + weights};
    const bool is_fixed = image->size == 1 && fix_passes(&p, horizontal, vertical);
    w.arithmetic = is_fixed ? &apus_fixed_arithmetic : &apus_float_arithmetic;
    if (!is_fixed) {
        memcpy(p.horizontal, horizontal, (size_t)width * sizeof(float));
        memcpy(p.vertical, vertical, (size_t)height * sizeof(float));
    }
    for (ptrdiff_t y = 0; y < image->height; y++) {
        for (; w.loaded <= y + height / 2 && w.loaded < image->height; w.loaded++) load_summed(&w, &p, w.loaded);
        for (int t = 0; t < height; t++) w.places[t] = row_at(&w, y + t - height / 2);
        w.weights = p.vertical;
        sum_into(&w, height, w.output);
        apus_store_row(w.arithmetic, image, y, p.bits, w.output);
    }
    return true;
}
