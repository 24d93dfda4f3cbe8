#include "fixed.h"

#include "clones.h"

enum { VECTOR = 32, BLOCK = 4 * VECTOR };

typedef int16_t vector __attribute__((vector_size(2 * VECTOR), aligned(2)));
typedef uint8_t bytes_vector __attribute__((vector_size(VECTOR), aligned(1)));
typedef int32_t wide __attribute__((vector_size(4 * VECTOR), aligned(4)));

/// The upper half of a product, which processors compute as one: x · weight / 2¹⁶, rounded down.
#define UPPER_PRODUCT(x, weight) __builtin_convertvector((__builtin_convertvector(x, wide) * (weight)) >> 16, vector)

APUS_INLINE void sum_fixed(
    const int16_t *const *rows, const int16_t *weights, int count, ptrdiff_t elements, int16_t *output) {
    // Rounding down loses a half for each product.
    const int16_t lost = (int16_t)(count / 2);
    ptrdiff_t first = 0;
    for (; first + BLOCK <= elements; first += BLOCK) {
        vector a = (vector){0} + lost, b = a, c = a, d = a;
        for (int t = 0; t < count; t++) {
            const vector *row = (const vector *)(rows[t] + first);
            const int32_t weight = weights[t];
            a += UPPER_PRODUCT(row[0], weight);
            b += UPPER_PRODUCT(row[1], weight);
            c += UPPER_PRODUCT(row[2], weight);
            d += UPPER_PRODUCT(row[3], weight);
        }
        vector *sums = (vector *)(output + first);
        sums[0] = a;
        sums[1] = b;
        sums[2] = c;
        sums[3] = d;
    }
    for (; first < elements; first++) {
        int sum = lost;
        for (int t = 0; t < count; t++) sum += (rows[t][first] * weights[t]) >> 16;
        output[first] = (int16_t)sum;
    }
}

APUS_LEVELS(
    apus_sum_fixed, sum_fixed,
    (const int16_t *const *rows, const int16_t *weights, int count, ptrdiff_t elements, int16_t *output),
    (rows, weights, count, elements, output))

APUS_INLINE void widen(const uint8_t *bytes, ptrdiff_t count, int shift, int16_t *output) {
    ptrdiff_t i = 0;
    for (; i + VECTOR <= count; i += VECTOR)
        *(vector *)(output + i) = __builtin_convertvector(*(const bytes_vector *)(bytes + i), vector) << (int16_t)shift;
    for (; i < count; i++) output[i] = (int16_t)(bytes[i] << shift);
}

APUS_LEVELS(
    apus_widen_bytes, widen, (const uint8_t *bytes, ptrdiff_t count, int shift, int16_t *output),
    (bytes, count, shift, output))

APUS_INLINE void narrow(const int16_t *sums, ptrdiff_t count, int shift, uint8_t *bytes) {
    const int16_t half = (int16_t)(1 << shift >> 1), most = (int16_t)(32767 - half);
    const vector halves = (vector){0} + half, limits = (vector){0} + most, none = {0}, full = none + 255;
    ptrdiff_t i = 0;
    for (; i + VECTOR <= count; i += VECTOR) {
        vector sum = *(const vector *)(sums + i);
        sum = (__builtin_elementwise_min(sum, limits) + halves) >> (int16_t)shift;
        sum = __builtin_elementwise_min(__builtin_elementwise_max(sum, none), full);
        *(bytes_vector *)(bytes + i) = __builtin_convertvector(sum, bytes_vector);
    }
    for (; i < count; i++) {
        const int sum = ((sums[i] < most ? sums[i] : most) + half) >> shift;
        bytes[i] = (uint8_t)apus_clamp_int(sum, 0, 255);
    }
}

APUS_LEVELS(
    apus_narrow_fixed, narrow, (const int16_t *sums, ptrdiff_t count, int shift, uint8_t *bytes),
    (sums, count, shift, bytes))

APUS_CLONES void apus_move_fixed(int16_t *restrict sums, const int16_t *added, const int16_t *removed, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) sums[i] = (int16_t)(sums[i] + added[i] - removed[i]);
}

static bool fits(const float *weights, const int *spans, int count, float largest, float scale, int kept) {
    float above = 0, below = 0;
    for (int t = 0; t < count; t++) {
        const float weight = weights[t], reach = spans == NULL ? weight : weight * (float)spans[t];
        if (!(weight * scale <= 32766 && weight * scale >= -32766)) return false;
        if (reach > 0) above += reach;
        else below -= reach;
    }
    const float most = 32700 / (largest * (float)(1 << kept));
    return above <= most && below <= most;
}

bool apus_fix_weights(
    const float *weights, const int *spans, int count, int bits, float largest, int16_t *fixed, int *kept) {
    for (*kept = APUS_FIXED_BITS; *kept >= APUS_FEWEST_BITS; --*kept) {
        const float scale = 65536.0f * (float)(1 << *kept) / (float)(1 << bits);
        if (!fits(weights, spans, count, largest, scale, *kept)) continue;
        for (int t = 0; t < count; t++) fixed[t] = (int16_t)__builtin_rintf(weights[t] * scale);
        return true;
    }
    return false;
}
