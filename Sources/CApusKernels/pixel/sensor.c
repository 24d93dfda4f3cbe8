#include "pixel_color.h"

#include <math.h>

#include "clones.h"
#include "planes.h"
#include "spaces.h"

APUS_INLINE apus_triple disturb(float r, float g, float b, float hue, float lightness) {
    const apus_triple p = apus_hls_of_rgb(r, g, b);
    const float l = apus_clamp(p.second + lightness * (1 - p.second), 0, 1);
    return apus_rgb_of_hls(p.first + hue, l, p.third);
}

APUS_CLONES static void disturb_planes(
    apus_planes *planes, size_t count, const float *restrict hue, const float *restrict lightness) {
    uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const float unit = 1.0f / 255;
        const apus_triple p =
            disturb((float)r[i] * unit, (float)g[i] * unit, (float)b[i] * unit, hue[i], lightness[i]);
        r[i] = apus_round_byte(p.first * 255);
        g[i] = apus_round_byte(p.second * 255);
        b[i] = apus_round_byte(p.third * 255);
    }
}

void apus_sensor_noise_bytes(uint8_t *rgb, size_t pixels, const float *hue, const float *lightness) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        disturb_planes(&planes, count, hue + first, lightness + first);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

APUS_CLONES void apus_sensor_noise_floats(float *rgb, size_t pixels, const float *hue, const float *lightness) {
    for (size_t i = 0; i < pixels; i++) {
        float *pixel = rgb + 3 * i;
        const apus_triple p = disturb(pixel[0], pixel[1], pixel[2], hue[i], lightness[i]);
        pixel[0] = apus_clamp(p.first, 0, 1);
        pixel[1] = apus_clamp(p.second, 0, 1);
        pixel[2] = apus_clamp(p.third, 0, 1);
    }
}

static double deviation(double sum, double squares, size_t pixels) {
    const double mean = sum / (double)pixels, variance = squares / (double)pixels - mean * mean;
    return variance > 0 ? sqrt(variance) : 0;
}

/// Sums of twice the lightness, and of its square.
APUS_CLONES static void lightness_sums(const apus_planes *planes, size_t count, uint32_t *sum, uint32_t *squares) {
    const uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    uint32_t total = 0, square = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t most = r[i] > g[i] ? (r[i] > b[i] ? r[i] : b[i]) : (g[i] > b[i] ? g[i] : b[i]);
        const uint32_t least = r[i] < g[i] ? (r[i] < b[i] ? r[i] : b[i]) : (g[i] < b[i] ? g[i] : b[i]);
        total += most + least;
        square += (most + least) * (most + least);
    }
    *sum = total;
    *squares = square;
}

double apus_lightness_deviation_bytes(const uint8_t *rgb, size_t pixels) {
    apus_planes planes;
    double sum = 0, squares = 0;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        uint32_t part, square;
        apus_split_rgb(rgb + 3 * first, count, &planes);
        lightness_sums(&planes, count, &part, &square);
        sum += part;
        squares += square;
    }
    return deviation(sum, squares, pixels) / 510;
}

double apus_lightness_deviation_floats(const float *rgb, size_t pixels) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < pixels; i++) {
        const float *p = rgb + 3 * i;
        const float l = 0.5f * (apus_most(p[0], apus_most(p[1], p[2])) + apus_least(p[0], apus_least(p[1], p[2])));
        sum += l;
        squares += (double)l * l;
    }
    return deviation(sum, squares, pixels);
}
