#include "internal.h"

typedef struct {
    const apus_kernels *kernels;
    const apus_row_products *products;
    ptrdiff_t blocks;
} row_job;

// Columns that one task takes.
enum { COLUMNS = 2048 };

static void row_task(void *context, ptrdiff_t index) {
    const row_job *job = context;
    const apus_row_products *p = job->products;
    const ptrdiff_t first = index % job->blocks * COLUMNS, line = index / job->blocks, pair = line / p->rows;
    const float *factors = p->a + (p->a_index[pair] * p->rows + line % p->rows) * p->inner;
    job->kernels->sum_rows(factors, p->b + p->b_index[pair] * p->inner * p->columns + first, p->inner, p->columns,
                           p->y + line * p->columns + first, apus_min(COLUMNS, p->columns - first));
}

void apus_multiply_rows(apus_cpu cpu, apus_pool *pool, const apus_row_products *products) {
    row_job job = {apus_kernels_of(cpu), products, apus_divide_up(products->columns, COLUMNS)};
    apus_pool_run(pool, products->pairs * products->rows * job.blocks, row_task, &job);
}
