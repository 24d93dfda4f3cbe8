#include <string.h>

#include "clones.h"
#include "rows.h"
#include "workspace.h"

APUS_CLONES static void replace_row(
    uint16_t *restrict sums, const uint8_t *restrict added, const uint8_t *restrict removed, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) sums[i] = (uint16_t)(sums[i] + added[i] - removed[i]);
}

APUS_CLONES static void add_row(uint16_t *restrict sums, const uint8_t *restrict added, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) sums[i] = (uint16_t)(sums[i] + added[i]);
}

enum { BLOCK = 128 };

/// Sums of `side` neighbours in `sums`, divided by how many pixels they are, rounded.
APUS_CLONES static void finish_row(
    const uint16_t *restrict sums, int side, int channels, ptrdiff_t count, uint8_t *restrict output) {
    // A sum's quotient is the upper half of its product with the reciprocal, in 16 bits.
    const uint32_t area = (uint32_t)(side * side), reciprocal = (65535 + area) / area, half = area / 2;
    for (ptrdiff_t first = 0; first < count; first += BLOCK) {
        const int width = (int)(count - first < BLOCK ? count - first : BLOCK);
        uint16_t totals[BLOCK] = {0};
        for (int k = 0; k < side; k++) {
            const uint16_t *restrict part = sums + first + k * channels;
            for (int i = 0; i < BLOCK; i++) totals[i] = (uint16_t)(totals[i] + part[i]);
        }
        for (int i = 0; i < width; i++) output[first + i] = (uint8_t)((uint16_t)(((totals[i] + half) * reciprocal) >> 16));
    }
}

static void mirror_margins(uint16_t *sums, ptrdiff_t reach, ptrdiff_t width, ptrdiff_t channels) {
    uint16_t *row = sums + reach * channels;
    for (ptrdiff_t x = 1; x <= reach; x++) {
        for (ptrdiff_t c = 0; c < channels; c++) {
            row[-x * channels + c] = row[apus_mirrored(-x, width) * channels + c];
            row[(width - 1 + x) * channels + c] = row[apus_mirrored(width - 1 + x, width) * channels + c];
        }
    }
}

bool apus_box_bytes(const apus_pixels *image, int side) {
    const ptrdiff_t reach = side / 2, count = apus_row_elements(image), rows = side + 1, height = image->height;
    const ptrdiff_t margin = reach * image->channels, sums_size = count + 2 * margin + BLOCK;
    uint8_t *ring = apus_scratch(APUS_PIXEL_RING, (size_t)(rows * count));
    uint16_t *sums = apus_scratch(APUS_PIXEL_ROW, (size_t)sums_size * sizeof *sums);
    if (ring == NULL || sums == NULL) return false;
    memset(sums, 0, (size_t)sums_size * sizeof *sums);
    uint8_t *bytes = image->elements;
    ptrdiff_t loaded = 0;
    for (ptrdiff_t y = 0; y < height; y++) {
        for (; loaded <= y + reach && loaded < height; loaded++)
            memcpy(ring + loaded % rows * count, bytes + loaded * count, (size_t)count);
#define ROW(y) (ring + apus_mirrored(y, height) % rows * count)
        if (y > 0) replace_row(sums + margin, ROW(y + reach), ROW(y - 1 - reach), count);
        else for (ptrdiff_t k = -reach; k <= reach; k++) add_row(sums + margin, ROW(k), count);
#undef ROW
        mirror_margins(sums, reach, image->width, image->channels);
        finish_row(sums, side, image->channels, count, bytes + y * count);
    }
    return true;
}
