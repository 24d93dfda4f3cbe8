#include "pixel_tables.h"

#include <string.h>

#include "clones.h"
#include "planes.h"
#include "workspace.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512_VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi")))

/// A table in four registers.
typedef struct {
    __m512i part[4];
} wide_table;

AVX512_VBMI static inline wide_table load_table(const uint8_t *table) {
    wide_table wide;
    for (int i = 0; i < 4; i++) wide.part[i] = _mm512_loadu_si512(table + 64 * i);
    return wide;
}

AVX512_VBMI static inline __m512i look_up(wide_table t, __m512i x) {
    const __m512i low = _mm512_permutex2var_epi8(t.part[0], x, t.part[1]);
    const __m512i high = _mm512_permutex2var_epi8(t.part[2], x, t.part[3]);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(x), low, high);
}

AVX512_VBMI static size_t map_wide(uint8_t *bytes, size_t count, const uint8_t *table) {
    const wide_table wide = load_table(table);
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        _mm512_storeu_si512(bytes + i, look_up(wide, _mm512_loadu_si512(bytes + i)));
    return i;
}

/// Which of 64 elements, the first of channel `start`, are of `channel`, of three.
static uint64_t channel_mask(int start, int channel) {
    uint64_t mask = 0;
    for (int i = 0; i < 64; i++) mask |= (uint64_t)((start + i) % 3 == channel) << i;
    return mask;
}

AVX512_VBMI static size_t map_three_wide(uint8_t *bytes, size_t count, const uint8_t *tables) {
    const wide_table red = load_table(tables), green = load_table(tables + 256), blue = load_table(tables + 512);
    size_t i = 0;
    for (; i + 192 <= count; i += 192) {
        for (int part = 0; part < 3; part++) {
            const __m512i x = _mm512_loadu_si512(bytes + i + 64 * part);
            __m512i y = _mm512_mask_blend_epi8(channel_mask(part, 1), look_up(red, x), look_up(green, x));
            y = _mm512_mask_blend_epi8(channel_mask(part, 2), y, look_up(blue, x));
            _mm512_storeu_si512(bytes + i + 64 * part, y);
        }
    }
    return i;
}

static int has_wide_tables(void) { return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw"); }
#else
static int has_wide_tables(void) { return 0; }
#pragma clang diagnostic ignored "-Wunused-parameter"
static size_t map_wide(uint8_t *bytes, size_t count, const uint8_t *table) { return 0; }
static size_t map_three_wide(uint8_t *bytes, size_t count, const uint8_t *tables) { return 0; }
#endif

void apus_map_bytes(uint8_t *bytes, size_t count, const uint8_t table[256]) {
    size_t i = has_wide_tables() ? map_wide(bytes, count, table) : 0;
    for (; i < count; i++) bytes[i] = table[bytes[i]];
}

void apus_map_channels(uint8_t *bytes, size_t pixels, int channels, const uint8_t *tables) {
    if (channels == 1) {
        apus_map_bytes(bytes, pixels, tables);
        return;
    }
    size_t i = channels == 3 && has_wide_tables() ? map_three_wide(bytes, 3 * pixels, tables) : 0;
    for (i /= (size_t)channels; i < pixels; i++) {
        uint8_t *pixel = bytes + i * (size_t)channels;
        for (int c = 0; c < channels; c++) pixel[c] = tables[256 * c + pixel[c]];
    }
}

void apus_count_bytes(const uint8_t *bytes, size_t pixels, int channels, uint32_t *counts) {
    memset(counts, 0, 256 * (size_t)channels * sizeof *counts);
    // Two histograms, so that equal neighbours do not wait for each other.
    uint32_t other[256];
    for (int c = 0; c < channels; c++) {
        const uint8_t *value = bytes + c;
        uint32_t *count = counts + 256 * c;
        memset(other, 0, sizeof other);
        size_t i = 0;
        for (; i + 2 <= pixels; i += 2, value += 2 * channels) {
            count[value[0]]++;
            other[value[channels]]++;
        }
        if (i < pixels) count[value[0]]++;
        for (int v = 0; v < 256; v++) count[v] += other[v];
    }
}

APUS_CLONES void apus_bytes_to_floats(const uint8_t *bytes, size_t count, float scale, float *floats) {
    for (size_t i = 0; i < count; i++) floats[i] = (float)bytes[i] * scale;
}

APUS_CLONES void apus_floats_to_bytes(const float *floats, size_t count, float scale, uint8_t *bytes) {
    for (size_t i = 0; i < count; i++) bytes[i] = apus_round_byte(floats[i] * scale);
}

enum {
    /// Pixels whose elements are worked on at once, with factors repeated for each.
    GROUP = 16,
    MOST_GROUPED = 16,
};

static void repeat(const float *values, int channels, float *repeated) {
    for (int i = 0; i < GROUP * channels; i++) repeated[i] = values[i % channels];
}

APUS_CLONES static void standardize(
    const uint8_t *bytes, size_t groups, int width, const float *mean, const float *scale, float *restrict output) {
    for (size_t g = 0; g < groups; g++, bytes += width, output += width)
        for (int i = 0; i < width; i++) output[i] = ((float)bytes[i] - mean[i]) * scale[i];
}

void apus_standardize_bytes(
    const uint8_t *bytes, size_t pixels, int channels, const float *mean, const float *scale, float *output) {
    size_t done = 0;
    if (channels <= MOST_GROUPED) {
        float means[GROUP * MOST_GROUPED], scales[GROUP * MOST_GROUPED];
        repeat(mean, channels, means);
        repeat(scale, channels, scales);
        standardize(bytes, pixels / GROUP, GROUP * channels, means, scales, output);
        done = pixels / GROUP * GROUP * (size_t)channels;
    }
    for (; done < pixels * (size_t)channels; done += (size_t)channels)
        standardize(bytes + done, 1, channels, mean, scale, output + done);
}

APUS_CLONES static void scale_groups(
    float *restrict values, size_t groups, int width, const float *scale, const float *offset, float low, float high) {
    for (size_t g = 0; g < groups; g++, values += width)
        for (int i = 0; i < width; i++) values[i] = apus_clamp(values[i] * scale[i] + offset[i], low, high);
}

void apus_scale_floats(
    float *values, size_t pixels, int channels, const float *scale, const float *offset, float low, float high) {
    size_t done = 0;
    if (channels <= MOST_GROUPED) {
        float scales[GROUP * MOST_GROUPED], offsets[GROUP * MOST_GROUPED];
        repeat(scale, channels, scales);
        repeat(offset, channels, offsets);
        scale_groups(values, pixels / GROUP, GROUP * channels, scales, offsets, low, high);
        done = pixels / GROUP * GROUP * (size_t)channels;
    }
    for (; done < pixels * (size_t)channels; done += (size_t)channels)
        scale_groups(values + done, 1, channels, scale, offset, low, high);
}

bool apus_order_channels(void *elements, int size, size_t pixels, int channels, const int32_t *order) {
    if (size == 1 && channels == 3) {
        apus_order_rgb(elements, pixels, order);
        return true;
    }
    uint8_t *pixel = elements;
    const size_t step = (size_t)size * (size_t)channels;
    uint8_t *copy = apus_scratch(APUS_PIXEL_ROW, step);
    if (copy == NULL) return false;
    for (size_t i = 0; i < pixels; i++, pixel += step) {
        memcpy(copy, pixel, step);
        for (int c = 0; c < channels; c++) memcpy(pixel + c * size, copy + order[c] * size, (size_t)size);
    }
    return true;
}

static void repeat_bytes(const uint8_t *grey, size_t pixels, int channels, uint8_t *output) {
    if (channels == 3) {
        apus_repeat_rgb(grey, pixels, output);
        return;
    }
    for (size_t i = 0; i < pixels; i++, output += channels) memset(output, grey[i], (size_t)channels);
}

void apus_repeat_channel(const void *grey, int size, size_t pixels, int channels, void *output) {
    if (size == 1) {
        repeat_bytes(grey, pixels, channels, output);
        return;
    }
    const float *from = grey;
    float *to = output;
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < channels; c++) *to++ = from[i];
}
