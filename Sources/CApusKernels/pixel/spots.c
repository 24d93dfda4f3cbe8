#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "pixel_effects.h"
#include "planes.h"
#include "workspace.h"

static void cover(uint8_t *row, int first, int last, int width, int value) {
    first = apus_clamp_int(first, 0, width);
    last = apus_clamp_int(last + 1, 0, width);
    if (value >= 0) {
        if (last > first) memset(row + first, value, (size_t)(last - first));
        return;
    }
    for (int x = first; x < last; x++) row[x] = (uint8_t)(row[x] + (row[x] < 255));
}

/// Half the widths of a filled circle's rows, from the middle outwards: the midpoint algorithm that OpenCV draws by.
static void measure(int radius, int32_t *halves) {
    int error = 0, dx = radius, plus = 1, minus = 2 * radius - 1;
    for (int dy = 0; dx >= dy;) {
        halves[dy] = dx;
        halves[dx] = dy > halves[dx] ? dy : halves[dx];
        dy++;
        error += plus;
        plus += 2;
        if (error > 0) {
            error -= minus;
            minus -= 2;
            dx--;
        }
    }
}

/// `value` below 0 counts.
static void draw(uint8_t *plane, int width, int height, const apus_spot *spot, int value) {
    const int radius = spot->radius;
    if (radius < 0 || radius > 32767 || abs(spot->x) > 1 << 24 || abs(spot->y) > 1 << 24) return;
    int32_t *halves = apus_scratch(APUS_PIXEL_ROW, ((size_t)radius + 1) * sizeof *halves);
    if (halves == NULL) return;
    memset(halves, 0, ((size_t)radius + 1) * sizeof *halves);
    measure(radius, halves);
    for (int dy = -radius; dy <= radius; dy++) {
        const int y = spot->y + dy, half = halves[abs(dy)];
        if (y >= 0 && y < height)
            cover(plane + (ptrdiff_t)y * width, spot->x - half, spot->x + half, width, value);
    }
}

void apus_count_spots(uint8_t *plane, int width, int height, const apus_spot *spots, size_t count) {
    for (size_t i = 0; i < count; i++) draw(plane, width, height, spots + i, -1);
}

void apus_stamp_spot(uint8_t *plane, int width, int height, const apus_spot *spot, uint8_t value) {
    draw(plane, width, height, spot, value);
}

void apus_map_by_plane(uint8_t *bytes, size_t pixels, int channels, const uint8_t *plane, const uint8_t *tables) {
    const size_t step = 256 * (size_t)channels;
    if (channels == 3) {
        for (size_t i = 0; i < pixels; i++, bytes += 3) {
            const uint8_t *table = tables + plane[i] * step;
            bytes[0] = table[bytes[0]];
            bytes[1] = table[256 + bytes[1]];
            bytes[2] = table[512 + bytes[2]];
        }
        return;
    }
    for (size_t i = 0; i < pixels; i++, bytes += channels)
        for (int c = 0; c < channels; c++) bytes[c] = tables[plane[i] * step + 256 * (size_t)c + bytes[c]];
}

APUS_CLONES static void add_bytes(uint8_t *restrict bytes, const uint8_t *restrict layer, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t sum = (uint8_t)(bytes[i] + layer[i]);
        bytes[i] = sum < layer[i] ? 255 : sum;
    }
}

void apus_add_layer(uint8_t *bytes, size_t pixels, int channels, const uint8_t *layer, bool is_grey) {
    if (!is_grey) {
        add_bytes(bytes, layer, pixels * (size_t)channels);
        return;
    }
    uint8_t spread[3 * APUS_PLANE];
    for (size_t first = 0; channels == 3 && first < pixels; first += APUS_PLANE) {
        const size_t count = apus_plane_part(first, pixels);
        apus_repeat_rgb(layer + first, count, spread);
        add_bytes(bytes + 3 * first, spread, 3 * count);
    }
    for (size_t i = 0; channels != 3 && i < pixels; i++, bytes += channels)
        for (int c = 0; c < channels; c++) bytes[c] = (uint8_t)apus_clamp_int(bytes[c] + layer[i], 0, 255);
}
