// Weather, light, lenses: what is drawn on images, and fields of factors over them.

#ifndef APUS_PIXEL_EFFECTS_H
#define APUS_PIXEL_EFFECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pixel_filter.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A filled circle with the pixels of OpenCV's; the center may lie outside the plane.
typedef struct {
    int32_t x;
    int32_t y;
    int32_t radius;
} apus_spot;

/// Adds 1 to every pixel of a plane that a spot covers, at most to 255, for each spot.
void apus_count_spots(uint8_t *plane, int width, int height, const apus_spot *spots, size_t count);

/// Sets every pixel of a plane that a spot covers.
void apus_stamp_spot(uint8_t *plane, int width, int height, const apus_spot *spot, uint8_t value);

/// `bytes[i] = tables[plane[pixel]][channel][bytes[i]]`: 256 bytes for each value of the plane and channel.
void apus_map_by_plane(uint8_t *bytes, size_t pixels, int channels, const uint8_t *plane, const uint8_t *tables);

/// `bytes[i] = min(bytes[i] + layer[…], 255)`; the layer has as many channels, or one.
void apus_add_layer(uint8_t *bytes, size_t pixels, int channels, const uint8_t *layer, bool is_grey);

/// Every channel of a pixel times its factor, clamped; bytes are rounded, or else cut.
void apus_multiply_plane_bytes(uint8_t *bytes, size_t pixels, int channels, const float *factors, bool rounds);
void apus_multiply_plane_floats(float *values, size_t pixels, int channels, const float *factors);

/// x becomes `x · (1 - covers · share) + share · color[c]` for a pixel's `share`, clamped to 0 … `most`.
void apus_tint_bytes(uint8_t *rgb, size_t pixels, const float *shares, float covers, const float color[3]);
void apus_tint_floats(float *rgb, size_t pixels, const float *shares, float covers, const float color[3]);

/// Brightness and contrast that follow a pattern from 0 to 1, in floats from 0 to 1: first every channel gets
/// `brightness · pattern`, then it moves from the mean of all by `contrast · pattern`.
void apus_pattern_contrast(
    float *values, size_t pixels, int channels, const float *pattern, float brightness, float contrast);

/// Bends one channel of bytes as a lens does: each pixel is looked up where its distance from the middle, in fractions of
/// the sides, is longer by `primary` times its square and `secondary` times its fourth power; bilinear.
bool apus_bend_channel(const apus_pixels *image, int channel, float primary, float secondary);

/// A fractal pattern from 0 to 1 by the diamond-square method, noise growing by `roughness` a step.
bool apus_plasma(uint64_t key, int width, int height, float roughness, float *pattern);

/// Shifts every pixel but those of a margin, `iterations` times, with one near it: `exact` one after another, else all
/// at once. Distances are below `reach`.
bool apus_scatter(const apus_pixels *image, uint64_t key, int reach, int iterations, bool exact);

/// The same by given distances: dy, dx for each pixel and iteration.
bool apus_scatter_by(const apus_pixels *image, const int8_t *moves, int reach, int iterations, bool exact);

/// The mean of the image and of `count` centered zooms of it by `factors`, from 1; bilinear. Bytes are rounded.
bool apus_zoom_mean(const apus_pixels *image, const double *factors, int count);

/// Labels by simple linear iterative clustering, at most 32,767 of them, as Albumentations iterates.
/// - Returns: how many labels there may be, 0 where no memory was left
int apus_superpixels(const apus_pixels *image, int segments, float compactness, int iterations, int32_t *labels);

/// Replaces the pixels of each label, from 1, whose `replaced[(label's rank) % count]` is not 0 by their mean.
bool apus_average_superpixels(
    const apus_pixels *image, const int32_t *labels, int most, const uint8_t *replaced, int count);

#ifdef __cplusplus
}
#endif

#endif
