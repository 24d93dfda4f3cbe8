#include "pixel_color.h"

#include <math.h>
#include <string.h>

#include "clones.h"
#include "pixel_tables.h"
#include "planes.h"
#include "spaces.h"

/// RGB planes to HSV planes with OpenCV's integers: reciprocals of 12 fractional bits.
APUS_CLONES static void hsv_of_planes(apus_planes *planes, size_t count) {
    uint8_t *first = planes->channel[0], *second = planes->channel[1], *third = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const int r = first[i], g = second[i], b = third[i];
        const int most = r > g ? (r > b ? r : b) : (g > b ? g : b), least = r < g ? (r < b ? r : b) : (g < b ? g : b);
        const int difference = most - least;
        const int by_value = (int)__builtin_rintf(most == 0 ? 0 : 1044480.0f / (float)most);
        const int by_difference = (int)__builtin_rintf(difference == 0 ? 0 : 122880.0f / (float)difference);
        const int turn = most == r ? g - b : most == g ? b - r + 2 * difference : r - g + 4 * difference;
        const int hue = (turn * by_difference + 2048) >> 12;
        first[i] = (uint8_t)(hue < 0 ? hue + 180 : hue);
        second[i] = (uint8_t)((difference * by_value + 2048) >> 12);
        third[i] = (uint8_t)most;
    }
}

/// OpenCV cuts here, and rounds everywhere else.
APUS_CLONES static void rgb_of_hsv_planes(apus_planes *planes, size_t count) {
    uint8_t *first = planes->channel[0], *second = planes->channel[1], *third = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const apus_triple p =
            apus_rgb_of_hsv((float)first[i] * 2, (float)second[i] * (1.0f / 255), (float)third[i]);
        first[i] = apus_cut_byte(p.first);
        second[i] = apus_cut_byte(p.second);
        third[i] = apus_cut_byte(p.third);
    }
}

APUS_CLONES static void hls_of_planes(apus_planes *planes, size_t count) {
    uint8_t *first = planes->channel[0], *second = planes->channel[1], *third = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const float unit = 1.0f / 255;
        const apus_triple p =
            apus_hls_of_rgb((float)first[i] * unit, (float)second[i] * unit, (float)third[i] * unit);
        first[i] = apus_round_byte(p.first * 0.5f);
        second[i] = apus_round_byte(p.second * 255);
        third[i] = apus_round_byte(p.third * 255);
    }
}

APUS_CLONES static void rgb_of_hls_planes(apus_planes *planes, size_t count) {
    uint8_t *first = planes->channel[0], *second = planes->channel[1], *third = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const float unit = 1.0f / 255;
        const apus_triple p = apus_rgb_of_hls((float)first[i] * 2, (float)second[i] * unit, (float)third[i] * unit);
        first[i] = apus_round_byte(p.first * 255);
        second[i] = apus_round_byte(p.second * 255);
        third[i] = apus_round_byte(p.third * 255);
    }
}

void apus_map_hls(uint8_t *rgb, size_t pixels, const uint8_t lightness[256]) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        hls_of_planes(&planes, count);
        apus_map_bytes(planes.channel[1], count, lightness);
        rgb_of_hls_planes(&planes, count);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

void apus_replace_lightness(uint8_t *rgb, size_t pixels, const uint8_t *replaced, const uint8_t *lightness) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        hls_of_planes(&planes, count);
        uint8_t *l = planes.channel[1];
        for (size_t i = 0; i < count; i++) l[i] = replaced[first + i] ? lightness[first + i] : l[i];
        rgb_of_hls_planes(&planes, count);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

APUS_CLONES static void snow_planes(apus_planes *planes, size_t count, const float *layer, float gain, float tint) {
    uint8_t *h = planes->channel[0], *s = planes->channel[1], *v = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const float value = apus_clamp((float)v[i] * gain, 0, 255);
        h[i] = apus_cut_byte(0.85f * ((float)h[i] + layer[i]) + 0.6f * tint);
        s[i] = apus_cut_byte(0.85f * ((float)s[i] + layer[i]) + 0.75f * tint);
        v[i] = apus_cut_byte(0.85f * (value + layer[i]) + tint);
    }
}

void apus_snow_hsv(uint8_t *rgb, size_t pixels, const float *layer, float gain, float tint) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        hsv_of_planes(&planes, count);
        snow_planes(&planes, count, layer + first, gain, tint);
        rgb_of_hsv_planes(&planes, count);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

APUS_CLONES void apus_turn_hue_floats(float *rgb, size_t pixels, float degrees) {
    for (size_t i = 0; i < pixels; i++) {
        float *pixel = rgb + 3 * i;
        const apus_triple p = apus_hsv_of_rgb(pixel[0], pixel[1], pixel[2]);
        const apus_triple q = apus_rgb_of_hsv(p.first + degrees, p.second, p.third);
        pixel[0] = q.first;
        pixel[1] = q.second;
        pixel[2] = q.third;
    }
}

APUS_INLINE int grey_of(int r, int g, int b) { return (r * 9798 + g * 19235 + b * 3735 + 16384) >> 15; }

/// A byte times `weight / 65536`, in 1/256.
APUS_INLINE uint16_t weighted(uint8_t x, uint32_t weight) { return (uint16_t)(((uint32_t)x << 8) * weight >> 16); }

APUS_CLONES static void grey_of_planes(const apus_planes *planes, size_t count, uint8_t *restrict grey) {
    const uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const uint16_t sum = weighted(r[i], 19595) + weighted(g[i], 38470) + weighted(b[i], 7471);
        grey[i] = (uint8_t)((uint16_t)(sum + 129) >> 8);
    }
}

void apus_grey_bytes(const uint8_t *rgb, size_t pixels, uint8_t *grey) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        grey_of_planes(&planes, count, grey + first);
    }
}

APUS_CLONES void apus_grey_floats(const float *rgb, size_t pixels, float *grey) {
    for (size_t i = 0; i < pixels; i++)
        grey[i] = rgb[3 * i] * 0.299f + rgb[3 * i + 1] * 0.587f + rgb[3 * i + 2] * 0.114f;
}

APUS_CLONES static uint32_t sum_of(const uint8_t *bytes, size_t count) {
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += bytes[i];
    return sum;
}

uint64_t apus_grey_sum(const uint8_t *rgb, size_t pixels) {
    uint8_t grey[APUS_PLANE];
    uint64_t sum = 0;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_grey_bytes(rgb + 3 * first, count, grey);
        sum += sum_of(grey, count);
    }
    return sum;
}

#define REDUCE(type, sum_type)                                                                                         \
    for (size_t i = 0; i < pixels; i++, values += channels) {                                                          \
        type most = values[0], least = values[0];                                                                      \
        sum_type sum = values[0];                                                                                      \
        for (int c = 1; c < channels; c++) {                                                                           \
            most = values[c] > most ? values[c] : most;                                                                \
            least = values[c] < least ? values[c] : least;                                                             \
            sum += values[c];                                                                                          \
        }                                                                                                              \
        grey[i] = method == APUS_GREY_MAXIMUM ? most                                                                   \
                : method == APUS_GREY_AVERAGE ? (type)(sum / (sum_type)channels)                                       \
                                              : (type)(((sum_type)most + (sum_type)least) / 2);                        \
    }

void apus_reduce_bytes(const uint8_t *values, size_t pixels, int channels, apus_grey_method method, uint8_t *grey) {
    REDUCE(uint8_t, int)
}

void apus_reduce_floats(const float *values, size_t pixels, int channels, apus_grey_method method, float *grey) {
    REDUCE(float, float)
}

APUS_CLONES static void saturate_planes(apus_planes *planes, size_t count, float share) {
    uint8_t *r = planes->channel[0], *g = planes->channel[1], *b = planes->channel[2];
    for (size_t i = 0; i < count; i++) {
        const float grey = (1 - share) * (float)grey_of(r[i], g[i], b[i]);
        r[i] = apus_round_byte(share * (float)r[i] + grey);
        g[i] = apus_round_byte(share * (float)g[i] + grey);
        b[i] = apus_round_byte(share * (float)b[i] + grey);
    }
}

void apus_saturate_bytes(uint8_t *rgb, size_t pixels, float share) {
    apus_planes planes;
    for (size_t first = 0; first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_split_rgb(rgb + 3 * first, count, &planes);
        saturate_planes(&planes, count, share);
        apus_join_rgb(&planes, count, rgb + 3 * first);
    }
}

APUS_CLONES void apus_saturate_floats(float *rgb, size_t pixels, float share) {
    for (size_t i = 0; i < pixels; i++) {
        float *p = rgb + 3 * i;
        const float grey = (1 - share) * (p[0] * 0.299f + p[1] * 0.587f + p[2] * 0.114f);
        for (int c = 0; c < 3; c++) p[c] = apus_clamp(share * p[c] + grey, 0, 1);
    }
}
