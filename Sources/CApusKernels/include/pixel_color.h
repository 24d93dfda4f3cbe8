// Colour: spaces, mixes of channels, statistics. Bytes are interleaved RGB; the numbers are those of OpenCV's 8-bit
// conversions, in which hue takes 0 to 179.

#ifndef APUS_PIXEL_COLOR_H
#define APUS_PIXEL_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// RGB to HLS, the lightness replaced by its entry in `lightness`, and back.
void apus_map_hls(uint8_t *rgb, size_t pixels, const uint8_t lightness[256]);

/// RGB to HLS, the lightness of each pixel replaced where `replaced` is not 0 by `lightness`, and back.
void apus_replace_lightness(uint8_t *rgb, size_t pixels, const uint8_t *replaced, const uint8_t *lightness);

/// Snow in OpenCV's HSV of RGB bytes: values times `gain`, then `layer` on all three components, tinted by `tint`.
void apus_snow_hsv(uint8_t *rgb, size_t pixels, const float *layer, float gain, float tint);

/// Turns the hue of RGB floats from 0 to 1.
void apus_turn_hue_floats(float *rgb, size_t pixels, float degrees);

/// Grey by the weights of BT.601, as OpenCV rounds.
void apus_grey_bytes(const uint8_t *rgb, size_t pixels, uint8_t *grey);
void apus_grey_floats(const float *rgb, size_t pixels, float *grey);

/// The sum of the grey values that `apus_grey_bytes` gives.
uint64_t apus_grey_sum(const uint8_t *rgb, size_t pixels);

typedef enum {
    /// Half of the largest plus the smallest channel.
    APUS_GREY_DESATURATION = 0,
    APUS_GREY_AVERAGE = 1,
    APUS_GREY_MAXIMUM = 2,
} apus_grey_method;

/// Grey from any number of channels; bytes are cut.
void apus_reduce_bytes(const uint8_t *bytes, size_t pixels, int channels, apus_grey_method method, uint8_t *grey);
void apus_reduce_floats(const float *values, size_t pixels, int channels, apus_grey_method method, float *grey);

/// Every channel moved from the pixel's grey: `share · x + (1 - share) · grey`, rounded and clamped.
void apus_saturate_bytes(uint8_t *rgb, size_t pixels, float share);
void apus_saturate_floats(float *rgb, size_t pixels, float share);

/// Each pixel p becomes M p + offset: `matrix` is row-major channels × channels. At most 64 channels.
void apus_mix_bytes(uint8_t *bytes, size_t pixels, int channels, const float *matrix, const float *offset);
void apus_mix_floats(float *values, size_t pixels, int channels, const float *matrix, const float *offset);

/// The same for RGB bytes and a matrix of numbers from 0, the sum of each row below 4, in 16-bit numbers: faster.
void apus_mix_positive_bytes(uint8_t *rgb, size_t pixels, const float matrix[9]);

/// `share` of each element and `1 - share` of another's; bytes rounded, halves up.
void apus_blend_bytes(uint8_t *bytes, const uint8_t *others, size_t count, float share);
void apus_blend_floats(float *values, const float *others, size_t count, float share);

/// The sums of the channels and, row-major, of the products of each two. At most 64 channels.
void apus_moments_bytes(const uint8_t *bytes, size_t pixels, int channels, double *sums, double *products);
void apus_moments_floats(const float *values, size_t pixels, int channels, double *sums, double *products);

/// A camera sensor's noise: hue moved by `hue[i]` degrees, lightness l by `lightness[i] · (1 - l)`; RGB bytes, or floats
/// from 0 to 1.
void apus_sensor_noise_bytes(uint8_t *rgb, size_t pixels, const float *hue, const float *lightness);
void apus_sensor_noise_floats(float *rgb, size_t pixels, const float *hue, const float *lightness);

/// The standard deviation of the lightness of HLS, from 0 to 1.
double apus_lightness_deviation_bytes(const uint8_t *rgb, size_t pixels);
double apus_lightness_deviation_floats(const float *rgb, size_t pixels);

#ifdef __cplusplus
}
#endif

#endif
