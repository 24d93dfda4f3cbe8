// Elementwise work on bytes that stand for numbers.
#include <math.h>
#include <string.h>

#include "quantized.h"

static uint8_t quantize(apus_quantization q, apus_byte_range range, float x) {
    return (uint8_t)((int32_t)nearbyintf(fminf(fmaxf(x / q.scale, range.least), range.largest)) + q.zero);
}

typedef struct {
    apus_cpu cpu;
    apus_quantization q;
    const void *x;
    void *y;
    ptrdiff_t x_stride, y_stride, planes, plane, rows, count, block;
} elements;

enum { ELEMENTS_A_TASK = 16384 };

/// Runs `body` for blocks of rows of about `ELEMENTS_A_TASK` elements.
static void run_rows(apus_pool *pool, elements *e, void (*body)(void *, ptrdiff_t)) {
    if (e->rows < 1 || e->count < 1) return;
    e->block = apus_max(1, ELEMENTS_A_TASK / e->count);
    apus_pool_run(pool, (e->rows + e->block - 1) / e->block, body, e);
}

static void quantize_task(void *context, ptrdiff_t index) {
    const elements *e = context;
    const apus_byte_range range = apus_byte_range_of(e->q.is_signed, e->q.zero);
    for (ptrdiff_t row = index * e->block; row < apus_min((index + 1) * e->block, e->rows); row++) {
        const float *x = (const float *)e->x + row * e->x_stride;
        uint8_t *y = (uint8_t *)e->y + row * e->y_stride;
        ptrdiff_t i = 0;
#if defined(__x86_64__)
        if (e->cpu != APUS_GENERIC) i = apus_quantize_row_avx2(e->q, x, y, e->count);
#endif
        for (; i < e->count; i++) y[i] = quantize(e->q, range, x[i]);
    }
}

void apus_quantize(apus_cpu cpu, apus_pool *pool, apus_quantization q, const float *x, ptrdiff_t x_stride, uint8_t *y,
                   ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count) {
    elements e = {.cpu = cpu, .q = q, .x = x, .y = y, .x_stride = x_stride, .y_stride = y_stride, .rows = rows,
                  .count = count};
    // One long row in pieces.
    if (rows == 1 && count > ELEMENTS_A_TASK) {
        const ptrdiff_t whole = count / ELEMENTS_A_TASK * ELEMENTS_A_TASK;
        apus_quantize(cpu, pool, q, x, ELEMENTS_A_TASK, y, ELEMENTS_A_TASK, whole / ELEMENTS_A_TASK, ELEMENTS_A_TASK);
        apus_quantize(cpu, pool, q, x + whole, count, y + whole, count, 1, count - whole);
        return;
    }
    run_rows(pool, &e, quantize_task);
}

static void planes_task(void *context, ptrdiff_t index) {
    const elements *e = context;
    const apus_byte_range range = apus_byte_range_of(e->q.is_signed, e->q.zero);
    const ptrdiff_t first = index * ELEMENTS_A_TASK, count = apus_min(ELEMENTS_A_TASK, e->plane - first);
    const float *x = (const float *)e->x + first;
    uint8_t *y = (uint8_t *)e->y + 4 * first;
    ptrdiff_t i = 0;
#if defined(__x86_64__)
    if (e->cpu != APUS_GENERIC) i = apus_quantize_planes_avx2(e->q, x, e->planes, e->plane, count, y);
#endif
    for (; i < count; i++)
        for (ptrdiff_t p = 0; p < 4; p++)
            y[4 * i + p] = p < e->planes ? quantize(e->q, range, x[p * e->plane + i]) : 0;
}

void apus_quantize_planes(apus_cpu cpu, apus_pool *pool, apus_quantization q, const float *x, ptrdiff_t planes,
                          ptrdiff_t count, uint8_t *y) {
    elements e = {.cpu = cpu, .q = q, .x = x, .y = y, .planes = planes, .plane = count};
    apus_pool_run(pool, (count + ELEMENTS_A_TASK - 1) / ELEMENTS_A_TASK, planes_task, &e);
}

static void dequantize_task(void *context, ptrdiff_t index) {
    const elements *e = context;
    for (ptrdiff_t row = index * e->block; row < apus_min((index + 1) * e->block, e->rows); row++) {
        const uint8_t *x = (const uint8_t *)e->x + row * e->x_stride;
        float *y = (float *)e->y + row * e->y_stride;
        ptrdiff_t i = 0;
#if defined(__x86_64__)
        if (e->cpu != APUS_GENERIC) i = apus_dequantize_row_avx2(e->q, x, y, e->count);
#endif
        for (; i < e->count; i++)
            y[i] = (float)((e->q.is_signed ? (int8_t)x[i] : x[i]) - e->q.zero) * e->q.scale;
    }
}

void apus_dequantize(apus_cpu cpu, apus_pool *pool, apus_quantization q, const uint8_t *x, ptrdiff_t x_stride, float *y,
                     ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count) {
    elements e = {.cpu = cpu, .q = q, .x = x, .y = y, .x_stride = x_stride, .y_stride = y_stride, .rows = rows,
                  .count = count};
    run_rows(pool, &e, dequantize_task);
}

typedef struct {
    const uint8_t *table, *x;
    uint8_t *y;
    ptrdiff_t x_stride, y_stride, rows, count, block;
} look_up;

static void look_up_task(void *context, ptrdiff_t index) {
    const look_up *l = context;
    for (ptrdiff_t row = index * l->block; row < apus_min((index + 1) * l->block, l->rows); row++) {
        const uint8_t *x = l->x + row * l->x_stride;
        uint8_t *y = l->y + row * l->y_stride;
        for (ptrdiff_t i = 0; i < l->count; i++) y[i] = l->table[x[i]];
    }
}

void apus_look_up(apus_pool *pool, const uint8_t table[256], const uint8_t *x, ptrdiff_t x_stride, uint8_t *y,
                  ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count) {
    if (rows < 1 || count < 1) return;
    look_up l = {table, x, y, x_stride, y_stride, rows, count, apus_max(1, ELEMENTS_A_TASK / count)};
    apus_pool_run(pool, (rows + l.block - 1) / l.block, look_up_task, &l);
}
