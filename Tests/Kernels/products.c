// Products of matrices of few rows, some of them shared among pairs.
#include "check.h"

static void check(apus_cpu cpu) {
    const ptrdiff_t pairs = draw(1, 5), rows = draw(1, 4), inner = draw(0, 40), columns = draw(1, 150);
    float *a = noise(2 * rows * inner), *b = noise(pairs * inner * columns), *y = filled(pairs * rows * columns, -77);
    ptrdiff_t first[5], second[5];
    for (ptrdiff_t i = 0; i < pairs; i++) first[i] = i % 2, second[i] = pairs - 1 - i;
    const apus_row_products p = {pairs, rows, inner, columns, first, second, a, b, y};
    apus_multiply_rows(cpu, NULL, &p);
    for (ptrdiff_t place = 0; place < pairs * rows * columns; place++) {
        const ptrdiff_t pair = place / (rows * columns), row = place / columns % rows, column = place % columns;
        double sum = 0;
        for (ptrdiff_t i = 0; i < inner; i++)
            sum += (double)a[(first[pair] * rows + row) * inner + i]
                 * (double)b[(second[pair] * inner + i) * columns + column];
        expect_close("products of rows", place, (double)y[place], sum, 2e-5);
    }
    free(a), free(b), free(y);
}

void check_products(void) {
    apus_cpu sets[3];
    const int count = kernel_sets(sets);
    for (int set = 0; set < count; set++)
        for (int round = 0; round < 60; round++) check(sets[set]);
}
