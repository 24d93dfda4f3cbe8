// Output row by output row, out of the two source rows resized last.
#include "include/image_resample.h"

#include <stdlib.h>
#include <string.h>

#include "include/image_kernels.h"
#include "halving.h"
#include "resample_groups.h"

typedef struct {
    const apus_window_of_image *window;
    int32_t width, height;
    bool is_generic;
    apus_resize_tap *columns, *rows;
    /// NULL where the columns do not fit vectors.
    apus_resize_group *groups;
    /// A row of the window, put together where it reaches beyond the image.
    uint8_t *row;
    /// Two rows resized horizontally, and which rows of the window they are.
    int16_t *resized[2];
    int32_t held[2];
} resampling;

static inline int32_t values_of(const resampling *r) { return r->width * r->window->channels; }

static bool allocate(resampling *r) {
    const apus_window_of_image *w = r->window;
    const size_t values = (size_t)values_of(r);
    r->columns = malloc((size_t)r->width * sizeof *r->columns);
    r->rows = malloc((size_t)r->height * sizeof *r->rows);
    r->row = malloc((size_t)w->columns * (size_t)w->channels);
    r->resized[0] = malloc(values * sizeof(int16_t));
    r->resized[1] = malloc(values * sizeof(int16_t));
    return r->columns && r->rows && r->row && r->resized[0] && r->resized[1];
}

static void release(resampling *r) {
    free(r->columns), free(r->rows), free(r->row), free(r->resized[0]), free(r->resized[1]), free(r->groups);
}

/// The window's row where it lies, or a copy.
static const uint8_t *source_row(const resampling *r, int32_t y) {
    const apus_window_of_image *w = r->window;
    const int32_t place = apus_border_index(y + w->top, w->height, w->border);
    if (place >= 0 && w->left >= 0 && w->left <= w->width - w->columns)
        return w->pixels + ((ptrdiff_t)place * w->width + w->left) * w->channels;
    apus_frame_row(w->pixels, w->width, w->height, w->channels, w->left, y + w->top, w->border, w->fill, r->row,
                   w->columns);
    return r->row;
}

static void resize_row(resampling *r, int32_t y, int slot) {
    const int32_t channels = r->window->channels;
    const uint8_t *row = source_row(r, y);
    r->held[slot] = y;
    if (r->groups != NULL) apus_resize_groups(r->groups, row, channels, values_of(r), r->resized[slot]);
    else if (r->is_generic)
        apus_resize_row_generic(row, r->window->columns, channels, r->columns, r->width, r->resized[slot]);
    else apus_resize_row(row, r->window->columns, channels, r->columns, r->width, r->resized[slot]);
}

/// Has the two source rows of a tap at hand; rows only ever advance.
static void load(resampling *r, const apus_resize_tap *tap) {
    if (r->held[0] != tap->first && r->held[1] == tap->first) {
        int16_t *moved = r->resized[0];
        r->resized[0] = r->resized[1];
        r->resized[1] = moved;
        r->held[1] = r->held[0];
        r->held[0] = tap->first;
    }
    if (r->held[0] != tap->first) resize_row(r, tap->first, 0);
    if (r->held[1] != tap->second) resize_row(r, tap->second, 1);
}

static bool resize(resampling *r, uint8_t *target) {
    const bool is_ready = allocate(r);
    if (is_ready) {
        apus_resize_taps(r->window->columns, r->width, r->columns);
        apus_resize_taps(r->window->rows, r->height, r->rows);
        if (!r->is_generic)
            r->groups = apus_resize_groups_of(r->columns, r->width, r->window->columns, r->window->channels);
    }
    for (int32_t y = 0; is_ready && y < r->height; y++) {
        const apus_resize_tap *tap = &r->rows[y];
        load(r, tap);
        (r->is_generic ? apus_resize_blend_generic : apus_resize_blend)(
            r->resized[0], r->resized[1], tap->first_weight, tap->second_weight, values_of(r),
            target + (ptrdiff_t)y * values_of(r));
    }
    release(r);
    return is_ready;
}

/// Whether each pixel of the target is the mean of four that lie in the image: bilinear by a half is no more than that.
static bool is_half(const apus_window_of_image *w, int32_t width, int32_t height) {
    return w->columns == 2 * (int64_t)width && w->rows == 2 * (int64_t)height && w->left >= 0 && w->top >= 0
        && w->left <= w->width - w->columns && w->top <= w->height - w->rows;
}

static void halve(const apus_window_of_image *w, uint8_t *target, int32_t width, int32_t height) {
    const ptrdiff_t stride = (ptrdiff_t)w->width * w->channels;
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *upper = w->pixels + (w->top + 2 * (ptrdiff_t)y) * stride + (ptrdiff_t)w->left * w->channels;
        apus_halve_rows(upper, upper + stride, width, w->channels, target + (ptrdiff_t)y * width * w->channels);
    }
}

bool apus_resize_window(const apus_window_of_image *window, uint8_t *target, int32_t width, int32_t height) {
    if (is_half(window, width, height)) {
        halve(window, target, width, height);
        return true;
    }
    resampling r = {.window = window, .width = width, .height = height, .held = {-1, -1}};
    return resize(&r, target);
}

bool apus_resize_window_generic(const apus_window_of_image *window, uint8_t *target, int32_t width, int32_t height) {
    resampling r = {.window = window, .width = width, .height = height, .held = {-1, -1}, .is_generic = true};
    return resize(&r, target);
}
