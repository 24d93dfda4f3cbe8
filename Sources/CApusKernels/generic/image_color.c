#include "image_color.h"

#include "../include/image_color.h"

void apus_map_hsv_generic(
    uint8_t *pixels, size_t count, const uint8_t hue[256], const uint8_t saturation[256], const uint8_t value[256]) {
    const uint8_t *const tables[3] = {hue, saturation, value};
    for (size_t begin = 0; begin < count; begin += APUS_COLOR_BLOCK) {
        const size_t size = count - begin < APUS_COLOR_BLOCK ? count - begin : APUS_COLOR_BLOCK;
        apus_color_block block;
        apus_split_block(pixels + 3 * begin, size, &block);
        apus_block_to_hsv(&block, size);
        apus_map_block(&block, size, tables);
        apus_block_to_rgb(&block, size);
        apus_merge_block(&block, size, pixels + 3 * begin);
    }
}

void apus_mirror_row_generic(uint8_t *row, size_t count) {
    for (size_t x = 0; x < count / 2; x++) {
        uint8_t *left = row + 3 * x, *right = row + 3 * (count - 1 - x), kept[3];
        memcpy(kept, left, 3);
        memcpy(left, right, 3);
        memcpy(right, kept, 3);
    }
}

#if !defined(__x86_64__)

void apus_map_hsv(
    uint8_t *pixels, size_t count, const uint8_t hue[256], const uint8_t saturation[256], const uint8_t value[256]) {
    apus_map_hsv_generic(pixels, count, hue, saturation, value);
}

void apus_mirror_row(uint8_t *row, size_t count) { apus_mirror_row_generic(row, count); }

#endif
