#include "TaskLosses.hpp"
#include <algorithm>
#include <c10/util/Exception.h>
#include <cmath>

using namespace apus;

void apus::checkKeypoints(const Head &head, const apus_truths &truths, const apus_head_settings &settings) {
    const size_t count = static_cast<size_t>(head.extras / 3);
    TORCH_CHECK(settings.sigmas && settings.sigmaCount == count, settings.sigmaCount, " sigmas for ", count,
                " keypoints; the loss has none of its own");
    for (size_t k = 0; k < count; k++) {
        TORCH_CHECK(settings.sigmas[k] > 0 && std::isfinite(settings.sigmas[k]), "keypoint ", k, " has the sigma ",
                    settings.sigmas[k]);
    }
    TORCH_CHECK(truths.keypointCount == truths.count * count, truths.keypointCount, " keypoints of ", truths.count,
                " targets, expected ", truths.count * count);
    for (size_t i = 0; i < truths.keypointCount; i++) {
        const apus_keypoint &point = truths.keypoints[i];
        TORCH_CHECK(point.visibility == 0 || std::isfinite(point.x + point.y), "keypoint ", i % count, " of target ",
                    i / count, " lies at ", point.x, ", ", point.y);
    }
}

namespace {

/// One positive beside its truth's points, in cells.
struct Pose {
    const apus_keypoint *points;
    double cellsWide, cellsHigh; // the image
    double area;                 // the truth's box
    double share;                // keypoints for each marked one

    Pose(const ImageTask &task, const Head::Place &place, const Truth &truth, int64_t count)
        : points(task.given.keypoints + truth.target * count), cellsWide(task.head.imageWidth() / place.level->stride),
          cellsHigh(task.head.imageHeight() / place.level->stride),
          area(truth.turned.width * truth.turned.height / (place.level->stride * place.level->stride)), share(0) {
        int64_t marked = 0;
        for (int64_t k = 0; k < count; k++) marked += points[k].visibility != 0;
        if (marked > 0) share = static_cast<double>(count) / marked;
    }
};

/// 1 − e^(−d² / (8σ²·area)), as object keypoint similarity scales a distance d.
void addDistance(const ImageTask &task, const Head::Place &place, const Pose &pose, int64_t k, float *gradient) {
    const float *found = place.extras + 3 * k;
    const double dx = 2 * static_cast<double>(found[0]) + place.x - 0.5 - pose.points[k].x * pose.cellsWide;
    const double dy = 2 * static_cast<double>(found[1]) + place.y - 0.5 - pose.points[k].y * pose.cellsHigh;
    const double sigma = task.settings.sigmas[k], scale = 1 / (8 * sigma * sigma * pose.area);
    const double likeness = std::exp(-(dx * dx + dy * dy) * scale);
    task.sums.keypoints += pose.share * (1 - likeness);
    const double slope = task.weights.keypoints * pose.share * likeness * scale * 4; // 2 of the square, 2 of decoding
    gradient[0] = static_cast<float>(slope * dx);
    gradient[1] = static_cast<float>(slope * dy);
}

void addVisibility(const ImageTask &task, double logit, bool isMarked, float *gradient) {
    const double e = std::exp(-std::abs(logit)), p = logit >= 0 ? 1 / (1 + e) : e / (1 + e);
    task.sums.visibility += std::max(logit, 0.0) + std::log1p(e) - (isMarked ? logit : 0);
    *gradient = static_cast<float>(task.weights.visibility * (p - (isMarked ? 1 : 0)));
}

} // namespace

void apus::addKeypointLoss(const ImageTask &task) {
    const int64_t count = task.head.extras / 3;
    for (const Positive &positive : task.positives) {
        const auto place = task.head.place(task.image, positive.anchor);
        const Pose pose(task, place, task.truths[positive.truth], count);
        float *gradient = ImageTask::row(task.gradients.extras, task, place, task.head.extras);
        for (int64_t k = 0; k < count; k++) {
            const bool isMarked = pose.points[k].visibility != 0;
            if (isMarked) addDistance(task, place, pose, k, gradient + 3 * k);
            addVisibility(task, place.extras[3 * k + 2], isMarked, gradient + 3 * k + 2);
        }
    }
}
