// Kernels on 8-bit images: the form for this processor gives the bytes of the readable one, which resizes evenly.
#include "../../Sources/CApusKernels/include/image_color.h"
#include "../../Sources/CApusKernels/include/image_kernels.h"
#include "check.h"

enum { LARGEST = 80 };

static void check_resizing(int channels) {
    const int in = (int)draw(1, LARGEST), out = (int)draw(1, LARGEST);
    apus_resize_tap taps[LARGEST];
    apus_resize_taps(in, out, taps);
    uint8_t *source = malloc((size_t)(in * channels)), bytes[2][4 * LARGEST];
    int16_t rows[2][4 * LARGEST], other[4 * LARGEST];
    if (source == NULL) abort();
    for (int i = 0; i < in * channels; i++) source[i] = (uint8_t)draw(0, 255);
    apus_resize_row(source, in, channels, taps, out, rows[0]);
    apus_resize_row_generic(source, in, channels, taps, out, rows[1]);
    for (int i = 0; i < out * channels; i++) {
        const double fraction = (double)taps[i / channels].second_weight / 2048;
        const double expected = source[taps[i / channels].first * channels + i % channels] * (1 - fraction)
                              + source[taps[i / channels].second * channels + i % channels] * fraction;
        expect_close("resized row", i, rows[1][i] / 128.0, expected, 0.02);
        expect_close("resized row, fast", i, rows[0][i], rows[1][i], 0);
        other[i] = (int16_t)draw(0, 255 * 128);
    }
    apus_resize_blend(rows[1], other, 700, 1348, out * channels, bytes[0]);
    apus_resize_blend_generic(rows[1], other, 700, 1348, out * channels, bytes[1]);
    for (int i = 0; i < out * channels; i++) {
        const double expected = (rows[1][i] * 700 + other[i] * 1348) / 2048.0 / 128;
        expect_that("blended rows differ by more than the rounding", fabs(bytes[1][i] - expected) <= 1);
        expect_close("blended rows, fast", i, bytes[0][i], bytes[1][i], 0);
    }
    free(source);
}

static void check_normalization(void) {
    const size_t count = (size_t)draw(1, LARGEST);
    const int order[3] = {2, 0, 1};
    const float scale[3] = {0.01f, 0.02f, 0.03f}, offset[3] = {-1, 0, 1};
    uint8_t *pixels = malloc(3 * count);
    float *planes = filled((ptrdiff_t)(3 * count), -77);
    if (pixels == NULL) abort();
    for (size_t i = 0; i < 3 * count; i++) pixels[i] = (uint8_t)draw(0, 255);
    apus_normalize_planes(pixels, count, order, scale, offset, planes);
    for (size_t i = 0; i < 3 * count; i++) {
        const size_t plane = i / count;
        const double x = pixels[3 * (i % count) + (size_t)order[plane]];
        const double expected = x * (double)scale[plane] + (double)offset[plane];
        expect_close("normalized", (ptrdiff_t)i, (double)planes[i], expected, 1e-5);
    }
    free(pixels), free(planes);
}

static void fill(uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)draw(0, 255);
}

static void check_colours(void) {
    const size_t count = (size_t)draw(0, 600);
    uint8_t *pixels = malloc(3 * count + 1), *others = malloc(3 * count + 1), tables[3][256];
    if (pixels == NULL || others == NULL) abort();
    fill(pixels, 3 * count + 1);
    for (int c = 0; c < 3; c++) fill(tables[c], 256);
    memcpy(others, pixels, 3 * count + 1);
    apus_map_hsv(pixels, count, tables[0], tables[1], tables[2]);
    apus_map_hsv_generic(others, count, tables[0], tables[1], tables[2]);
    expect_that("mapped colours, fast", memcmp(pixels, others, 3 * count + 1) == 0);
    apus_mirror_row(pixels, count);
    apus_mirror_row_generic(others, count);
    expect_that("mirrored row, fast", memcmp(pixels, others, 3 * count + 1) == 0);
    free(pixels), free(others);
}

void check_images(void) {
    for (int round = 0; round < 40; round++) {
        for (int channels = 1; channels <= 4; channels++)
            if (channels != 2) check_resizing(channels);
        check_normalization();
        check_colours();
    }
}
