// Two rows of pixels into one of half their length.

#ifndef APUS_HALVING_H
#define APUS_HALVING_H

#include <stdint.h>

/// `target` (`width` pixels) has the rounded means of two by two pixels of two rows.
void apus_halve_rows(const uint8_t *upper, const uint8_t *lower, int32_t width, int32_t channels, uint8_t *target);

#endif
