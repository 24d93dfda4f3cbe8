#include <stdlib.h>
#include <string.h>

#include "pixel_effects.h"
#include "random.h"
#include "workspace.h"

/// The pixels that move: a margin of `reach` stays.
typedef struct {
    uint8_t *bytes;
    ptrdiff_t pixel, row;
    int rows, columns, reach, iterations;
    const int8_t *moves;
} scattering;

static ptrdiff_t moves_of(const scattering *s, ptrdiff_t index, int iteration, int axis) {
    return s->moves[(index * s->iterations + iteration) * 2 + axis];
}

/// The bytes of the pixel at an index that counts rows or columns backwards, both from the far margin.
static uint8_t *place(const scattering *s, int row, int column) {
    return s->bytes + (s->reach + 1 + row) * s->row + (s->reach + 1 + column) * s->pixel;
}

static void swap(uint8_t *a, uint8_t *b, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const uint8_t byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

static void scatter_exactly(const scattering *s) {
    ptrdiff_t index = 0;
    const ptrdiff_t count = (ptrdiff_t)s->rows * s->columns;
    for (int iteration = 0; iteration < s->iterations; iteration++)
        for (int row = s->rows - 1; row >= 0; row--)
            for (int column = s->columns - 1; column >= 0; column--, index++) {
                const ptrdiff_t dy = moves_of(s, index % count, iteration, 0), dx = moves_of(s, index % count, iteration, 1);
                uint8_t *pixel = place(s, row, column);
                swap(pixel, pixel + dy * s->row + dx * s->pixel, s->pixel);
            }
}

/// All at once, from a copy: first every pixel takes its partner's value, then every partner the pixel's, the last wins.
static void scatter_together(const scattering *s, const uint8_t *copy, int iteration) {
    for (int turn = 0; turn < 2; turn++) {
        ptrdiff_t index = 0;
        for (int column = s->columns - 1; column >= 0; column--)
            for (int row = s->rows - 1; row >= 0; row--, index++) {
                uint8_t *pixel = place(s, row, column);
                const ptrdiff_t moved = moves_of(s, index, iteration, 0) * s->row + moves_of(s, index, iteration, 1) * s->pixel;
                const ptrdiff_t at = pixel - s->bytes;
                if (turn == 0) memcpy(pixel, copy + at + moved, (size_t)s->pixel);
                else memcpy(pixel + moved, copy + at, (size_t)s->pixel);
            }
    }
}

bool apus_scatter_by(const apus_pixels *image, const int8_t *moves, int reach, int iterations, bool exact) {
    const int rows = image->height - 2 * reach, columns = image->width - 2 * reach;
    if (rows <= 0 || columns <= 0) return true;
    const ptrdiff_t pixel = (ptrdiff_t)image->size * image->channels, row = pixel * image->width;
    const scattering s = {image->elements, pixel, row, rows, columns, reach, iterations, moves};
    if (exact) {
        scatter_exactly(&s);
        return true;
    }
    const size_t size = (size_t)row * (size_t)image->height;
    uint8_t *copy = apus_scratch(APUS_PIXEL_IMAGE, size);
    if (copy == NULL) return false;
    for (int iteration = 0; iteration < iterations; iteration++) {
        memcpy(copy, s.bytes, size);
        scatter_together(&s, copy, iteration);
    }
    return true;
}

APUS_CLONES static void draw_moves(uint64_t key, size_t count, int reach, int8_t *moves) {
    for (size_t i = 0; i < count; i++)
        moves[i] = (int8_t)((int)(((apus_random_bits(key, (uint32_t)i) >> 16) * (uint32_t)(2 * reach)) >> 16) - reach);
}

bool apus_scatter(const apus_pixels *image, uint64_t key, int reach, int iterations, bool exact) {
    const ptrdiff_t rows = image->height - 2 * (ptrdiff_t)reach, columns = image->width - 2 * (ptrdiff_t)reach;
    if (rows <= 0 || columns <= 0) return true;
    const size_t count = (size_t)rows * (size_t)columns * (size_t)iterations * 2;
    int8_t *moves = apus_scratch(APUS_PIXEL_FIELD, count);
    if (moves == NULL) return false;
    draw_moves(key, count, reach, moves);
    return apus_scatter_by(image, moves, reach, iterations, exact);
}
