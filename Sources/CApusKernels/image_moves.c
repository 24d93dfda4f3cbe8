// Transpositions in tiles that stay in cache; crops and pads row by row.
#include "include/image_moves.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { TILE = 32 };

/// A transposition: where the pixel that comes to lie first is, and the steps to its neighbours in the target.
typedef struct {
    const uint8_t *source;
    uint8_t *target;
    ptrdiff_t right, down, row, pixel;
} turn;

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/// Target pixels `x0 ..< x1` of rows `y0 ..< y1`; `size` is known to the compiler where this is inlined.
static inline __attribute__((always_inline)) void turn_tile(
    const turn *t, int32_t x0, int32_t x1, int32_t y0, int32_t y1, size_t size) {
    for (int32_t y = y0; y < y1; y++) {
        const uint8_t *from = t->source + y * t->down + x0 * t->right;
        uint8_t *to = t->target + y * t->row + x0 * (ptrdiff_t)size;
        for (int32_t x = x0; x < x1; x++, from += t->right, to += size) memcpy(to, from, size);
    }
}

static void turn_any(const turn *t, int32_t x0, int32_t x1, int32_t y0, int32_t y1) {
    switch (t->pixel) {
    case 1: return turn_tile(t, x0, x1, y0, y1, 1);
    case 3: return turn_tile(t, x0, x1, y0, y1, 3);
    case 4: return turn_tile(t, x0, x1, y0, y1, 4);
    case 12: return turn_tile(t, x0, x1, y0, y1, 12);
    case 16: return turn_tile(t, x0, x1, y0, y1, 16);
    default: return turn_tile(t, x0, x1, y0, y1, (size_t)t->pixel);
    }
}

#if defined(__x86_64__)
/// Four by four RGB pixels: spread to four bytes each, transposed, and packed again. Reads and writes 16 bytes where 12
/// count, so that the caller keeps away from the image's end.
__attribute__((target("ssse3"))) static inline void turn_four(
    const uint8_t *corner, ptrdiff_t right, ptrdiff_t step, int mirrored, uint8_t *target, ptrdiff_t row) {
    const __m128i spread = mirrored ? _mm_setr_epi8(9, 10, 11, -1, 6, 7, 8, -1, 3, 4, 5, -1, 0, 1, 2, -1)
                                    : _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    const __m128i pack = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
    const uint8_t *first = mirrored ? corner + 3 * step : corner;
    __m128i a = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)first), spread);
    __m128i b = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(first + right)), spread);
    __m128i c = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(first + 2 * right)), spread);
    __m128i d = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(first + 3 * right)), spread);
    const __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);
    const __m128i ef = _mm_unpackhi_epi32(a, b), gh = _mm_unpackhi_epi32(c, d);
    _mm_storeu_si128((__m128i *)target, _mm_shuffle_epi8(_mm_unpacklo_epi64(ab, cd), pack));
    _mm_storeu_si128((__m128i *)(target + row), _mm_shuffle_epi8(_mm_unpackhi_epi64(ab, cd), pack));
    _mm_storeu_si128((__m128i *)(target + 2 * row), _mm_shuffle_epi8(_mm_unpacklo_epi64(ef, gh), pack));
    _mm_storeu_si128((__m128i *)(target + 3 * row), _mm_shuffle_epi8(_mm_unpackhi_epi64(ef, gh), pack));
}

/// The tiles of RGB pixels that lie away from the last columns and rows on both sides; returns the target columns and
/// rows done. A store's four spare bytes fall on the next four columns, which come later, so the last four are left.
__attribute__((target("ssse3"))) static void turn_rgb(const turn *t, int32_t width, int32_t height, int32_t *columns,
                                                      int32_t *rows) {
    *columns = (width - 4) / 4 * 4;
    *rows = (height - 4) / 4 * 4;
    if (*columns <= 0 || *rows <= 0) {
        *columns = *rows = 0;
        return;
    }
    for (int32_t y0 = 0; y0 < *rows; y0 += TILE)
        for (int32_t x = 0; x < *columns; x += 4)
            for (int32_t y = y0; y < smaller(y0 + TILE, *rows); y += 4)
                turn_four(t->source + y * t->down + x * t->right, t->right, t->down, t->down < 0,
                          t->target + y * t->row + x * 3, t->row);
}
#endif

static void turn_all(const turn *t, int32_t x0, int32_t width, int32_t y0, int32_t height) {
    for (int32_t y = y0; y < height; y += TILE)
        for (int32_t x = x0; x < width; x += TILE)
            turn_any(t, x, smaller(x + TILE, width), y, smaller(y + TILE, height));
}

void apus_transpose_pixels(const void *source, int32_t width, int32_t height, int32_t pixel_bytes, int32_t mirrors_x,
                           int32_t mirrors_y, void *target) {
    const ptrdiff_t row = (ptrdiff_t)width * pixel_bytes;
    turn t = {source, target, row, pixel_bytes, (ptrdiff_t)height * pixel_bytes, pixel_bytes};
    if (mirrors_x) {
        t.source += (height - 1) * row;
        t.right = -row;
    }
    if (mirrors_y) {
        t.source += (ptrdiff_t)(width - 1) * pixel_bytes;
        t.down = -pixel_bytes;
    }
    int32_t columns = 0, rows = 0;
#if defined(__x86_64__)
    // A load's spare bytes must lie in the image: those of the source's last row would not, where the last columns are
    // read; the rows left for later are these columns, but for a mirrored axis, which begins with them.
    if (pixel_bytes == 3 && __builtin_cpu_supports("ssse3") && height > 8 && width > 8) {
        if (mirrors_y) {
            turn_all(&t, 0, height, 0, 4);
            turn rest = t;
            rest.source += 4 * t.down;
            rest.target += 4 * t.row;
            turn_rgb(&rest, height, width - 4, &columns, &rows);
            rows += 4;
        } else {
            turn_rgb(&t, height, width, &columns, &rows);
        }
    }
#endif
    turn_all(&t, columns, height, mirrors_y && rows > 0 ? 4 : 0, rows);
    turn_all(&t, 0, height, rows, width);
}

int32_t apus_border_index(int32_t index, int32_t count, apus_border border) {
    if (index >= 0 && index < count) return index;
    if (border == APUS_BORDER_CONSTANT) return -1;
    if (border == APUS_BORDER_REPLICATE || (count == 1 && border == APUS_BORDER_REFLECT_101))
        return index < 0 ? 0 : count - 1;
    const int32_t period = border == APUS_BORDER_WRAP ? count
                           : border == APUS_BORDER_REFLECT ? 2 * count
                                                           : 2 * count - 2;
    int32_t place = index % period;
    if (place < 0) place += period;
    if (place < count) return place;
    return border == APUS_BORDER_REFLECT ? period - 1 - place : period - place;
}

void apus_fill_pixels(void *target, size_t count, const void *pixel, int32_t pixel_bytes) {
    const size_t size = (size_t)pixel_bytes, bytes = count * size;
    const uint8_t *value = pixel;
    if (bytes == 0) return;
    size_t same = 1;
    while (same < size && value[same] == value[0]) same++;
    if (same == size) {
        memset(target, value[0], bytes);
        return;
    }
    memcpy(target, pixel, size);
    for (size_t done = size; done < bytes;) {
        const size_t more = done < bytes - done ? done : bytes - done;
        memcpy((uint8_t *)target + done, target, more);
        done += more;
    }
}

/// Target pixels `first ..< last` of one row, each from where the border says.
static void frame_edge(const uint8_t *row, int32_t width, size_t size, int32_t left, apus_border border,
                       const void *fill, uint8_t *target, int32_t first, int32_t last) {
    if (border == APUS_BORDER_CONSTANT) {
        if (last > first) apus_fill_pixels(target + (size_t)first * size, (size_t)(last - first), fill, (int32_t)size);
        return;
    }
    for (int32_t x = first; x < last; x++)
        memcpy(target + (size_t)x * size, row + (size_t)apus_border_index(x + left, width, border) * size, size);
}

static inline int32_t clamped(int64_t value, int32_t high) {
    return value < 0 ? 0 : value > high ? high : (int32_t)value;
}

void apus_frame_row(const void *source, int32_t width, int32_t height, int32_t pixel_bytes, int32_t left, int32_t y,
                    apus_border border, const void *fill, void *target, int32_t target_width) {
    const size_t size = (size_t)pixel_bytes;
    const int32_t place = apus_border_index(y, height, border);
    if (place < 0) return apus_fill_pixels(target, (size_t)target_width, fill, pixel_bytes);
    const int32_t first = clamped(-(int64_t)left, target_width);
    const int32_t last = clamped((int64_t)width - left, target_width);
    const uint8_t *row = (const uint8_t *)source + (size_t)place * (size_t)width * size;
    frame_edge(row, width, size, left, border, fill, target, 0, first < last ? first : target_width);
    if (first >= last) return;
    memcpy((uint8_t *)target + (size_t)first * size, row + (size_t)(first + left) * size, (size_t)(last - first) * size);
    frame_edge(row, width, size, left, border, fill, target, last, target_width);
}

/// Columns `first ..< last` and rows `top ..< bottom` of a target are the source's; the rest, between them in one piece
/// from row to row, is `fill`.
typedef struct {
    int32_t first, last, top, bottom;
} part;

static void frame_constant(const uint8_t *source, size_t source_row, part p, const void *fill, int32_t pixel_bytes,
                           uint8_t *target, int32_t target_width, int32_t target_height) {
    const size_t size = (size_t)pixel_bytes, length = (size_t)(p.last - p.first) * size;
    const size_t gap = (size_t)(target_width - (p.last - p.first));
    uint8_t *to = target;
    size_t pixels = (size_t)p.top * (size_t)target_width + (size_t)p.first;
    for (int32_t y = p.top; y < p.bottom; y++, source += source_row, pixels = gap) {
        apus_fill_pixels(to, pixels, fill, pixel_bytes);
        memcpy(to += pixels * size, source, length);
        to += length;
    }
    const size_t rest = (size_t)(target_height - p.bottom) * (size_t)target_width + (size_t)(target_width - p.last);
    apus_fill_pixels(to, rest, fill, pixel_bytes);
}

void apus_frame_pixels(const void *source, int32_t width, int32_t height, int32_t pixel_bytes, int32_t left,
                       int32_t top, apus_border border, const void *fill, void *target, int32_t target_width,
                       int32_t target_height) {
    const size_t row = (size_t)target_width * (size_t)pixel_bytes;
    const part p = {clamped(-(int64_t)left, target_width), clamped((int64_t)width - left, target_width),
                    clamped(-(int64_t)top, target_height), clamped((int64_t)height - top, target_height)};
    if (border == APUS_BORDER_CONSTANT && p.first < p.last && p.top < p.bottom) {
        const size_t source_row = (size_t)width * (size_t)pixel_bytes;
        const uint8_t *from = (const uint8_t *)source + (size_t)(p.top + top) * source_row
                            + (size_t)(p.first + left) * (size_t)pixel_bytes;
        return frame_constant(from, source_row, p, fill, pixel_bytes, target, target_width, target_height);
    }
    for (int32_t y = 0; y < target_height; y++)
        apus_frame_row(source, width, height, pixel_bytes, left, y + top, border, fill, (uint8_t *)target + y * row,
                       target_width);
}
