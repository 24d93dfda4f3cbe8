// Interleaved RGB bytes to three planes and back.
#ifndef APUS_PIXEL_PLANES_H
#define APUS_PIXEL_PLANES_H

#include <stddef.h>
#include <stdint.h>

enum {
    /// Pixels that color kernels take at once, so that their planes stay in the first cache.
    APUS_PLANE = 1024,
};

/// Up to `APUS_PLANE` pixels by channel.
typedef struct {
    _Alignas(64) uint8_t channel[3][APUS_PLANE];
} apus_planes;

/// Up to `APUS_PLANE` pixels by channel.
typedef struct {
    _Alignas(64) float channel[3][APUS_PLANE];
} apus_float_planes;

void apus_split_rgb(const uint8_t *rgb, size_t count, apus_planes *planes);
void apus_join_rgb(const apus_planes *planes, size_t count, uint8_t *rgb);

/// 16 interleaved pixels, each channel moved, or one repeated: byte `order[c]` of a pixel to byte `c`.
void apus_order_rgb(uint8_t *rgb, size_t count, const int order[3]);
void apus_repeat_rgb(const uint8_t *grey, size_t count, uint8_t *rgb);

static inline size_t apus_plane_part(size_t first, size_t count) {
    return count - first < APUS_PLANE ? count - first : APUS_PLANE;
}

#endif
