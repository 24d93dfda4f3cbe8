// Packs the weights of quantized convolutions. Every packed form begins with what its kernel multiplies, padded with
// zeros to whole panels of sixteen output channels.
#include <string.h>

#include "quantized.h"

typedef apus_quantized_weights weights;

static ptrdiff_t taps_of(const weights *w) { return w->kernel_height * w->kernel_width; }

static int16_t value_at(const weights *w, ptrdiff_t out, ptrdiff_t in, ptrdiff_t tap) {
    if (out >= w->out_channels || in >= w->in_channels) return 0;
    return w->values[(out * w->in_channels + in) * taps_of(w) + tap];
}

/// The largest sum that a pixel can have, by output channel: |x − zero| ≤ 255.
static int64_t largest_sum(const weights *w) {
    const ptrdiff_t count = w->in_channels * taps_of(w);
    int64_t largest = 0;
    for (ptrdiff_t out = 0; out < w->out_channels; out++) {
        int64_t sum = 0;
        for (ptrdiff_t i = 0; i < count; i++) {
            const int32_t value = w->values[out * count + i];
            sum += value < 0 ? -value : value;
        }
        largest = sum > largest ? sum : largest;
    }
    return 255 * largest;
}

static bool fits_in_a_byte(const weights *w) {
    const ptrdiff_t count = w->out_channels * w->in_channels * taps_of(w);
    for (ptrdiff_t i = 0; i < count; i++)
        if (w->values[i] < -128 || w->values[i] > 127) return false;
    return true;
}

/// Whether Winograd's form pays, and is exact: it computes 576 times the sum, modulo 2³² (see x86_64).
static bool suits_winograd(const weights *w, bool has_unit_steps) {
    return has_unit_steps && w->kernel_height == 3 && w->kernel_width == 3 && w->in_channels >= 16
        && w->out_channels >= 16 && largest_sum(w) < 1 << 25;
}

apus_quantized_form apus_quantized_best_form(apus_cpu cpu, const weights *w, bool has_unit_steps) {
#if defined(__x86_64__)
    if (cpu == APUS_GENERIC) return APUS_QUANTIZED_PLAIN;
    const bool has_vnni = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")
                       && __builtin_cpu_supports("avx512vl");
    if (cpu != APUS_AVX2 && has_vnni && fits_in_a_byte(w)) return APUS_QUANTIZED_QUADS;
    return suits_winograd(w, has_unit_steps) ? APUS_QUANTIZED_WINOGRAD : APUS_QUANTIZED_PAIRS;
#else
    (void)cpu, (void)w, (void)has_unit_steps, (void)fits_in_a_byte, (void)suits_winograd;
    return APUS_QUANTIZED_PLAIN;
#endif
}

static ptrdiff_t padded_panels(const weights *w) { return apus_panels(w->out_channels) * PANEL; }

/// 16-bit numbers in rows of `group` inputs, as the kernels take them at once.
static ptrdiff_t plain_bytes(const weights *w) { return w->out_channels * taps_of(w) * w->in_channels * 2; }
static ptrdiff_t pairs_bytes(const weights *w) {
    return padded_panels(w) * taps_of(w) * apus_round_up(w->in_channels, 2) * 2;
}
static ptrdiff_t winograd_bytes(const weights *w) {
    return padded_panels(w) * 36 * apus_round_up(w->in_channels, 16) * 2;
}
static ptrdiff_t quads_bytes(const weights *w) {
    return padded_panels(w) * (taps_of(w) * apus_round_up(w->in_channels, 4) + (ptrdiff_t)sizeof(int32_t));
}

ptrdiff_t apus_quantized_packed_bytes(apus_quantized_form form, const weights *w) {
    switch (form) {
    case APUS_QUANTIZED_PLAIN: return plain_bytes(w);
    case APUS_QUANTIZED_PAIRS: return pairs_bytes(w);
    case APUS_QUANTIZED_WINOGRAD: return winograd_bytes(w);
    case APUS_QUANTIZED_QUADS: return quads_bytes(w);
    }
}

/// `[out][tap][in]`
static void pack_plain(const weights *w, int16_t *target) {
    for (ptrdiff_t out = 0; out < w->out_channels; out++)
        for (ptrdiff_t tap = 0; tap < taps_of(w); tap++)
            for (ptrdiff_t in = 0; in < w->in_channels; in++) *target++ = value_at(w, out, in, tap);
}

/// `[panel][tap][in / 2][16][2]`
static void pack_pairs(const weights *w, int16_t *target) {
    for (ptrdiff_t first = 0; first < w->out_channels; first += PANEL)
        for (ptrdiff_t tap = 0; tap < taps_of(w); tap++)
            for (ptrdiff_t in = 0; in < w->in_channels; in += 2)
                for (ptrdiff_t out = first; out < first + PANEL; out++)
                    for (ptrdiff_t i = in; i < in + 2; i++) *target++ = value_at(w, out, i, tap);
}

/// `[panel][tap][in / 4][16][4]`, then each output channel's sum, which the zero point of the input is multiplied by.
static void pack_quads(const weights *w, int8_t *target) {
    int32_t *sums = (int32_t *)(target + padded_panels(w) * taps_of(w) * apus_round_up(w->in_channels, 4));
    for (ptrdiff_t first = 0; first < w->out_channels; first += PANEL)
        for (ptrdiff_t tap = 0; tap < taps_of(w); tap++)
            for (ptrdiff_t in = 0; in < w->in_channels; in += 4)
                for (ptrdiff_t out = first; out < first + PANEL; out++)
                    for (ptrdiff_t i = in; i < in + 4; i++) *target++ = (int8_t)value_at(w, out, i, tap);
    for (ptrdiff_t out = 0; out < padded_panels(w); out++) {
        uint32_t sum = 0;
        for (ptrdiff_t tap = 0; tap < taps_of(w); tap++)
            for (ptrdiff_t in = 0; in < w->in_channels; in++) sum += (uint32_t)(int32_t)value_at(w, out, in, tap);
        sums[out] = (int32_t)sum;
    }
}

/// Winograd's G with each row multiplied by its denominator, which the output transform divides by.
static const int32_t transform[6][3] = {{1, 0, 0}, {1, 1, 1}, {1, -1, 1}, {1, 2, 4}, {1, -2, 4}, {0, 0, 1}};

static int16_t winograd_value(const weights *w, ptrdiff_t out, ptrdiff_t in, int point) {
    int32_t sum = 0;
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++)
            sum += transform[point / 6][y] * transform[point % 6][x] * value_at(w, out, in, 3 * y + x);
    return (int16_t)sum;
}

/// `[panel][point][in / 2][16][2]`, inputs in whole sixteens.
static void pack_winograd(const weights *w, int16_t *target) {
    for (ptrdiff_t first = 0; first < w->out_channels; first += PANEL)
        for (int point = 0; point < 36; point++)
            for (ptrdiff_t in = 0; in < apus_round_up(w->in_channels, 16); in += 2)
                for (ptrdiff_t out = first; out < first + PANEL; out++)
                    for (ptrdiff_t i = in; i < in + 2; i++) *target++ = winograd_value(w, out, i, point);
}

void apus_quantized_pack(apus_quantized_form form, const weights *w, void *packed) {
    switch (form) {
    case APUS_QUANTIZED_PLAIN: pack_plain(w, packed); break;
    case APUS_QUANTIZED_PAIRS: pack_pairs(w, packed); break;
    case APUS_QUANTIZED_WINOGRAD: pack_winograd(w, packed); break;
    case APUS_QUANTIZED_QUADS: pack_quads(w, packed); break;
    }
}
