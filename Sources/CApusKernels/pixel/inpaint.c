// A front marches into the holes, always on from its pixel nearest to their edges (Sethian's fast marching method), and
// each pixel that it reaches is made of the known ones around.
#include "pixel_inpaint.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { KNOWN = 0, FRONT = 1, UNKNOWN = 2 };

typedef struct {
    float distance;
    int32_t pixel;
} reached;

typedef struct {
    int32_t width, height;
    /// To the holes' edges, negative outside.
    float *distances;
    uint8_t *states;
    reached *heap;
    int32_t count, capacity;
} march;

// MARK: - The front

static bool push(march *m, int32_t pixel) {
    if (m->count == m->capacity) {
        m->capacity = m->capacity * 2 + 1024;
        reached *grown = realloc(m->heap, (size_t)m->capacity * sizeof *grown);
        if (grown == NULL) return false;
        m->heap = grown;
    }
    const reached added = {m->distances[pixel], pixel};
    int32_t place = m->count++;
    for (; place > 0 && m->heap[(place - 1) / 2].distance > added.distance; place = (place - 1) / 2)
        m->heap[place] = m->heap[(place - 1) / 2];
    m->heap[place] = added;
    return true;
}

static reached pop(march *m) {
    const reached first = m->heap[0], last = m->heap[--m->count];
    int32_t place = 0;
    for (int32_t child; (child = 2 * place + 1) < m->count; place = child) {
        if (child + 1 < m->count && m->heap[child + 1].distance < m->heap[child].distance) child++;
        if (last.distance <= m->heap[child].distance) break;
        m->heap[place] = m->heap[child];
    }
    m->heap[place] = last;
    return first;
}

/// The distance of a pixel that the front has passed; infinite of others.
static inline float passed(const march *m, int32_t x, int32_t y) {
    if (x < 0 || y < 0 || x >= m->width || y >= m->height) return INFINITY;
    const int32_t pixel = y * m->width + x;
    return m->states[pixel] == UNKNOWN ? INFINITY : m->distances[pixel];
}

/// Where |∇T| = 1, from the smaller neighbour along each axis.
static float distance_at(const march *m, int32_t x, int32_t y) {
    const float a = fminf(passed(m, x - 1, y), passed(m, x + 1, y)), b = fminf(passed(m, x, y - 1), passed(m, x, y + 1));
    const float difference = a - b, square = 2 - difference * difference;
    return isfinite(difference) && square >= 1 ? (a + b + sqrtf(square)) / 2 : fminf(a, b) + 1;
}

typedef void (*visit)(const march *m, int32_t x, int32_t y, void *context);

/// On from the front until its distance is `limit`; `body` sees each new pixel before it counts as passed.
static bool advance(march *m, float limit, visit body, void *context) {
    static const int32_t steps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    while (m->count > 0) {
        const reached next = pop(m);
        if (next.distance > limit) return true;
        m->states[next.pixel] = KNOWN;
        for (int i = 0; i < 4; i++) {
            const int32_t x = next.pixel % m->width + steps[i][0], y = next.pixel / m->width + steps[i][1];
            if (x < 0 || y < 0 || x >= m->width || y >= m->height) continue;
            const int32_t pixel = y * m->width + x;
            if (m->states[pixel] != UNKNOWN) continue;
            m->distances[pixel] = distance_at(m, x, y);
            if (body != NULL) body(m, x, y, context);
            m->states[pixel] = FRONT;
            if (!push(m, pixel)) return false;
        }
    }
    return true;
}

/// Puts the pixels of one kind that touch the other kind on the front, at distance 0; the rest of theirs is known.
static bool start(march *m, const uint8_t *hole, bool from_hole) {
    m->count = 0;
    for (int32_t i = 0; i < m->width * m->height; i++) m->states[i] = (hole[i] != 0) == from_hole ? KNOWN : UNKNOWN;
    for (int32_t y = 0; y < m->height; y++) {
        for (int32_t x = 0; x < m->width; x++) {
            const int32_t i = y * m->width + x;
            if (m->states[i] != KNOWN) continue;
            const bool touches = (x > 0 && m->states[i - 1] == UNKNOWN) || (x + 1 < m->width && m->states[i + 1] == UNKNOWN)
                              || (y > 0 && m->states[i - m->width] == UNKNOWN)
                              || (y + 1 < m->height && m->states[i + m->width] == UNKNOWN);
            if (from_hole || touches) m->distances[i] = 0;
            if (touches && !push(m, i)) return false;
        }
    }
    return true;
}

// MARK: - The pixels

typedef struct {
    uint8_t *pixels;
    int32_t channels, radius;
    apus_inpainting method;
} picture;

typedef struct {
    float x, y;
} slope;

static inline bool is_known(const march *m, int32_t x, int32_t y) {
    return x >= 0 && y >= 0 && x < m->width && y < m->height && m->states[y * m->width + x] != UNKNOWN;
}

/// Half the difference of both neighbours, the whole to one, or nothing.
static inline float slope_along(bool has_before, bool has_after, float before, float here, float after) {
    if (has_before && has_after) return (after - before) / 2;
    return has_after ? after - here : has_before ? here - before : 0;
}

static slope slope_of_distance(const march *m, int32_t x, int32_t y) {
    const float *t = m->distances + y * m->width + x;
    const bool left = is_known(m, x - 1, y), right = is_known(m, x + 1, y);
    const bool above = is_known(m, x, y - 1), below = is_known(m, x, y + 1);
    return (slope){slope_along(left, right, left ? t[-1] : 0, t[0], right ? t[1] : 0),
                   slope_along(above, below, above ? t[-m->width] : 0, t[0], below ? t[m->width] : 0)};
}

static slope slope_of_picture(const march *m, const picture *p, int32_t x, int32_t y, int32_t channel) {
    const ptrdiff_t row = (ptrdiff_t)m->width * p->channels;
    const uint8_t *v = p->pixels + y * row + (ptrdiff_t)x * p->channels + channel;
    const bool left = is_known(m, x - 1, y), right = is_known(m, x + 1, y);
    const bool above = is_known(m, x, y - 1), below = is_known(m, x, y + 1);
    return (slope){slope_along(left, right, left ? v[-p->channels] : 0, v[0], right ? v[p->channels] : 0),
                   slope_along(above, below, above ? v[-row] : 0, v[0], below ? v[row] : 0)};
}

/// Near pixels, in the front's direction and as far from the holes' edges, count most.
static float telea_weight(const march *m, slope front, int32_t here, int32_t there, float dx, float dy) {
    const float square = dx * dx + dy * dy, length = sqrtf(square);
    const float along = fabsf(dx * front.x + dy * front.y) / length;
    const float level = 1 + fabsf(m->distances[there] - m->distances[here]);
    return fmaxf(along, 1e-6f) / (square * level);
}

/// Near pixels from which a line of equal brightness leads here count most.
static float isophote_weight(slope brightness, float dx, float dy) {
    const float square = dx * dx + dy * dy, steepness = hypotf(brightness.x, brightness.y);
    const float along = fabsf(dy * brightness.x - dx * brightness.y) / (sqrtf(square) * fmaxf(steepness, 1e-6f));
    return fmaxf(steepness > 0 ? along : 0, 1e-3f) / square;
}

/// A weighted mean on its way.
typedef struct {
    float values, weights;
} mean;

/// Takes in the pixel that lies (`dx`, `dy`) behind, where it is known. Telea's paper goes on along its slope too: noise
/// would grow from pixel to pixel.
static void add(const march *m, const picture *p, slope front, int32_t here, int32_t dx, int32_t dy, int32_t channel,
                mean *sum) {
    const int32_t x = here % m->width - dx, y = here / m->width - dy;
    if (!is_known(m, x, y) || dx * dx + dy * dy > p->radius * p->radius) return;
    const int32_t there = y * m->width + x;
    const float weight = p->method == APUS_INPAINT_TELEA
                           ? telea_weight(m, front, here, there, (float)dx, (float)dy)
                           : isophote_weight(slope_of_picture(m, p, x, y, channel), (float)dx, (float)dy);
    sum->values += weight * (float)p->pixels[(ptrdiff_t)there * p->channels + channel];
    sum->weights += weight;
}

static uint8_t value_at(const march *m, const picture *p, int32_t x, int32_t y, int32_t channel) {
    const slope front = slope_of_distance(m, x, y);
    mean sum = {0, 0};
    for (int32_t dy = -p->radius; dy <= p->radius; dy++)
        for (int32_t dx = -p->radius; dx <= p->radius; dx++)
            add(m, p, front, y * m->width + x, dx, dy, channel, &sum);
    return sum.weights > 0 ? (uint8_t)lrintf(fminf(fmaxf(sum.values / sum.weights, 0), 255)) : 0;
}

static void fill(const march *m, int32_t x, int32_t y, void *context) {
    const picture *p = context;
    const ptrdiff_t place = ((ptrdiff_t)y * m->width + x) * p->channels;
    for (int32_t c = 0; c < p->channels; c++) p->pixels[place + c] = value_at(m, p, x, y, c);
}

bool apus_inpaint_bytes(uint8_t *pixels, int32_t width, int32_t height, int32_t channels, const uint8_t *hole,
                        int32_t radius, apus_inpainting method) {
    const size_t count = (size_t)width * (size_t)height;
    march m = {width, height, malloc(count * sizeof(float)), malloc(count), NULL, 0, 0};
    picture p = {pixels, channels, radius, method};
    bool is_done = m.distances != NULL && m.states != NULL;
    if (is_done) {
        const float reach = 2 * (float)radius;
        for (size_t i = 0; i < count; i++) m.distances[i] = reach;
        is_done = start(&m, hole, true) && advance(&m, reach, NULL, NULL);
        for (size_t i = 0; i < count; i++) m.distances[i] = -m.distances[i];
        is_done = is_done && start(&m, hole, false) && advance(&m, INFINITY, fill, &p);
    }
    free(m.distances), free(m.states), free(m.heap);
    return is_done;
}
