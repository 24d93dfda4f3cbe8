#include <float.h>
#include <math.h>
#include <string.h>

#include "pixel_effects.h"
#include "pixel_tables.h"
#include "workspace.h"

/// Clusters being formed: the image scaled to its largest value, each pixel's distance so far, and the centers.
typedef struct {
    int width, height, channels, step, count;
    double *colors, *distances, *sums;
    int32_t *centers, *labels;
    double compactness;
} clustering;

static void scale_colors(const uint8_t *bytes, clustering *c) {
    const size_t total = (size_t)c->width * (size_t)c->height * (size_t)c->channels;
    int most = 0;
    for (size_t i = 0; i < total; i++) most = bytes[i] > most ? bytes[i] : most;
    for (size_t i = 0; i < total; i++) c->colors[i] = bytes[i] / (most + 1e-6);
}

/// Every `step` pixels, from half a step on.
static void place_centers(clustering *c) {
    c->count = 0;
    for (int y = c->step / 2; y < c->height; y += c->step)
        for (int x = c->step / 2; x < c->width; x += c->step, c->count++) {
            c->centers[2 * c->count] = x;
            c->centers[2 * c->count + 1] = y;
        }
}

static double color_distance(const double *a, const double *b, int channels) {
    double sum = 0;
    for (int i = 0; i < channels; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

static void claim_pixel(clustering *c, int label, int x, int y, int px, int py) {
    const ptrdiff_t at = (ptrdiff_t)py * c->width + px;
    const double *center = c->colors + ((ptrdiff_t)y * c->width + x) * c->channels;
    const double dx = px - x, dy = py - y;
    const double near = (dx * dx + dy * dy) / ((double)c->step * c->step);
    const double distance = color_distance(c->colors + at * c->channels, center, c->channels) + c->compactness * near;
    if (distance >= c->distances[at]) return;
    c->distances[at] = distance;
    c->labels[at] = label;
}

static void claim(clustering *c, int label) {
    const int x = c->centers[2 * label], y = c->centers[2 * label + 1];
    for (int py = y < c->step ? 0 : y - c->step; py < c->height && py <= y + c->step; py++)
        for (int px = x < c->step ? 0 : x - c->step; px < c->width && px <= x + c->step; px++)
            claim_pixel(c, label, x, y, px, py);
}

static void move_centers(clustering *c) {
    memset(c->sums, 0, (size_t)c->count * 3 * sizeof *c->sums);
    for (int y = 0; y < c->height; y++)
        for (int x = 0; x < c->width; x++) {
            const int32_t label = c->labels[(ptrdiff_t)y * c->width + x];
            if (label < 0) continue;
            c->sums[3 * label] += x;
            c->sums[3 * label + 1] += y;
            c->sums[3 * label + 2]++;
        }
    for (int i = 0; i < c->count; i++)
        for (int axis = 0; axis < 2 && c->sums[3 * i + 2] > 0; axis++)
            c->centers[2 * i + axis] = (int32_t)(c->sums[3 * i + axis] / c->sums[3 * i + 2]);
}

int apus_superpixels(const apus_pixels *image, int segments, float compactness, int iterations, int32_t *labels) {
    const size_t pixels = (size_t)image->width * (size_t)image->height, colors = pixels * (size_t)image->channels;
    clustering c = {.width = image->width, .height = image->height, .channels = image->channels};
    c.step = (int)sqrt((double)pixels / segments);
    c.step = c.step < 1 ? 1 : c.step;
    const size_t most = ((size_t)c.width / (size_t)c.step + 1) * ((size_t)c.height / (size_t)c.step + 1);
    c.colors = apus_scratch(APUS_PIXEL_IMAGE, (colors + pixels + 3 * most) * sizeof(double));
    c.centers = apus_scratch(APUS_PIXEL_ROW, 2 * most * sizeof *c.centers);
    if (c.colors == NULL || c.centers == NULL) return 0;
    c.distances = c.colors + colors;
    c.sums = c.distances + pixels;
    c.labels = labels;
    c.compactness = compactness;
    scale_colors(image->elements, &c);
    place_centers(&c);
    for (size_t i = 0; i < pixels; i++) {
        labels[i] = -1;
        c.distances[i] = DBL_MAX;
    }
    for (int iteration = 0; iteration < iterations; iteration++) {
        for (int label = 0; label < c.count; label++) claim(&c, label);
        move_centers(&c);
    }
    return c.count;
}

/// Per label and channel a sum, and per label how many pixels it has.
static void sum_up(const apus_pixels *image, const int32_t *labels, double *sums, uint32_t *counts) {
    const uint8_t *bytes = image->elements;
    const size_t pixels = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < pixels; i++, bytes += image->channels) {
        if (labels[i] < 0) continue;
        counts[labels[i]]++;
        for (int c = 0; c < image->channels; c++) sums[labels[i] * image->channels + c] += bytes[c];
    }
}

bool apus_average_superpixels(
    const apus_pixels *image, const int32_t *labels, int most, const uint8_t *replaced, int count) {
    const size_t entries = (size_t)most * (size_t)image->channels;
    double *sums = apus_scratch(APUS_PIXEL_IMAGE, entries * sizeof *sums);
    uint32_t *counts = apus_scratch(APUS_PIXEL_ROW, (size_t)most * sizeof *counts);
    if (sums == NULL || counts == NULL) return false;
    memset(sums, 0, entries * sizeof *sums);
    memset(counts, 0, (size_t)most * sizeof *counts);
    sum_up(image, labels, sums, counts);
    // From here on a count of 0 says that the label's pixels stay.
    for (int label = 0, rank = 0; label < most; label++) {
        const uint32_t size = counts[label];
        const bool is_listed = label > 0 && size > 0;
        if (!is_listed || !replaced[rank % count]) counts[label] = 0;
        rank += is_listed;
        for (int c = 0; c < image->channels && counts[label] > 0; c++) {
            double *sum = sums + label * image->channels + c;
            *sum = rint(*sum / size);
        }
    }
    uint8_t *bytes = image->elements;
    for (size_t i = 0; i < (size_t)image->width * (size_t)image->height; i++, bytes += image->channels)
        for (int c = 0; c < image->channels && labels[i] >= 0 && counts[labels[i]] > 0; c++)
            bytes[c] = (uint8_t)sums[labels[i] * image->channels + c];
    return true;
}
