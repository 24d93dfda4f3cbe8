#include <math.h>
#include <string.h>

#include "internal.h"

typedef struct {
    apus_cpu cpu;
    const float *x;
    float *y;
    ptrdiff_t outer, count, inner, blocks, rows_a_task;
    bool logarithm;
} softmax;

// Columns that one task takes where the summed axis is not the last.
enum { COLUMNS = 256 };

static const apus_activation EXP = {APUS_EXP, 0, 0};

static void softmax_row(const softmax *s, const float *x, float *y) {
    float best = -INFINITY, sum = 0;
    for (ptrdiff_t i = 0; i < s->count; i++) best = x[i] > best || isnan(x[i]) ? x[i] : best;
    for (ptrdiff_t i = 0; i < s->count; i++) y[i] = x[i] - best;
    if (s->logarithm) {
        for (ptrdiff_t i = 0; i < s->count; i++) sum += expf(y[i]);
        const float shift = logf(sum);
        for (ptrdiff_t i = 0; i < s->count; i++) y[i] -= shift;
        return;
    }
    apus_unary_row(s->cpu, EXP, y, y, s->count);
    for (ptrdiff_t i = 0; i < s->count; i++) sum += y[i];
    const float scale = 1.0f / sum;
    for (ptrdiff_t i = 0; i < s->count; i++) y[i] *= scale;
}

static void softmax_columns(const softmax *s, const float *x, float *y, ptrdiff_t columns) {
    const apus_kernels *k = apus_kernels_of(s->cpu);
    if (k->softmax_columns != NULL && !s->logarithm) {
        k->softmax_columns(x, y, s->count, s->inner, columns);
        return;
    }
    float best[COLUMNS], sum[COLUMNS] = {0}, power[COLUMNS];
    memcpy(best, x, (size_t)columns * sizeof *best);
    for (ptrdiff_t i = 1; i < s->count; i++) k->take_maximum(best, x + i * s->inner, columns);
    for (ptrdiff_t i = 0; i < s->count; i++) {
        float *row = y + i * s->inner, *target = s->logarithm ? power : row;
        k->subtract_row(row, x + i * s->inner, best, columns);
        apus_unary_row(s->cpu, EXP, row, target, columns);
        k->add_row(sum, target, columns);
    }
    for (ptrdiff_t j = 0; j < columns; j++) sum[j] = s->logarithm ? logf(sum[j]) : 1.0f / sum[j];
    for (ptrdiff_t i = 0; i < s->count; i++) {
        float *row = y + i * s->inner;
        if (s->logarithm) k->subtract_row(row, row, sum, columns); else k->multiply_row(row, sum, columns);
    }
}

static void softmax_task(void *context, ptrdiff_t index) {
    const softmax *s = context;
    if (s->inner == 1) {
        const ptrdiff_t last = apus_min((index + 1) * s->rows_a_task, s->outer);
        for (ptrdiff_t row = index * s->rows_a_task; row < last; row++)
            softmax_row(s, s->x + row * s->count, s->y + row * s->count);
        return;
    }
    const ptrdiff_t start = index % s->blocks * COLUMNS;
    const ptrdiff_t offset = index / s->blocks * s->count * s->inner + start;
    softmax_columns(s, s->x + offset, s->y + offset, apus_min(COLUMNS, s->inner - start));
}

void apus_softmax(apus_cpu cpu, apus_pool *pool, const float *x, float *y, ptrdiff_t outer, ptrdiff_t count,
                  ptrdiff_t inner, bool logarithm) {
    if (outer < 1 || count < 1 || inner < 1) return;
    softmax s = {cpu, x, y, outer, count, inner, (inner + COLUMNS - 1) / COLUMNS, apus_max(1, 4096 / count), logarithm};
    const ptrdiff_t tasks = inner == 1 ? (outer + s.rows_a_task - 1) / s.rows_a_task : outer * s.blocks;
    apus_pool_run(pool, tasks, softmax_task, &s);
}
