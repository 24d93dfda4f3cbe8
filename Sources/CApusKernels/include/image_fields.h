// Fields of places that warps sample at, and what they do to boxes and points. A field is two planes, `width` ×
// `height` floats each: for each output pixel the place in the input, in pixel indices.

#ifndef APUS_IMAGE_FIELDS_H
#define APUS_IMAGE_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A control point and what belongs to it.
typedef struct {
    float x, y;
    float target_x, target_y;
} apus_control;

/// Each place is the mean of the controls' targets, weighted by the inverse square of the pixel's distance.
void apus_field_inverse_distance(
    const apus_control *controls, int32_t count, float *x, float *y, int32_t width, int32_t height);

/// A spline: `affine` (x: constant, of x, of y; then y) and each control's targets times d·ln(d + 1e-6), d the squared
/// distance. Everything in fractions of the sides, which `x` and `y` are multiplied by in the end.
void apus_field_spline(
    const apus_control *controls, int32_t count, const float affine[6], float *x, float *y, int32_t width,
    int32_t height);

/// Smoothed in place by a Gaussian of `radius` taps on each side, edges repeated. False where no memory was left.
bool apus_smooth_plane(float *plane, int32_t width, int32_t height, float sigma, int32_t radius);

/// About the same for a large `sigma` in a time that does not depend on it: three boxes.
bool apus_smooth_plane_widely(float *plane, int32_t width, int32_t height, float sigma);

/// The smallest rectangle (left, top, right, bottom) around the pixels that come from inside `box`, told in places.
/// False where there is none.
bool apus_field_hull(
    const float *x, const float *y, int32_t width, int32_t height, const float box[4], int32_t hull[4]);

/// The pixel whose place is nearest to a point, among every `step`th of the columns and rows given.
int32_t apus_field_nearest(
    const float *x, const float *y, int32_t width, const int32_t columns[2], const int32_t rows[2], int32_t step,
    float at_x, float at_y);

#ifdef __cplusplus
}
#endif

#endif
