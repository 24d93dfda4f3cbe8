// What a v8-style head's maps say: boxes, scores, and what its task adds.
#include "HeadByTensor.hpp"
#include "HeadMaps.hpp"
#include "Parallel.hpp"
#include <ATen/ops/empty.h>
#include <algorithm>
#include <cmath>

using namespace apus;

Head::Place Head::place(int64_t image, int64_t anchor) const {
    const Level *level = &levels.back();
    while (anchor < level->firstAnchor) level--;
    const int64_t cell = anchor - level->firstAnchor, row = image * level->count() + cell;
    return {level,
            cell,
            cell % level->width + 0.5,
            cell / level->width + 0.5,
            level->boxes + row * 4 * bins,
            level->scores + row * classes,
            level->extras ? level->extras + row * extras : nullptr};
}

double apus::expectedDistance(const float *logits, int64_t bins) {
    const double largest = *std::max_element(logits, logits + bins);
    double total = 0, weighted = 0;
    for (int64_t bin = 0; bin < bins; bin++) {
        const double e = std::exp(logits[bin] - largest);
        total += e;
        weighted += e * bin;
    }
    return weighted / total;
}

Corners apus::decodedBox(const Head::Place &place, int64_t bins) {
    return {place.x - expectedDistance(place.boxes, bins), place.y - expectedDistance(place.boxes + bins, bins),
            place.x + expectedDistance(place.boxes + 2 * bins, bins),
            place.y + expectedDistance(place.boxes + 3 * bins, bins)};
}

double apus::decodedAngle(float logit) {
    constexpr double pi = 3.14159265358979323846;
    return (1 / (1 + std::exp(-static_cast<double>(logit))) - 0.25) * pi;
}

Turned<double> apus::decodedTurnedBox(const Head::Place &place, int64_t bins) {
    double distances[4];
    for (int side = 0; side < 4; side++) distances[side] = expectedDistance(place.boxes + side * bins, bins);
    const double angle = decodedAngle(place.extras[0]);
    return turnedBox(place.x, place.y, distances, std::cos(angle), std::sin(angle), angle, 0.5);
}

namespace {

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

/// Writes one anchor's numbers, `step` apart.
class Column {
public:
    Column(float *first, int64_t step) : next_(first), step_(step) {}
    void add(double value) {
        *next_ = static_cast<float>(value);
        next_ += step_;
    }

private:
    float *next_;
    int64_t step_;
};

void addUpright(Column &column, const Corners &box, double stride) {
    column.add((box.minX + box.maxX) / 2 * stride);
    column.add((box.minY + box.maxY) / 2 * stride);
    column.add((box.maxX - box.minX) * stride);
    column.add((box.maxY - box.minY) * stride);
}

void addTurned(Column &column, const Turned<double> &box, double stride) {
    for (double value : {box.x, box.y, box.width, box.height}) column.add(value * stride);
}

void addKeypoints(Column &column, const Head::Place &place, int64_t count) {
    const double stride = place.level->stride;
    for (int64_t k = 0; k < count; k++) {
        const float *point = place.extras + 3 * k;
        column.add((2 * static_cast<double>(point[0]) + place.x - 0.5) * stride);
        column.add((2 * static_cast<double>(point[1]) + place.y - 0.5) * stride);
        column.add(sigmoid(point[2]));
    }
}

void addAnchor(Column column, const Head &head, const Head::Place &place) {
    const double stride = place.level->stride;
    if (head.task == APUS_OBB) {
        addTurned(column, decodedTurnedBox(place, head.bins), stride);
    } else {
        addUpright(column, decodedBox(place, head.bins), stride);
    }
    for (int64_t c = 0; c < head.classes; c++) column.add(sigmoid(place.scores[c]));
    if (head.task == APUS_OBB) column.add(decodedAngle(place.extras[0]));
    if (head.task == APUS_POSE) addKeypoints(column, place, head.extras / 3);
    if (head.task != APUS_SEGMENT) return;
    for (int64_t i = 0; i < head.extras; i++) column.add(place.extras[i]);
}

} // namespace

apus_result apus_head_decode(const apus_head *described) {
    return guarded([&] {
        const Maps given = mapsOf(*described);
        if (!usesFused() || !given[0].is_cpu()) return decodedByTensor(*described);
        const Maps maps = readable(given);
        const Head head = headOf(maps, *described);
        const int64_t rows = 4 + head.classes + head.extras;
        auto result = at::empty({head.batch, rows, head.anchors}, maps[0].options());
        float *output = result.mutable_data_ptr<float>();
        parallelRanges(head.batch * head.anchors, 512, [&](int64_t begin, int64_t end) {
            for (int64_t index = begin; index < end; index++) {
                const int64_t image = index / head.anchors, anchor = index % head.anchors;
                float *first = output + image * rows * head.anchors + anchor;
                addAnchor(Column(first, head.anchors), head, head.place(image, anchor));
            }
        });
        return result;
    });
}
