// Tables, histograms and conversions of interleaved pixels.

#ifndef APUS_PIXEL_TABLES_H
#define APUS_PIXEL_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Replaces each byte by its entry.
void apus_map_bytes(uint8_t *bytes, size_t count, const uint8_t table[256]);

/// Replaces each byte by its entry in its channel's table; `tables` holds 256 bytes a channel.
void apus_map_channels(uint8_t *bytes, size_t pixels, int channels, const uint8_t *tables);

/// Counts the values of each channel: 256 counts a channel.
void apus_count_bytes(const uint8_t *bytes, size_t pixels, int channels, uint32_t *counts);

/// `floats[i] = bytes[i] · scale`.
void apus_bytes_to_floats(const uint8_t *bytes, size_t count, float scale, float *floats);

/// `bytes[i] = floats[i] · scale`, rounded, halves to even, and clamped.
void apus_floats_to_bytes(const float *floats, size_t count, float scale, uint8_t *bytes);

/// `output[i] = (bytes[i] - mean[c]) · scale[c]` for the channel `c` of element `i`.
void apus_standardize_bytes(
    const uint8_t *bytes, size_t pixels, int channels, const float *mean, const float *scale, float *output);

/// `values[i] = clamp(values[i] · scale[c] + offset[c], low, high)` for the channel `c` of element `i`.
void apus_scale_floats(
    float *values, size_t pixels, int channels, const float *scale, const float *offset, float low, float high);

/// Moves channel `order[c]` to channel `c` of every pixel; an element has `size` bytes, 1 or 4. False where no memory
/// was left.
bool apus_order_channels(void *elements, int size, size_t pixels, int channels, const int32_t *order);

/// `output[c] = grey` for each of `channels`; an element has `size` bytes, 1 or 4.
void apus_repeat_channel(const void *grey, int size, size_t pixels, int channels, void *output);

#ifdef __cplusplus
}
#endif

#endif
