#include <math.h>

#include "internal.h"

// Enough work to be worth a task.
enum { GRAIN = 16384 };

typedef struct {
    apus_cpu cpu;
    apus_activation f;
    const float *x;
    float *y;
    ptrdiff_t x_stride, y_stride, rows, count, block, blocks_a_row, rows_a_task;
} unary;

static void unary_task(void *context, ptrdiff_t index) {
    const unary *u = context;
    const ptrdiff_t first = index / u->blocks_a_row * u->rows_a_task;
    const ptrdiff_t last = apus_min(first + u->rows_a_task, u->rows);
    const ptrdiff_t start = index % u->blocks_a_row * u->block, count = apus_min(u->block, u->count - start);
    for (ptrdiff_t row = first; row < last; row++)
        apus_unary_row(u->cpu, u->f, u->x + row * u->x_stride + start, u->y + row * u->y_stride + start, count);
}

void apus_unary(apus_cpu cpu, apus_pool *pool, apus_activation f, const float *x, ptrdiff_t x_stride, float *y,
                ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count) {
    if (rows < 1 || count < 1) return;
    if (x_stride == count && y_stride == count) {
        count *= rows;
        rows = 1;
    }
    const ptrdiff_t block = apus_min(count, GRAIN);
    unary u = {cpu, f, x, y, x_stride, y_stride, rows, count, block, (count + block - 1) / block, 1};
    u.rows_a_task = apus_max(1, GRAIN / count);
    const ptrdiff_t groups = (rows + u.rows_a_task - 1) / u.rows_a_task;
    apus_pool_run(pool, groups * u.blocks_a_row, unary_task, &u);
}

typedef struct {
    apus_operation operation;
    const float *a, *b;
    float *y;
    ptrdiff_t a_step, a_stride, b_step, b_stride, y_stride, rows, count, block, blocks_a_row, rows_a_task;
} binary;

static float larger(float a, float b) { return a > b || isnan(a) ? a : b; }
static float smaller(float a, float b) { return a < b || isnan(a) ? a : b; }

/// Inlined with constant steps, so that each combination becomes vector code.
static inline __attribute__((always_inline)) void binary_steps(apus_operation operation, const float *a, ptrdiff_t sa,
                                                               const float *b, ptrdiff_t sb, float *y,
                                                               ptrdiff_t count) {
#define LOOP(value) \
    for (ptrdiff_t i = 0; i < count; i++) { \
        const float p = a[i * sa], q = b[i * sb]; \
        y[i] = (value); \
    } \
    break;
    switch (operation) {
    case APUS_ADD: LOOP(p + q)
    case APUS_SUBTRACT: LOOP(p - q)
    case APUS_MULTIPLY: LOOP(p * q)
    case APUS_DIVIDE: LOOP(p / q)
    case APUS_MAXIMUM: LOOP(larger(p, q))
    case APUS_MINIMUM: LOOP(smaller(p, q))
    case APUS_POWER: LOOP(q == 2.0f ? p * p : powf(p, q))
    }
#undef LOOP
}

static void binary_row(apus_operation operation, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                       float *y, ptrdiff_t count) {
    if (a_step == 1 && b_step == 1) binary_steps(operation, a, 1, b, 1, y, count);
    else if (a_step == 1) binary_steps(operation, a, 1, b, 0, y, count);
    else if (b_step == 1) binary_steps(operation, a, 0, b, 1, y, count);
    else binary_steps(operation, a, 0, b, 0, y, count);
}

static void binary_task(void *context, ptrdiff_t index) {
    const binary *t = context;
    const ptrdiff_t first = index / t->blocks_a_row * t->rows_a_task;
    const ptrdiff_t last = apus_min(first + t->rows_a_task, t->rows);
    const ptrdiff_t start = index % t->blocks_a_row * t->block, count = apus_min(t->block, t->count - start);
    for (ptrdiff_t row = first; row < last; row++)
        binary_row(t->operation, t->a + row * t->a_stride + start * t->a_step, t->a_step,
                   t->b + row * t->b_stride + start * t->b_step, t->b_step, t->y + row * t->y_stride + start, count);
}

void apus_binary(apus_pool *pool, apus_operation operation, const float *a, ptrdiff_t a_step, ptrdiff_t a_stride,
                 const float *b, ptrdiff_t b_step, ptrdiff_t b_stride, float *y, ptrdiff_t y_stride, ptrdiff_t rows,
                 ptrdiff_t count) {
    if (rows < 1 || count < 1) return;
    const ptrdiff_t block = apus_min(count, GRAIN);
    binary t = {operation, a, b, y, a_step, a_stride, b_step, b_stride, y_stride, rows, count, block,
                (count + block - 1) / block, apus_max(1, GRAIN / count)};
    const ptrdiff_t groups = (rows + t.rows_a_task - 1) / t.rows_a_task;
    apus_pool_run(pool, groups * t.blocks_a_row, binary_task, &t);
}
