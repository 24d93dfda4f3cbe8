// Rows resized horizontally by shuffles made once for a whole image.
#ifndef APUS_RESAMPLE_GROUPS_H
#define APUS_RESAMPLE_GROUPS_H

#include "include/image_kernels.h"

/// Sixteen neighbouring values of a resized row, each between a source byte and the one a pixel further: where two
/// loads of 16 bytes begin, the byte of theirs that each value takes, and the further byte's weight in 1/2048.
typedef struct {
    _Alignas(32) int8_t places[32];
    int16_t weights[16];
    int32_t offsets[2];
} apus_resize_group;

/// A row's groups, the last of which may begin within the one before; to be freed. NULL where the processor, the row's
/// length or the scale is not made for them.
apus_resize_group *apus_resize_groups_of(
    const apus_resize_tap *taps, int32_t width, int32_t source_width, int32_t channels);

/// What `apus_resize_row` does, for a row of `count` values.
void apus_resize_groups(
    const apus_resize_group *groups, const uint8_t *source, int32_t channels, int32_t count, int16_t *row);

#endif
