// Conversions between RGB, HSV and HLS of single numbers, from 0 to 1, hue in degrees; written without branches.
#ifndef APUS_PIXEL_SPACES_H
#define APUS_PIXEL_SPACES_H

#include "clones.h"

typedef struct {
    float first, second, third;
} apus_triple;

APUS_INLINE float apus_least(float a, float b) { return a < b ? a : b; }
APUS_INLINE float apus_most(float a, float b) { return a > b ? a : b; }

/// The hue, in degrees from 0 to 360, and 0 where red, green and blue are equal.
APUS_INLINE float apus_hue(float r, float g, float b, float most, float difference) {
    const float scale = difference > 1e-7f ? 60 / difference : 0;
    const float hue = most == r ? (g - b) * scale : most == g ? (b - r) * scale + 120 : (r - g) * scale + 240;
    const float wrapped = hue < 0 ? hue + 360 : hue;
    return difference > 1e-7f ? wrapped : 0;
}

/// Place of a component on the hexagon of hues, 0 to 6, from any hue.
APUS_INLINE float apus_sector(float sixths) { return sixths - 6 * __builtin_floorf(sixths * (1.0f / 6)); }

APUS_INLINE float apus_hsv_component(float sixths, float s, float v, float start) {
    const float k = apus_sector(sixths + start);
    return v - v * s * apus_clamp(apus_least(k, 4 - k), 0, 1);
}

APUS_INLINE apus_triple apus_rgb_of_hsv(float degrees, float s, float v) {
    const float h = degrees * (1.0f / 60);
    return (apus_triple){apus_hsv_component(h, s, v, 5), apus_hsv_component(h, s, v, 3), apus_hsv_component(h, s, v, 1)};
}

APUS_INLINE apus_triple apus_hsv_of_rgb(float r, float g, float b) {
    const float most = apus_most(r, apus_most(g, b)), least = apus_least(r, apus_least(g, b));
    const float difference = most - least;
    return (apus_triple){apus_hue(r, g, b, most, difference), difference / (most + 1e-7f), most};
}

APUS_INLINE apus_triple apus_hls_of_rgb(float r, float g, float b) {
    const float most = apus_most(r, apus_most(g, b)), least = apus_least(r, apus_least(g, b));
    const float difference = most - least, sum = most + least;
    const float s = difference / (sum < 1 ? sum : 2 - sum);
    return (apus_triple){apus_hue(r, g, b, most, difference), 0.5f * sum, difference > 1e-7f ? s : 0};
}

APUS_INLINE float apus_hls_component(float sixths, float l, float a, float start) {
    const float k = apus_sector(sixths + start);
    return l - a * apus_clamp(apus_least(k, 4 - k) * 2 - 1, -1, 1);
}

APUS_INLINE apus_triple apus_rgb_of_hls(float degrees, float l, float s) {
    const float h = degrees * (1.0f / 60), a = s * apus_least(l, 1 - l);
    return (apus_triple){apus_hls_component(h, l, a, 5), apus_hls_component(h, l, a, 3), apus_hls_component(h, l, a, 1)};
}

#endif
