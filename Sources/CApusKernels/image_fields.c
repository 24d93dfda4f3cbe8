// Plain loops over rows, which the compiler turns into vectors of the width that the processor has.
#include "include/image_fields.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "pixel/clones.h"

enum { BLOCK = 64 };

APUS_CLONES
void apus_field_inverse_distance(const apus_control *controls, int32_t count, float *x, float *y, int32_t width,
                                 int32_t height) {
    for (int32_t row = 0; row < height; row++) {
        for (int32_t first = 0; first < width; first += BLOCK) {
            const int32_t size = width - first < BLOCK ? width - first : BLOCK;
            float sum[BLOCK] = {0}, sum_x[BLOCK] = {0}, sum_y[BLOCK] = {0};
            for (int32_t c = 0; c < count; c++) {
                const float dy = (float)row - controls[c].y, square = dy * dy, from = (float)first - controls[c].x;
                for (int32_t i = 0; i < BLOCK; i++) {
                    const float dx = from + (float)i, weight = 1 / (dx * dx + square + 1e-8f);
                    sum[i] += weight;
                    sum_x[i] += weight * controls[c].target_x;
                    sum_y[i] += weight * controls[c].target_y;
                }
            }
            for (int32_t i = 0; i < size; i++) {
                x[(ptrdiff_t)row * width + first + i] = sum_x[i] / sum[i];
                y[(ptrdiff_t)row * width + first + i] = sum_y[i] / sum[i];
            }
        }
    }
}

/// The natural logarithm of a positive normal number, to a few units in the last place.
static inline __attribute__((always_inline)) float logarithm(float value) {
    union {
        float f;
        int32_t i;
    } bits = {value};
    // The mantissa from sqrt(1/2) to sqrt(2), so that the series is short.
    const int32_t shifted = bits.i - 0x3f3504f3;
    const float exponent = (float)(shifted >> 23);
    bits.i = (shifted & 0x007fffff) + 0x3f3504f3;
    const float z = (bits.f - 1) / (bits.f + 1), square = z * z;
    const float series = 2 + square * (0.6666666667f + square * (0.4f + square * (0.2857142857f + square * 0.2222222f)));
    return z * series + exponent * 0.69314718056f;
}

APUS_CLONES
void apus_field_spline(const apus_control *controls, int32_t count, const float affine[6], float *x, float *y,
                       int32_t width, int32_t height) {
    for (int32_t row = 0; row < height; row++) {
        const float v = (float)row / (float)height;
        for (int32_t first = 0; first < width; first += BLOCK) {
            const int32_t size = width - first < BLOCK ? width - first : BLOCK;
            float sum_x[BLOCK], sum_y[BLOCK], u[BLOCK];
            for (int32_t i = 0; i < BLOCK; i++) {
                u[i] = (float)(first + i) / (float)width;
                sum_x[i] = affine[0] + affine[1] * u[i] + affine[2] * v;
                sum_y[i] = affine[3] + affine[4] * u[i] + affine[5] * v;
            }
            for (int32_t c = 0; c < count; c++) {
                const float dy = v - controls[c].y, square = dy * dy;
                for (int32_t i = 0; i < BLOCK; i++) {
                    const float dx = u[i] - controls[c].x, d = dx * dx + square, k = d * logarithm(d + 1e-6f);
                    sum_x[i] += k * controls[c].target_x;
                    sum_y[i] += k * controls[c].target_y;
                }
            }
            for (int32_t i = 0; i < size; i++) {
                x[(ptrdiff_t)row * width + first + i] = sum_x[i] * (float)width;
                y[(ptrdiff_t)row * width + first + i] = sum_y[i] * (float)height;
            }
        }
    }
}

// MARK: - Smoothing

static inline int32_t within(int32_t index, int32_t count) { return index < 0 ? 0 : index >= count ? count - 1 : index; }

APUS_CLONES
static void smooth_columns(const float *from, float *to, int32_t width, int32_t height, const float *taps,
                           int32_t radius) {
    for (int32_t row = 0; row < height; row++) {
        float *out = to + (ptrdiff_t)row * width;
        memset(out, 0, (size_t)width * sizeof(float));
        for (int32_t tap = -radius; tap <= radius; tap++) {
            const float *in = from + (ptrdiff_t)within(row + tap, height) * width, weight = taps[tap + radius];
            for (int32_t i = 0; i < width; i++) out[i] += weight * in[i];
        }
    }
}

APUS_CLONES
static void smooth_row(const float *padded, float *out, int32_t width, const float *taps, int32_t radius) {
    memset(out, 0, (size_t)width * sizeof(float));
    for (int32_t tap = 0; tap <= 2 * radius; tap++)
        for (int32_t i = 0; i < width; i++) out[i] += taps[tap] * padded[i + tap];
}

static void pad_row(const float *row, float *padded, int32_t width, int32_t before, int32_t after) {
    for (int32_t i = 0; i < before; i++) padded[i] = row[0];
    memcpy(padded + before, row, (size_t)width * sizeof(float));
    for (int32_t i = 0; i < after; i++) padded[before + width + i] = row[width - 1];
}

bool apus_smooth_plane(float *plane, int32_t width, int32_t height, float sigma, int32_t radius) {
    const size_t count = (size_t)width * (size_t)height, taps = 2 * (size_t)radius + 1;
    float *room = malloc((count + taps + (size_t)width + taps) * sizeof(float));
    if (room == NULL) return false;
    float *weights = room + count, *padded = weights + taps, sum = 0;
    for (int32_t i = -radius; i <= radius; i++)
        sum += weights[i + radius] = expf(-(float)i * (float)i / (2 * sigma * sigma));
    for (size_t i = 0; i < taps; i++) weights[i] /= sum;
    smooth_columns(plane, room, width, height, weights, radius);
    for (int32_t row = 0; row < height; row++) {
        pad_row(room + (ptrdiff_t)row * width, padded, width, radius, radius);
        smooth_row(padded, plane + (ptrdiff_t)row * width, width, weights, radius);
    }
    free(room);
    return true;
}

/// A box of `2 · radius + 1` pixels across rows: sums that gain one row and lose one.
APUS_CLONES
static void box_columns(const float *from, float *to, double *sums, int32_t width, int32_t height, int32_t radius) {
    const double scale = 1.0 / (2 * radius + 1);
    for (int32_t i = 0; i < width; i++) sums[i] = 0;
    for (int32_t row = -radius; row <= radius; row++) {
        const float *in = from + (ptrdiff_t)within(row, height) * width;
        for (int32_t i = 0; i < width; i++) sums[i] += (double)in[i];
    }
    for (int32_t row = 0; row < height; row++) {
        const float *next = from + (ptrdiff_t)within(row + radius + 1, height) * width;
        const float *last = from + (ptrdiff_t)within(row - radius, height) * width;
        float *out = to + (ptrdiff_t)row * width;
        for (int32_t i = 0; i < width; i++) {
            out[i] = (float)(sums[i] * scale);
            sums[i] += (double)next[i] - (double)last[i];
        }
    }
}

static void transpose_plane(const float *from, float *to, int32_t width, int32_t height) {
    enum { TILE = 16 };
    for (int32_t y0 = 0; y0 < height; y0 += TILE)
        for (int32_t x0 = 0; x0 < width; x0 += TILE)
            for (int32_t y = y0; y < height && y < y0 + TILE; y++)
                for (int32_t x = x0; x < width && x < x0 + TILE; x++)
                    to[(ptrdiff_t)x * height + y] = from[(ptrdiff_t)y * width + x];
}

/// Three boxes whose variances add up to a Gaussian's. Wells, *Efficient Synthesis of Gaussian Filters by Cascaded
/// Uniform Filters*, 1986.
static void three_boxes(float *plane, float *room, double *sums, int32_t width, int32_t height, float sigma) {
    const double ideal = sqrt(4.0 * (double)sigma * (double)sigma + 1);
    const int32_t low = (int32_t)((ideal - 1) / 2), side = 2 * low + 1;
    const double rest = 12.0 * (double)sigma * (double)sigma - 3.0 * side * side - 12.0 * side - 9;
    const int32_t small = (int32_t)lrint(rest / (-4.0 * side - 4));
    for (int32_t pass = 0; pass < 3; pass++) {
        box_columns(plane, room, sums, width, height, pass < small ? low : low + 1);
        memcpy(plane, room, (size_t)width * (size_t)height * sizeof(float));
    }
}

bool apus_smooth_plane_widely(float *plane, int32_t width, int32_t height, float sigma) {
    const size_t count = (size_t)width * (size_t)height;
    const size_t longest = (size_t)(width > height ? width : height);
    double *sums = malloc(longest * sizeof(double) + 2 * count * sizeof(float));
    if (sums == NULL) return false;
    float *room = (float *)(sums + longest), *turned = room + count;
    three_boxes(plane, room, sums, width, height, sigma);
    transpose_plane(plane, turned, width, height);
    three_boxes(turned, room, sums, height, width, sigma);
    transpose_plane(turned, plane, height, width);
    free(sums);
    return true;
}

// MARK: - Boxes and points

bool apus_field_hull(const float *x, const float *y, int32_t width, int32_t height, const float box[4],
                     int32_t hull[4]) {
    const float left = box[0] - 0.5f, top = box[1] - 0.5f, right = box[2] - 0.5f, bottom = box[3] - 0.5f;
    int32_t low = width, high = -1, first = height, last = -1;
    for (int32_t row = 0; row < height; row++) {
        const float *px = x + (ptrdiff_t)row * width, *py = y + (ptrdiff_t)row * width;
        int32_t from = 0, to = width - 1;
#define OUTSIDE(i) (!(px[i] >= left && px[i] < right && py[i] >= top && py[i] < bottom))
        while (from < width && OUTSIDE(from)) from++;
        if (from == width) continue;
        while (OUTSIDE(to)) to--;
#undef OUTSIDE
        low = from < low ? from : low;
        high = to > high ? to : high;
        first = row < first ? row : first;
        last = row;
    }
    hull[0] = low;
    hull[1] = first;
    hull[2] = high + 1;
    hull[3] = last + 1;
    return high >= 0;
}

int32_t apus_field_nearest(const float *x, const float *y, int32_t width, const int32_t columns[2],
                           const int32_t rows[2], int32_t step, float at_x, float at_y) {
    float best = FLT_MAX;
    int32_t place = rows[0] * width + columns[0];
    for (int32_t row = rows[0]; row < rows[1]; row += step) {
        for (int32_t column = columns[0]; column < columns[1]; column += step) {
            const ptrdiff_t i = (ptrdiff_t)row * width + column;
            const float dx = x[i] - at_x, dy = y[i] - at_y, distance = dx * dx + dy * dy;
            if (distance < best) {
                best = distance;
                place = (int32_t)i;
            }
        }
    }
    return place;
}
