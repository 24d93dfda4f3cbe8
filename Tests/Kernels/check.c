#include "check.h"

long checks, failures;

ptrdiff_t draw(ptrdiff_t low, ptrdiff_t high) {
    static uint64_t state = 0x9E3779B97F4A7C15;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return low + (ptrdiff_t)((state >> 33) % (uint64_t)(high - low + 1));
}

// What `Storage` leaves behind its last element.
enum { ROOM = 64 };

float *filled(ptrdiff_t count, float value) {
    float *x = malloc((size_t)count * sizeof *x + ROOM);
    if (x == NULL) abort();
    for (ptrdiff_t i = 0; i < count; i++) x[i] = value;
    return x;
}

float *noise(ptrdiff_t count) {
    float *x = filled(count, 0);
    for (ptrdiff_t i = 0; i < count; i++) x[i] = (float)draw(-1000, 1000) / 1000;
    return x;
}

void expect_close(const char *what, ptrdiff_t index, double found, double expected, double tolerance) {
    checks++;
    if (found == expected || (isnan(found) && isnan(expected))) return;
    if (fabs(found - expected) <= tolerance * fmax(1, fabs(expected))) return;
    if (failures++ < 20) printf("%s: element %td is %.9g, expected %.9g\n", what, index, found, expected);
}

void expect_that(const char *what, bool holds) {
    checks++;
    if (!holds && failures++ < 20) printf("%s\n", what);
}

int kernel_sets(apus_cpu sets[3]) {
    int count = 0;
    for (int set = APUS_GENERIC; set <= (int)apus_best_cpu(); set++) sets[count++] = (apus_cpu)set;
    return count;
}
