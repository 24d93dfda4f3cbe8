#include <math.h>
#include <string.h>

#include "clones.h"
#include "pixel_effects.h"
#include "pixel_tables.h"
#include "rows.h"
#include "workspace.h"

/// Where the elements along one axis of a zoomed image lie in the source: an index, and the weight of the next pixel.
typedef struct {
    int32_t *at;
    float *weight;
} line;

/// One axis of a centered zoom: the middle `ceil(size / factor)` pixels stretched by the factor, their middle cut out.
static void place_line(int size, double factor, int step, line to) {
    const int cut = (int)ceil(size / factor), start = (size - cut) / 2;
    const int stretched = (int)(cut * factor), trimmed = (stretched - size) / 2;
    const double scale = (double)cut / stretched;
    for (int i = 0; i < size; i++) {
        double place = (i + trimmed + 0.5) * scale - 0.5;
        if (place < 0) place = 0;
        if (place > cut - 1) place = cut - 1;
        const int index = (int)place;
        for (int c = 0; c < step; c++) {
            to.at[i * step + c] = (start + index) * step + c;
            to.weight[i * step + c] = (float)(place - index);
        }
    }
}

APUS_CLONES static void blend_bytes(
    const uint8_t *above, const uint8_t *below, float weight, ptrdiff_t count, float *restrict row) {
    for (ptrdiff_t i = 0; i < count; i++) row[i] = (float)above[i] + (float)(below[i] - above[i]) * weight;
}

APUS_CLONES static void blend_floats(
    const float *above, const float *below, float weight, ptrdiff_t count, float *restrict row) {
    for (ptrdiff_t i = 0; i < count; i++) row[i] = above[i] + (below[i] - above[i]) * weight;
}

APUS_CLONES static void add_zoomed(
    const float *row, line x, int step, ptrdiff_t first, ptrdiff_t count, float *restrict sums) {
    const int32_t *at = x.at;
    const float *weight = x.weight;
    for (ptrdiff_t i = first; i < count; i++) {
        const float left = row[at[i]], right = row[at[i] + step];
        sums[i] += left + (right - left) * weight[i];
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

/// 16 elements of a row that is not shrunk come from at most 32 that follow each other, from the first pixel's first
/// channel on: two registers instead of reads all over the row. `row` may be read 32 elements beyond the last.
__attribute__((target("avx512f"))) static ptrdiff_t add_zoomed_wide(
    const float *row, line x, int step, ptrdiff_t count, float *sums) {
    const __m512i next = _mm512_set1_epi32(step);
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const int base = x.at[i] - (int)(i % step);
        const float *source = row + base;
        const __m512i left = _mm512_sub_epi32(_mm512_loadu_si512(x.at + i), _mm512_set1_epi32(base));
        const __m512 low = _mm512_loadu_ps(source), high = _mm512_loadu_ps(source + 16);
        const __m512 a = _mm512_permutex2var_ps(low, left, high);
        const __m512 b = _mm512_permutex2var_ps(low, _mm512_add_epi32(left, next), high);
        const __m512 blend = _mm512_fmadd_ps(_mm512_sub_ps(b, a), _mm512_loadu_ps(x.weight + i), a);
        _mm512_storeu_ps(sums + i, _mm512_add_ps(_mm512_loadu_ps(sums + i), blend));
    }
    return i;
}

/// Whether blocks of 16 keep to 32 elements and to the order in which registers are indexed.
static bool is_wide(line x, int step, ptrdiff_t count) {
    if (!__builtin_cpu_supports("avx512f")) return false;
    for (ptrdiff_t i = 0; i + 16 <= count; i += 16)
        for (int k = 0; k < 16; k++) {
            const int offset = x.at[i + k] - x.at[i] + (int)(i % step);
            if (offset < 0 || offset + step > 31) return false;
        }
    return true;
}
#else
#pragma clang diagnostic ignored "-Wunused-parameter"
static bool is_wide(line x, int step, ptrdiff_t count) { return false; }
static ptrdiff_t add_zoomed_wide(const float *row, line x, int step, ptrdiff_t count, float *sums) { return 0; }
#endif

/// The zooms' lines, a copy of the source, and a row being blended and one being summed.
typedef struct {
    const apus_pixels *image;
    ptrdiff_t elements;
    void *source;
    float *blended, *sums;
    float *lines;
    ptrdiff_t stride;
} zooming;

static line line_of(const zooming *z, int zoom, bool vertical) {
    float *const start = z->lines + zoom * z->stride + (vertical ? 2 * z->elements : 0);
    return (line){(int32_t *)start, start + (vertical ? z->image->height : z->elements)};
}

static bool prepare(zooming *z, const apus_pixels *image, const double *factors, int count) {
    const ptrdiff_t elements = apus_row_elements(image), margin = image->channels + 32;
    const size_t bytes = (size_t)(elements * image->height * image->size);
    *z = (zooming){.image = image, .elements = elements, .stride = 2 * elements + 2 * image->height};
    z->source = apus_scratch(APUS_PIXEL_IMAGE, bytes);
    z->blended = apus_scratch(APUS_PIXEL_ROW, (size_t)(2 * elements + margin) * sizeof *z->blended);
    z->lines = apus_scratch(APUS_PIXEL_FIELD, (size_t)(count * z->stride) * sizeof *z->lines);
    if (z->source == NULL || z->blended == NULL || z->lines == NULL) return false;
    memcpy(z->source, image->elements, bytes);
    memset(z->blended, 0, (size_t)(elements + margin) * sizeof *z->blended);
    z->sums = z->blended + elements + margin;
    for (int i = 0; i < count; i++) {
        place_line(image->width, factors[i], image->channels, line_of(z, i, false));
        place_line(image->height, factors[i], 1, line_of(z, i, true));
    }
    return true;
}

static void add_row(const zooming *z, int zoom, ptrdiff_t row, bool wide) {
    const line x = line_of(z, zoom, false), y = line_of(z, zoom, true);
    const ptrdiff_t count = z->elements, above = y.at[row], below = above + (y.weight[row] > 0);
    if (z->image->size == 1)
        blend_bytes((uint8_t *)z->source + above * count, (uint8_t *)z->source + below * count, y.weight[row], count,
                    z->blended);
    else
        blend_floats((float *)z->source + above * count, (float *)z->source + below * count, y.weight[row], count,
                     z->blended);
    const ptrdiff_t done = wide ? add_zoomed_wide(z->blended, x, z->image->channels, count, z->sums) : 0;
    add_zoomed(z->blended, x, z->image->channels, done, count, z->sums);
}

static void store_mean(const zooming *z, ptrdiff_t row, float scale) {
    const size_t count = (size_t)z->elements;
    if (z->image->size == 1) {
        apus_floats_to_bytes(z->sums, count, scale, (uint8_t *)z->image->elements + row * z->elements);
        return;
    }
    apus_scale_floats(z->sums, count, 1, &scale, &(float){0}, 0, 1);
    memcpy((float *)z->image->elements + row * z->elements, z->sums, count * sizeof *z->sums);
}

bool apus_zoom_mean(const apus_pixels *image, const double *factors, int count) {
    zooming z;
    if (!prepare(&z, image, factors, count)) return false;
    bool wide = true;
    for (int i = 0; i < count; i++) wide = wide && is_wide(line_of(&z, i, false), image->channels, z.elements);
    for (ptrdiff_t row = 0; row < image->height; row++) {
        const apus_pixels one = {(uint8_t *)z.source + row * z.elements * image->size, image->size, image->width, 1,
                                 image->channels};
        apus_load_row(&apus_float_arithmetic, &one, 0, 0, 0, z.sums);
        for (int i = 0; i < count; i++) add_row(&z, i, row, wide);
        store_mean(&z, row, 1 / (float)(count + 1));
    }
    return true;
}
