#ifndef APUS_IMAGE_COLOR_H
#define APUS_IMAGE_COLOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Replaces hue (0…179), saturation and value of `count` RGB pixels by their entries in three tables of 256 bytes.
///
/// Colours are converted as OpenCV's RGB2HSV and HSV2RGB convert whole vectors of bytes: to HSV rounded, back to RGB
/// cut to whole numbers. A pixel's result does not depend on its place.
void apus_map_hsv(
    uint8_t *pixels, size_t count, const uint8_t hue[256], const uint8_t saturation[256], const uint8_t value[256]);
void apus_map_hsv_generic(
    uint8_t *pixels, size_t count, const uint8_t hue[256], const uint8_t saturation[256], const uint8_t value[256]);

/// Mirrors a row of `count` RGB pixels where it lies.
void apus_mirror_row(uint8_t *row, size_t count);
void apus_mirror_row_generic(uint8_t *row, size_t count);

#ifdef __cplusplus
}
#endif

#endif
