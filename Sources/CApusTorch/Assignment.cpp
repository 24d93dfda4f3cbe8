#include "CompleteIoU.hpp"
#include "ProbabilisticIoU.hpp"
#include <algorithm>
#include <cmath>

using namespace apus;

namespace {

/// An anchor whose centre lies inside a truth.
struct Candidate {
    int64_t anchor;
    double alignment, overlap;
};

/// Boxes along the axes, by complete IoU.
struct Upright {
    using Box = Corners;

    /// In pixels.
    static Box predicted(const Head::Place &place, int64_t bins) {
        const Corners b = decodedBox(place, bins);
        const double s = place.level->stride;
        return {b.minX * s, b.minY * s, b.maxX * s, b.maxY * s};
    }

    static bool isInside(double x, double y, const Truth &truth) {
        constexpr double margin = 1e-9;
        const Corners &box = truth.box;
        return x - box.minX > margin && y - box.minY > margin && box.maxX - x > margin && box.maxY - y > margin;
    }

    static double overlap(const Box &b, const Truth &truth) {
        return completeIoU(b.minX, b.minY, b.maxX, b.maxY, truth.box);
    }
};

/// Turned boxes, by probabilistic IoU.
struct Oriented {
    using Box = Turned<double>;

    /// In pixels.
    static Box predicted(const Head::Place &place, int64_t bins) {
        const Box b = decodedTurnedBox(place, bins);
        const double s = place.level->stride;
        return {b.x * s, b.y * s, b.width * s, b.height * s, b.angle};
    }

    static bool isInside(double x, double y, const Truth &truth) {
        constexpr double margin = 1e-9;
        const Box &box = truth.turned;
        const double c = std::cos(box.angle), s = std::sin(box.angle), dx = x - box.x, dy = y - box.y;
        return box.width / 2 - std::abs(c * dx + s * dy) > margin && box.height / 2 - std::abs(c * dy - s * dx) > margin;
    }

    static double overlap(const Box &box, const Truth &truth) { return probabilisticIoU(box, truth.turned); }
};

/// What one image's assignment knows about its anchors.
template <class Geometry> struct Anchors {
    std::vector<typename Geometry::Box> boxes; // decoded when first asked for
    std::vector<bool> isDecoded;
    std::vector<int32_t> claims, owner;
    std::vector<double> best;

    explicit Anchors(int64_t count)
        : boxes(count), isDecoded(count), claims(count), owner(count, -1), best(count, -1) {}

    const typename Geometry::Box &box(const Head &head, const Head::Place &place, int64_t anchor) {
        if (!isDecoded[anchor]) {
            boxes[anchor] = Geometry::predicted(place, head.bins);
            isDecoded[anchor] = true;
        }
        return boxes[anchor];
    }
};

/// The cells of one axis whose centres may lie between two coordinates.
std::pair<int64_t, int64_t> cells(double low, double high, double stride, int64_t count) {
    const double limit = static_cast<double>(count);
    return {static_cast<int64_t>(std::clamp(std::floor(low / stride - 0.5), 0.0, limit)),
            static_cast<int64_t>(std::clamp(std::ceil(high / stride + 0.5), 0.0, limit))};
}

double power(double base, double exponent) {
    if (exponent == 0.5) return std::sqrt(base);
    if (exponent == 6) return (base * base) * (base * base) * (base * base);
    return std::pow(base, exponent);
}

template <class Geometry>
std::vector<Candidate> candidates(const Head &head, int64_t image, const Truth &truth, Anchors<Geometry> &anchors,
                                  const apus_head_settings &settings) {
    std::vector<Candidate> found;
    if (!std::isfinite(truth.box.minX + truth.box.minY + truth.box.maxX + truth.box.maxY)) return found;
    for (const Level &level : head.levels) {
        const auto [firstX, endX] = cells(truth.box.minX, truth.box.maxX, level.stride, level.width);
        const auto [firstY, endY] = cells(truth.box.minY, truth.box.maxY, level.stride, level.height);
        for (int64_t y = firstY; y < endY; y++) {
            for (int64_t x = firstX; x < endX; x++) {
                if (!Geometry::isInside((x + 0.5) * level.stride, (y + 0.5) * level.stride, truth)) continue;
                const int64_t anchor = level.firstAnchor + y * level.width + x;
                const auto place = head.place(image, anchor);
                const double overlap = std::max(0.0, Geometry::overlap(anchors.box(head, place, anchor), truth));
                const double score = 1 / (1 + std::exp(-static_cast<double>(place.scores[truth.label])));
                const double alignment = power(score, settings.scorePower) * power(overlap, settings.overlapPower);
                found.push_back({anchor, alignment, overlap});
            }
        }
    }
    return found;
}

/// Claims the best aligned anchors for one truth; ties go to the lower anchor.
template <class Geometry>
void claim(std::vector<Candidate> &found, int32_t truth, size_t limit, Anchors<Geometry> &anchors) {
    const size_t count = std::min(limit, found.size());
    std::partial_sort(found.begin(), found.begin() + count, found.end(), [](const Candidate &a, const Candidate &b) {
        return a.alignment != b.alignment ? a.alignment > b.alignment : a.anchor < b.anchor;
    });
    for (size_t i = 0; i < count && found[i].alignment > 0; i++) {
        anchors.claims[found[i].anchor]++;
        anchors.owner[found[i].anchor] = truth;
    }
}

/// An anchor that several truths claim goes to the one it overlaps most, among all that contain it.
template <class Geometry>
void settle(const std::vector<Candidate> &found, int32_t truth, Anchors<Geometry> &anchors) {
    for (const Candidate &candidate : found) {
        if (anchors.claims[candidate.anchor] < 2 || candidate.overlap <= anchors.best[candidate.anchor]) continue;
        anchors.best[candidate.anchor] = candidate.overlap;
        anchors.owner[candidate.anchor] = truth;
    }
}

template <class Geometry>
void collect(const std::vector<Candidate> &found, int32_t truth, const Anchors<Geometry> &anchors,
             std::vector<Positive> &positives) {
    double alignment = 0, overlap = 0;
    for (const Candidate &candidate : found) {
        if (anchors.owner[candidate.anchor] != truth) continue;
        alignment = std::max(alignment, candidate.alignment);
        overlap = std::max(overlap, candidate.overlap);
    }
    for (const Candidate &candidate : found) {
        if (anchors.owner[candidate.anchor] != truth) continue;
        positives.push_back({candidate.anchor, truth, candidate.alignment * overlap / (alignment + 1e-9)});
    }
}

template <class Geometry>
std::vector<Positive> assigned(const Head &head, int64_t image, const std::vector<Truth> &truths,
                               const apus_head_settings &settings) {
    std::vector<Positive> positives;
    if (truths.empty()) return positives;
    Anchors<Geometry> anchors(head.anchors);
    std::vector<std::vector<Candidate>> found;
    for (size_t truth = 0; truth < truths.size(); truth++) {
        found.push_back(candidates(head, image, truths[truth], anchors, settings));
        claim(found.back(), static_cast<int32_t>(truth), settings.candidates, anchors);
    }
    for (size_t truth = 0; truth < truths.size(); truth++) settle(found[truth], static_cast<int32_t>(truth), anchors);
    for (size_t truth = 0; truth < truths.size(); truth++) {
        collect(found[truth], static_cast<int32_t>(truth), anchors, positives);
    }
    std::sort(positives.begin(), positives.end(),
              [](const Positive &a, const Positive &b) { return a.anchor < b.anchor; });
    return positives;
}

} // namespace

std::vector<Positive> apus::assign(const Head &head, int64_t image, const std::vector<Truth> &truths,
                                   const apus_head_settings &settings) {
    return head.task == APUS_OBB ? assigned<Oriented>(head, image, truths, settings)
                                 : assigned<Upright>(head, image, truths, settings);
}
