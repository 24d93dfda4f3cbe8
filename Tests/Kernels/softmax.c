// Softmax along the last axis and along an inner one, and its logarithm.
#include "check.h"

static void check(apus_cpu cpu, bool logarithm) {
    const ptrdiff_t outer = draw(1, 4), count = draw(1, 40), inner = draw(0, 1) ? 1 : draw(2, 300);
    float *x = noise(outer * count * inner), *y = filled(outer * count * inner, -77);
    for (ptrdiff_t i = 0; i < outer * count * inner; i++) x[i] *= 30;
    apus_softmax(cpu, NULL, x, y, outer, count, inner, logarithm);
    for (ptrdiff_t place = 0; place < outer * inner; place++) {
        const ptrdiff_t start = place / inner * count * inner + place % inner;
        double best = -INFINITY, sum = 0;
        for (ptrdiff_t i = 0; i < count; i++) best = fmax(best, (double)x[start + i * inner]);
        for (ptrdiff_t i = 0; i < count; i++) sum += exp((double)x[start + i * inner] - best);
        for (ptrdiff_t i = 0; i < count; i++) {
            const double shifted = (double)x[start + i * inner] - best;
            const double expected = logarithm ? shifted - log(sum) : exp(shifted) / sum;
            expect_close("softmax", i, (double)y[start + i * inner], expected, 2e-5);
        }
    }
    free(x), free(y);
}

void check_softmax(void) {
    apus_cpu sets[3];
    const int count = kernel_sets(sets);
    for (int set = 0; set < count; set++)
        for (int round = 0; round < 40; round++) check(sets[set], round % 2);
}
