#include <math.h>
#include <string.h>

#include "clones.h"
#include "pixel_effects.h"
#include "pixel_noise.h"
#include "workspace.h"

/// Scaled so that the smallest number becomes 0 and the largest 1.
APUS_CLONES static void normalize(float *values, size_t count) {
    float least = values[0], most = values[0];
    for (size_t i = 0; i < count; i++) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }
    const float scale = most > least ? 1 / (most - least) : 0;
    for (size_t i = 0; i < count; i++) values[i] = apus_clamp((values[i] - least) * scale, 0, 1);
}

/// A point between others: their mean and noise, or nothing where the mean is not above 0.
APUS_INLINE float between(float sum, float noise) { return sum > 0 ? 0.25f * sum + noise : 0; }

/// Every second point from `first` on, between the rows above and below and its neighbours in the row.
APUS_CLONES static void fill_cross(
    float *row, const float *above, const float *below, const float *noise, int first, int side) {
    for (int x = first; x < side; x += 2) {
        const float left = x > 0 ? row[x - 1] : 0, right = x + 1 < side ? row[x + 1] : 0;
        row[x] = between(left + right + above[x] + below[x], noise[x]);
    }
}

APUS_CLONES static void fill_diagonal(float *row, const float *above, const float *below, const float *noise, int side) {
    for (int x = 1; x < side; x += 2)
        row[x] = between(above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1], noise[x]);
}

/// A grid of twice the resolution out of `coarse`: `fine` has `side` rows, `zeros` at least as many elements.
static void refine(const float *coarse, float *fine, const float *noise, int side, const float *zeros) {
    const int half = side / 2 + 1;
    for (int y = 0; y < side; y += 2)
        for (int x = 0; x < half; x++)
            fine[y * side + 2 * x] = coarse[y / 2 * half + x] + noise[y * side + 2 * x];
    for (int y = 1; y < side; y += 2) {
        float *row = fine + y * side;
        fill_diagonal(row, row - side, row + side, noise + y * side, side);
    }
    for (int y = 0; y < side; y++) {
        float *row = fine + y * side;
        const float *above = y > 0 ? row - side : zeros, *below = y + 1 < side ? row + side : zeros;
        fill_cross(row, above, below, noise + y * side, y % 2 == 0 ? 1 : 0, side);
    }
}

/// Crops the grid in place and normalizes what is left.
static void finish(const float *grid, int side, int width, int height, float *pattern) {
    for (int y = 0; y < height; y++)
        memcpy(pattern + (ptrdiff_t)y * width, grid + (ptrdiff_t)y * side, (size_t)width * sizeof *pattern);
    normalize(pattern, (size_t)width * (size_t)height);
}

bool apus_plasma(uint64_t key, int width, int height, float roughness, float *pattern) {
    const int longer = width > height ? width : height;
    int last = 3;
    while (last < longer) last = 2 * last - 1;
    const size_t points = (size_t)last * (size_t)last;
    float *buffer = apus_scratch(APUS_PIXEL_IMAGE, (3 * points + (size_t)last) * sizeof *buffer);
    if (buffer == NULL) return false;
    float *coarse = buffer, *fine = buffer + points, *noise = fine + points, *zeros = noise + points;
    memset(zeros, 0, (size_t)last * sizeof *zeros);
    size_t drawn = 9;
    apus_noise_fill(&(apus_noise){APUS_NOISE_UNIFORM, -1, 1, key}, 0, drawn, coarse);
    float scale = 1;
    for (int side = 5; side <= last; side = 2 * side - 1, scale *= roughness) {
        const size_t count = (size_t)side * (size_t)side;
        apus_noise_fill(&(apus_noise){APUS_NOISE_UNIFORM, -scale, scale, key}, drawn, count, noise);
        drawn += count;
        refine(coarse, fine, noise, side, zeros);
        normalize(fine, count);
        float *const swapped = coarse;
        coarse = fine;
        fine = swapped;
    }
    finish(coarse, last, width, height, pattern);
    return true;
}
