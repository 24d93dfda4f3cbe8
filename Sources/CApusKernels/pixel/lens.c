#include "clones.h"
#include "pixel_effects.h"
#include "workspace.h"

/// Fractional bits of a place, as OpenCV's remap has them.
enum { PLACE_BITS = 5, ONE = 1 << PLACE_BITS };

/// Where the pixels of one row lie in the source, bent away from the middle by the distance's square and fourth power.
APUS_CLONES static void place_row(
    int width, double v, double primary, double secondary, int height, int32_t *restrict x, int32_t *restrict y) {
    for (int i = 0; i < width; i++) {
        const double u = (i - 0.5 * width) / width, square = u * u + v * v;
        const double factor = 1 + (secondary * square + primary) * square;
        const float column = (float)(u * factor * width + 0.5 * width), row = (float)(v * factor * height + 0.5 * height);
        x[i] = (int32_t)__builtin_rintf(apus_clamp(column, -1, (float)width) * ONE);
        y[i] = (int32_t)__builtin_rintf(apus_clamp(row, -1, (float)height) * ONE);
    }
}

static uint8_t sample(const uint8_t *plane, int width, int height, int x, int y) {
    const int left = apus_clamp_int(x >> PLACE_BITS, 0, width - 1), top = apus_clamp_int(y >> PLACE_BITS, 0, height - 1);
    const int right = apus_clamp_int((x >> PLACE_BITS) + 1, 0, width - 1);
    const int bottom = apus_clamp_int((y >> PLACE_BITS) + 1, 0, height - 1);
    const int across = x & (ONE - 1), down = y & (ONE - 1);
    const uint8_t *above = plane + (ptrdiff_t)top * width, *below = plane + (ptrdiff_t)bottom * width;
    const int upper = above[left] * (ONE - across) + above[right] * across;
    const int lower = below[left] * (ONE - across) + below[right] * across;
    return (uint8_t)((upper * (ONE - down) + lower * down + ONE * ONE / 2) >> (2 * PLACE_BITS));
}

bool apus_bend_channel(const apus_pixels *image, int channel, float primary, float secondary) {
    const int width = image->width, height = image->height, channels = image->channels;
    const size_t pixels = (size_t)width * (size_t)height;
    uint8_t *plane = apus_scratch(APUS_PIXEL_IMAGE, pixels), *bytes = (uint8_t *)image->elements + channel;
    int32_t *x = apus_scratch(APUS_PIXEL_ROW, 2 * (size_t)width * sizeof *x), *y = x + width;
    if (plane == NULL || x == NULL) return false;
    for (size_t i = 0; i < pixels; i++) plane[i] = bytes[i * (size_t)channels];
    for (int row = 0; row < height; row++) {
        place_row(width, (row - 0.5 * height) / height, primary, secondary, height, x, y);
        for (int i = 0; i < width; i++, bytes += channels) *bytes = sample(plane, width, height, x[i], y[i]);
    }
    return true;
}
