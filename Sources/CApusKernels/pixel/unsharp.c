#include <math.h>
#include <string.h>

#include "clones.h"
#include "pixel_tables.h"
#include "rows.h"
#include "workspace.h"

APUS_CLONES static void mark(const float *values, const float *blurred, size_t count, float limit, float *restrict mask) {
    for (size_t i = 0; i < count; i++) mask[i] = fabsf(values[i] - blurred[i]) > limit ? 1 : 0;
}

/// The sharpened values, into those that the blurred ones held.
APUS_CLONES static void sharpen(
    const float *values, const float *mask, size_t count, float alpha, float most, float *restrict blurred) {
    for (size_t i = 0; i < count; i++) {
        const float value = values[i], sharp = apus_clamp(value + alpha * (value - blurred[i]), 0, most);
        blurred[i] = apus_clamp(sharp * mask[i] + value * (1 - mask[i]), 0, most);
    }
}

static void run(
    const apus_pixels *image, float *values, const float *weights, int count, float alpha, float threshold) {
    const size_t total = (size_t)apus_row_elements(image) * (size_t)image->height;
    float *blurred = values + total, *mask = blurred + total;
    const float most = image->size == 1 ? 255 : 1;
    memcpy(blurred, values, total * sizeof *values);
    apus_pixels plane = {blurred, sizeof(float), image->width, image->height, image->channels};
    if (!apus_blend_separable(&plane, weights, count, weights, count)) return;
    mark(values, blurred, total, threshold * most, mask);
    plane.elements = mask;
    if (!apus_blend_separable(&plane, weights, count, weights, count)) return;
    sharpen(values, mask, total, alpha, most, blurred);
    if (image->size == 1) apus_floats_to_bytes(blurred, total, 1, image->elements);
    else memcpy(image->elements, blurred, total * sizeof *blurred);
}

bool apus_unsharp(const apus_pixels *image, const float *weights, int count, float alpha, float threshold) {
    const size_t total = (size_t)apus_row_elements(image) * (size_t)image->height;
    float *values = apus_scratch(APUS_PIXEL_IMAGE, 3 * total * sizeof *values);
    if (values == NULL) return false;
    if (image->size == 1) apus_bytes_to_floats(image->elements, total, 1, values);
    else memcpy(values, image->elements, total * sizeof *values);
    run(image, values, weights, count, alpha, threshold);
    return true;
}
