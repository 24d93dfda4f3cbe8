#include <string.h>

#include "clones.h"
#include "pixel_effects.h"
#include "planes.h"

APUS_CLONES static void multiply_planes(apus_planes *planes, size_t count, const float *factors, float half) {
    for (int c = 0; c < 3; c++) {
        uint8_t *plane = planes->channel[c];
        for (size_t i = 0; i < count; i++) plane[i] = apus_cut_byte((float)plane[i] * factors[i] + half);
    }
}

void apus_multiply_plane_bytes(uint8_t *bytes, size_t pixels, int channels, const float *factors, bool rounds) {
    const float half = rounds ? 0.5f : 0;
    if (channels != 3) {
        for (size_t i = 0; i < pixels * (size_t)channels; i++)
            bytes[i] = apus_cut_byte((float)bytes[i] * factors[i / (size_t)channels] + half);
        return;
    }
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(bytes + 3 * first, count, &planes);
        multiply_planes(&planes, count, factors + first, half);
        apus_join_rgb(&planes, count, bytes + 3 * first);
    }
}

void apus_multiply_plane_floats(float *values, size_t pixels, int channels, const float *factors) {
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < channels; c++, values++) *values = apus_clamp(*values * factors[i], 0, 1);
}

APUS_CLONES static void tint_planes(
    apus_planes *planes, size_t count, const float *shares, float covers, const float *color) {
    for (int c = 0; c < 3; c++) {
        uint8_t *plane = planes->channel[c];
        const float full = color[c] * 255;
        for (size_t i = 0; i < count; i++)
            plane[i] = apus_round_byte((float)plane[i] * (1 - covers * shares[i]) + shares[i] * full);
    }
}

void apus_tint_bytes(uint8_t *rgb, size_t pixels, const float *shares, float covers, const float color[3]) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        tint_planes(&planes, count, shares + first, covers, color);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

void apus_tint_floats(float *rgb, size_t pixels, const float *shares, float covers, const float color[3]) {
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < 3; c++, rgb++) *rgb = apus_clamp(*rgb * (1 - covers * shares[i]) + shares[i] * color[c], 0, 1);
}

APUS_CLONES static double brighten(float *values, size_t pixels, int channels, const float *pattern, float brightness) {
    double sum = 0;
    for (size_t i = 0; i < pixels; i++) {
        const float added = apus_clamp(pattern[i] * brightness, 0, 1);
        float all = 0;
        for (int c = 0; c < channels; c++, values++) all += *values = apus_clamp(*values + added, 0, 1);
        sum += all;
    }
    return sum;
}

APUS_CLONES static void stretch(
    float *values, size_t pixels, int channels, const float *pattern, float contrast, float mean) {
    for (size_t i = 0; i < pixels; i++) {
        const float more = apus_clamp(pattern[i] * contrast, 0, 1), moved = mean * more;
        for (int c = 0; c < channels; c++, values++)
            *values = apus_clamp(apus_clamp(*values * (1 + more), 0, 1) - moved, 0, 1);
    }
}

void apus_pattern_contrast(
    float *values, size_t pixels, int channels, const float *pattern, float brightness, float contrast) {
    const double sum = brighten(values, pixels, channels, pattern, brightness);
    if (contrast != 0)
        stretch(values, pixels, channels, pattern, contrast, (float)(sum / ((double)pixels * channels)));
}
