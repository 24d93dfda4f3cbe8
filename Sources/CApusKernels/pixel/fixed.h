// Weighted sums of rows of 16-bit fixed-point numbers: twice as many in a vector as floats, and half the bytes to load.
#ifndef APUS_PIXEL_FIXED_H
#define APUS_PIXEL_FIXED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// `output[i] = Σ weights[t] · rows[t][i] / 2¹⁶`, each rounded, half of them up; no partial sum may leave 16 bits.
void apus_sum_fixed(
    const int16_t *const *rows, const int16_t *weights, int count, ptrdiff_t elements, int16_t *output);

/// `output[i] = bytes[i] · 2^shift`.
void apus_widen_bytes(const uint8_t *bytes, ptrdiff_t count, int shift, int16_t *output);

/// `bytes[i] = round(sums[i] / 2^shift)`, clamped.
void apus_narrow_fixed(const int16_t *sums, ptrdiff_t count, int shift, uint8_t *bytes);

enum {
    /// Fractional bits of a byte's value in a row.
    APUS_FIXED_BITS = 7,
    /// As few fractional bits as sums may keep.
    APUS_FEWEST_BITS = 4,
};

/// Finds how many fractional bits sums by `weights` of rows with `bits` can keep, and the weights for that; false where
/// they would be fewer than `APUS_FEWEST_BITS`. Row `t` holds at most `largest · spans[t]`; NULL for 1 each.
bool apus_fix_weights(
    const float *weights, const int *spans, int count, int bits, float largest, int16_t *fixed, int *kept);

/// `sums[i] += added[i] - removed[i]`.
void apus_move_fixed(int16_t *sums, const int16_t *added, const int16_t *removed, ptrdiff_t count);

#endif
