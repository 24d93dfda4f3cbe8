#include <stdlib.h>
#include <string.h>

#include "fixed.h"
#include "rows.h"
#include "workspace.h"

enum { LARGEST_HALF = 50 };

/// The rows that columns reach, and for every half that is used the sums of its 2·half + 1 rows around the one computed.
typedef struct {
    const apus_pixels *image;
    int16_t *ring, *output, *sums[LARGEST_HALF + 1];
    ptrdiff_t rows, stride, margin, loaded;
    /// Fractional bits of a row's bytes, so that the largest sum stays within 16.
    int largest, bits;
} column_sums;

static bool prepare(column_sums *s, const apus_pixels *image, const apus_column *columns, int count) {
    *s = (column_sums){.image = image, .bits = APUS_FIXED_BITS};
    for (int i = 0; i < count; i++) {
        if (columns[i].half < 0 || columns[i].half > LARGEST_HALF) return false;
        s->margin = apus_max(s->margin, abs(columns[i].dx));
        s->largest = (int)apus_max(s->largest, columns[i].half);
    }
    while (s->bits > 0 && 255 * (2 * s->largest + 1) << s->bits > 32767) s->bits--;
    s->rows = 2 * s->largest + 2;
    s->stride = apus_divide_up(apus_row_elements(image) + 2 * s->margin * image->channels, 32) * 32;
    const size_t row = (size_t)s->stride * sizeof *s->ring;
    s->ring = apus_scratch(APUS_PIXEL_RING, ((size_t)s->rows + 1) * row);
    int16_t *sums = apus_scratch(APUS_PIXEL_IMAGE, ((size_t)s->largest + 1) * row);
    if (s->ring == NULL || sums == NULL) return false;
    s->output = s->ring + s->rows * s->stride;
    memset(sums, 0, ((size_t)s->largest + 1) * row);
    for (int i = 0; i < count; i++) s->sums[columns[i].half] = sums + columns[i].half * s->stride;
    return true;
}

static const int16_t *row_at(const column_sums *s, ptrdiff_t y) {
    return s->ring + apus_mirrored(y, s->image->height) % s->rows * s->stride;
}

/// Brings the sums of `half` from row `y - 1` to row `y`; the output row serves as zeros at first.
static void move(const column_sums *s, int half, ptrdiff_t y) {
    if (y > 0) {
        apus_move_fixed(s->sums[half], row_at(s, y + half), row_at(s, y - 1 - half), s->stride);
        return;
    }
    memset(s->output, 0, (size_t)s->stride * sizeof *s->output);
    for (int k = -half; k <= half; k++) apus_move_fixed(s->sums[half], row_at(s, k), s->output, s->stride);
}

static void advance(column_sums *s, ptrdiff_t y) {
    for (; s->loaded <= y + s->largest && s->loaded < s->image->height; s->loaded++)
        apus_load_row(
            &apus_fixed_arithmetic, s->image, s->loaded, s->margin, s->bits, s->ring + s->loaded % s->rows * s->stride);
    for (int half = 0; half <= s->largest; half++)
        if (s->sums[half] != NULL) move(s, half, y);
}

/// The columns' weights as 16-bit numbers, and the fractional bits of sums by them; NULL where there are none.
static int16_t *fix(const column_sums *s, const apus_column *columns, int count, int *kept) {
    float *weights = apus_scratch(APUS_PIXEL_FIELD, (size_t)count * (sizeof(float) + sizeof(int) + sizeof(int16_t)));
    if (weights == NULL) return NULL;
    int *spans = (int *)(weights + count);
    int16_t *fixed = (int16_t *)(spans + count);
    for (int i = 0; i < count; i++) {
        weights[i] = columns[i].weight;
        spans[i] = 2 * columns[i].half + 1;
    }
    return apus_fix_weights(weights, spans, count, s->bits, 255, fixed, kept) ? fixed : NULL;
}

bool apus_blend_columns(const apus_pixels *image, const apus_column *columns, int count) {
    column_sums s;
    int kept;
    if (image->size != 1 || !prepare(&s, image, columns, count)) return false;
    const int16_t *weights = fix(&s, columns, count, &kept);
    const int16_t **places = apus_scratch(APUS_PIXEL_ROW, (size_t)count * sizeof *places);
    if (weights == NULL || places == NULL) return false;
    for (ptrdiff_t y = 0; y < image->height; y++) {
        advance(&s, y);
        for (int i = 0; i < count; i++)
            places[i] = s.sums[columns[i].half] + (s.margin + columns[i].dx) * image->channels;
        apus_sum_fixed(places, weights, count, apus_row_elements(image), s.output);
        apus_store_row(&apus_fixed_arithmetic, image, y, kept, s.output);
    }
    return true;
}
