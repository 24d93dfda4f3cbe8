#include "rows.h"

#include <string.h>

#include "clones.h"
#include "fixed.h"
#include "pixel_tables.h"

static void fill_margins(size_t pixel, ptrdiff_t width, ptrdiff_t margin, uint8_t *row) {
    for (ptrdiff_t x = 1; x <= margin; x++) {
        const ptrdiff_t last = width - 1 + x, size = (ptrdiff_t)pixel;
        memcpy(row - x * size, row + apus_mirrored(-x, width) * size, pixel);
        memcpy(row + last * size, row + apus_mirrored(last, width) * size, pixel);
    }
}

void apus_load_row(
    const apus_arithmetic *arithmetic, const apus_pixels *image, ptrdiff_t y, ptrdiff_t margin, int bits,
    void *output) {
    const ptrdiff_t count = apus_row_elements(image);
    const size_t pixel = (size_t)image->channels * arithmetic->size;
    uint8_t *row = (uint8_t *)output + (size_t)margin * pixel;
    arithmetic->load((uint8_t *)image->elements + y * count * image->size, image->size, count, bits, row);
    fill_margins(pixel, image->width, margin, row);
}

void apus_store_row(
    const apus_arithmetic *arithmetic, const apus_pixels *image, ptrdiff_t y, int bits, const void *row) {
    const ptrdiff_t count = apus_row_elements(image);
    arithmetic->store(row, image->size, count, bits, (uint8_t *)image->elements + y * count * image->size);
}

// MARK: - Floats

enum { VECTOR = 16, BLOCK = 4 * VECTOR };

typedef float vector __attribute__((vector_size(4 * VECTOR), aligned(4)));

APUS_INLINE void sum_rows(
    const float *const *rows, const float *weights, int count, ptrdiff_t elements, float *output) {
    ptrdiff_t first = 0;
    for (; first + BLOCK <= elements; first += BLOCK) {
        vector a = {0}, b = {0}, c = {0}, d = {0};
        for (int t = 0; t < count; t++) {
            const vector *row = (const vector *)(rows[t] + first);
            const float weight = weights[t];
            a += weight * row[0];
            b += weight * row[1];
            c += weight * row[2];
            d += weight * row[3];
        }
        vector *sums = (vector *)(output + first);
        sums[0] = a;
        sums[1] = b;
        sums[2] = c;
        sums[3] = d;
    }
    for (; first < elements; first++) {
        float sum = 0;
        for (int t = 0; t < count; t++) sum += weights[t] * rows[t][first];
        output[first] = sum;
    }
}

APUS_LEVELS(
    sum_float_rows, sum_rows,
    (const float *const *rows, const float *weights, int count, ptrdiff_t elements, float *output),
    (rows, weights, count, elements, output))

static void load_floats(const void *elements, int size, ptrdiff_t count, int bits, void *row) {
    (void)bits;
    if (size == 1) apus_bytes_to_floats(elements, (size_t)count, 1, row);
    else memcpy(row, elements, (size_t)count * sizeof(float));
}

static void sum_floats(const void *const *rows, const void *weights, int count, ptrdiff_t elements, void *output) {
    sum_float_rows((const float *const *)rows, weights, count, elements, output);
}

static void store_floats(const void *row, int size, ptrdiff_t count, int bits, void *elements) {
    (void)bits;
    if (size == 1) apus_floats_to_bytes(row, (size_t)count, 1, elements);
    else memcpy(elements, row, (size_t)count * sizeof(float));
}

const apus_arithmetic apus_float_arithmetic = {sizeof(float), load_floats, sum_floats, store_floats};

// MARK: - Fixed-point numbers, of bytes

static void load_fixed(const void *elements, int size, ptrdiff_t count, int bits, void *row) {
    (void)size;
    apus_widen_bytes(elements, count, bits, row);
}

static void sum_fixed_rows(const void *const *rows, const void *weights, int count, ptrdiff_t elements, void *output) {
    apus_sum_fixed((const int16_t *const *)rows, weights, count, elements, output);
}

static void store_fixed(const void *row, int size, ptrdiff_t count, int bits, void *elements) {
    (void)size;
    apus_narrow_fixed(row, count, bits, elements);
}

const apus_arithmetic apus_fixed_arithmetic = {sizeof(int16_t), load_fixed, sum_fixed_rows, store_fixed};
