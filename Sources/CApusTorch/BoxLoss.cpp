#include "CompleteIoU.hpp"
#include "ProbabilisticIoU.hpp"
#include "TaskLosses.hpp"
#include <algorithm>

using namespace apus;

namespace {

/// A predicted box beside its truth, in cells: how far they overlap, how that changes with each side's distance
/// (left, top, right, bottom) and the angle, and the distances that the truth has.
struct Comparison {
    double overlap;
    double slopes[4];
    double angleSlope;
    double wanted[4];
};

Comparison upright(const Head::Place &place, int64_t bins, const Truth &truth) {
    const double s = place.level->stride;
    const Corners target{truth.box.minX / s, truth.box.minY / s, truth.box.maxX / s, truth.box.maxY / s};
    const Corners box = decodedBox(place, bins);
    const Dual<4> overlap = completeIoU(variable<4>(box.minX, 0), variable<4>(box.minY, 1), variable<4>(box.maxX, 2),
                                        variable<4>(box.maxY, 3), target);
    // A corner's coordinate falls or grows with its distance.
    return {overlap.value,
            {-overlap.slope[0], -overlap.slope[1], overlap.slope[2], overlap.slope[3]},
            0,
            {place.x - target.minX, place.y - target.minY, target.maxX - place.x, target.maxY - place.y}};
}

Comparison oriented(const Head::Place &place, int64_t bins, const Truth &truth) {
    const double s = place.level->stride;
    const Turned<double> &box = truth.turned;
    const Turned<double> target{box.x / s, box.y / s, box.width / s, box.height / s, box.angle};
    Dual<5> distances[4];
    for (int side = 0; side < 4; side++) {
        distances[side] = variable<5>(expectedDistance(place.boxes + side * bins, bins), side);
    }
    const Dual<5> angle = variable<5>(decodedAngle(place.extras[0]), 4);
    const Dual<5> overlap = probabilisticIoU(
        turnedBox(constant<5>(place.x), constant<5>(place.y), distances, cosine(angle), sine(angle), angle,
                  constant<5>(0.5)),
        target);
    const double c = std::cos(target.angle), sn = std::sin(target.angle);
    const double dx = place.x - target.x, dy = place.y - target.y, along = c * dx + sn * dy, across = c * dy - sn * dx;
    return {overlap.value,
            {overlap.slope[0], overlap.slope[1], overlap.slope[2], overlap.slope[3]},
            overlap.slope[4],
            {target.width / 2 + along, target.height / 2 + across, target.width / 2 - along,
             target.height / 2 - across}};
}

/// Cross entropy of both bins beside `target`, weighted by nearness (Li et al., Generalized Focal Loss,
/// <https://arxiv.org/abs/2006.04388>), and the gradients of it and of the expected distance.
double distributionLoss(const float *logits, int64_t bins, double target, double weight, double distanceSlope,
                        float *gradient) {
    target = std::clamp(target, 0.0, bins - 1 - 0.01);
    const int64_t left = static_cast<int64_t>(target);
    const double rightShare = target - left, leftShare = 1 - rightShare;
    const double largest = *std::max_element(logits, logits + bins);
    double total = 0, weighted = 0;
    for (int64_t bin = 0; bin < bins; bin++) {
        const double e = std::exp(logits[bin] - largest);
        total += e;
        weighted += e * bin;
    }
    const double expected = weighted / total, logTotal = std::log(total) + largest;
    for (int64_t bin = 0; bin < bins; bin++) {
        const double p = std::exp(logits[bin] - logTotal);
        const double share = bin == left ? leftShare : bin == left + 1 ? rightShare : 0;
        gradient[bin] = static_cast<float>(weight * (p - share) + distanceSlope * p * (bin - expected));
    }
    return logTotal - leftShare * logits[left] - rightShare * logits[left + 1];
}

/// How an oriented head's angle changes with its logit.
double angleSlope(float logit) {
    constexpr double pi = 3.14159265358979323846;
    const double s = 1 / (1 + std::exp(-static_cast<double>(logit)));
    return pi * s * (1 - s);
}

} // namespace

void apus::addBoxLoss(const ImageTask &task) {
    const int64_t bins = task.head.bins;
    const bool isOriented = task.head.task == APUS_OBB;
    for (const Positive &positive : task.positives) {
        const Truth &truth = task.truths[positive.truth];
        const auto place = task.head.place(task.image, positive.anchor);
        const Comparison box = isOriented ? oriented(place, bins, truth) : upright(place, bins, truth);
        float *gradient = ImageTask::row(task.gradients.boxes, task, place, 4 * bins);
        task.sums.box += (1 - box.overlap) * positive.score;
        for (int side = 0; side < 4; side++) {
            const double slope = -box.slopes[side] * positive.score * task.weights.box;
            const double loss =
                distributionLoss(place.boxes + side * bins, bins, box.wanted[side],
                                 positive.score * task.weights.distribution / 4, slope, gradient + side * bins);
            task.sums.distribution += loss * positive.score / 4;
        }
        if (!isOriented) continue;
        *ImageTask::row(task.gradients.extras, task, place, 1) = static_cast<float>(
            -box.angleSlope * angleSlope(place.extras[0]) * positive.score * task.weights.box);
    }
}
