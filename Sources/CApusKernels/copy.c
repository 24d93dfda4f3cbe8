// One strided copy for every movement of data. Extents are merged first, so that what is contiguous moves at once.
#include <string.h>

#include "internal.h"

typedef struct {
    ptrdiff_t extent, from, to;
} axis;

typedef struct {
    const char *source;
    char *target;
    axis axes[APUS_MAXIMUM_RANK + 1];
    int rank;
    ptrdiff_t size, outer_block;
} copying;

static void copy_line(const char *from, ptrdiff_t step, char *to, ptrdiff_t to_step, ptrdiff_t count, ptrdiff_t size) {
    if (step == 1 && to_step == 1) {
        memcpy(to, from, (size_t)(count * size));
        return;
    }
#define LOOP(type) \
    for (ptrdiff_t i = 0; i < count; i++) ((type *)to)[i * to_step] = ((const type *)from)[i * step];
    if (size == 4) { LOOP(uint32_t) }
    else if (size == 8) { LOOP(uint64_t) }
    else if (size == 2) { LOOP(uint16_t) }
    else { LOOP(uint8_t) }
#undef LOOP
}

/// Elements `i0 ..< i1` of the outer axis, `j0 ..< j1` of the inner one.
static void copy_square(const uint32_t *source, const axis *outer, const axis *inner, uint32_t *target, ptrdiff_t i0,
                        ptrdiff_t i1, ptrdiff_t j0, ptrdiff_t j1) {
    for (ptrdiff_t i = i0; i < i1; i++)
        for (ptrdiff_t j = j0; j < j1; j++)
            target[i * outer->to + j * inner->to] = source[i * outer->from + j * inner->from];
}

/// The last two axes of four-byte elements in squares, so that both sides stay in cache: a transposition's inner loop.
static void copy_plane(const char *from, const axis *outer, const axis *inner, char *to) {
    enum { SIDE = 16 };
    const uint32_t *source = (const uint32_t *)from;
    uint32_t *target = (uint32_t *)to;
    ptrdiff_t rows = 0, columns = 0;
#if defined(__x86_64__)
    if (outer->from == 1 && inner->to == 1 && apus_best_cpu() != APUS_GENERIC) {
        rows = outer->extent / 8 * 8;
        columns = inner->extent / 8 * 8;
        // Strips that fit in the first-level cache, whichever side is the long one.
        for (ptrdiff_t j = 0; j < columns; j += 64)
            apus_transpose_avx2((const float *)source + j * inner->from, inner->from, (float *)target + j, outer->to,
                                apus_min(64, columns - j), rows);
    }
#endif
    for (ptrdiff_t i = 0; i < outer->extent; i += SIDE)
        for (ptrdiff_t j = i < rows ? columns : 0; j < inner->extent; j += SIDE)
            copy_square(source, outer, inner, target, i, apus_min(i + SIDE, i < rows ? rows : outer->extent), j,
                        apus_min(j + SIDE, inner->extent));
    if (rows % SIDE != 0)
        copy_square(source, outer, inner, target, rows, apus_min(rows / SIDE * SIDE + SIDE, outer->extent), 0,
                    inner->extent);
}

static void copy_axes(const copying *c, int depth, const char *from, char *to) {
    const axis *a = &c->axes[depth];
    const int left = c->rank - depth;
    if (left == 1) {
        copy_line(from, a->from, to, a->to, a->extent, c->size);
    } else if (left == 2 && c->size == 4 && (a[1].from != 1 || a[1].to != 1)) {
        copy_plane(from, &a[0], &a[1], to);
    } else {
        for (ptrdiff_t i = 0; i < a->extent; i++)
            copy_axes(c, depth + 1, from + i * a->from * c->size, to + i * a->to * c->size);
    }
}

/// Puts the axes in the order in which the target lies in memory: an image whose channels come last is copied pixel by
/// pixel, whatever the order of its shape.
static void sort_axes(axis *axes, int count) {
    for (int i = 1; i < count; i++) {
        const axis moved = axes[i];
        int place = i;
        for (; place > 0 && axes[place - 1].to < moved.to; place--) axes[place] = axes[place - 1];
        axes[place] = moved;
    }
}

/// Leaves out extents of 1 and joins axes that both sides cross in one stride.
static void simplify(copying *c, const ptrdiff_t *from, const ptrdiff_t *to, const ptrdiff_t *extents, int rank) {
    axis axes[APUS_MAXIMUM_RANK];
    int count = 0;
    for (int i = 0; i < rank; i++)
        if (extents[i] != 1) axes[count++] = (axis){extents[i], from[i], to[i]};
    sort_axes(axes, count);
    c->rank = 0;
    for (int i = 0; i < count; i++) {
        const axis next = axes[i];
        axis *last = c->rank > 0 ? &c->axes[c->rank - 1] : NULL;
        if (last != NULL && last->from == next.from * next.extent && last->to == next.to * next.extent) {
            *last = (axis){last->extent * next.extent, next.from, next.to};
        } else {
            c->axes[c->rank++] = next;
        }
    }
    if (c->rank == 0) c->axes[c->rank++] = (axis){1, 1, 1};
}

/// Moves the axis along which the source is contiguous next to the last: the pair that `copy_plane` takes.
static void pair_contiguous_axes(copying *c) {
    if (c->size != 4 || c->axes[c->rank - 1].from == 1) return;
    for (int i = 0; i < c->rank - 2; i++) {
        if (c->axes[i].from != 1) continue;
        const axis contiguous = c->axes[i];
        memmove(&c->axes[i], &c->axes[i + 1], (size_t)(c->rank - 2 - i) * sizeof(axis));
        c->axes[c->rank - 2] = contiguous;
        return;
    }
}

static void copy_task(void *context, ptrdiff_t index) {
    copying part = *(const copying *)context;
    axis *outer = &part.axes[0];
    const ptrdiff_t first = index * part.outer_block;
    outer->extent = apus_min(part.outer_block, outer->extent - first);
    copy_axes(&part, 0, part.source + first * outer->from * part.size, part.target + first * outer->to * part.size);
}

void apus_copy(apus_pool *pool, const void *source, const ptrdiff_t *source_strides, void *target,
               const ptrdiff_t *target_strides, const ptrdiff_t *extents, int rank, ptrdiff_t size) {
    ptrdiff_t count = 1;
    for (int i = 0; i < rank; i++) count *= extents[i];
    if (count < 1 || rank > APUS_MAXIMUM_RANK) return;
    copying c = {.source = source, .target = target, .size = size};
    simplify(&c, source_strides, target_strides, extents, rank);
    pair_contiguous_axes(&c);
    // Tasks of about 16 k elements, of whole squares where the outer axis is half of a plane.
    const ptrdiff_t inner = count / c.axes[0].extent;
    c.outer_block = (apus_max(1, 16384 / inner) + 15) / 16 * 16;
    if (c.rank > 2) c.outer_block = apus_max(1, 16384 / inner);
    apus_pool_run(pool, (c.axes[0].extent + c.outer_block - 1) / c.outer_block, copy_task, &c);
}
