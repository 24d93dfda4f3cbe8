#include "Kernels.hpp"
#include "TaskLosses.hpp"
#include <algorithm>
#include <c10/util/Exception.h>
#include <cmath>

using namespace apus;

void apus::checkClassTerms(const Head &head, const apus_head_settings &settings) {
    TORCH_CHECK(settings.focalGamma >= 0 && std::isfinite(settings.focalGamma), "a focal exponent of ",
                settings.focalGamma);
    if (!settings.classWeights) return;
    TORCH_CHECK(settings.classWeightCount == static_cast<size_t>(head.classes), settings.classWeightCount,
                " class weights for ", head.classes, " classes");
    for (int64_t i = 0; i < head.classes; i++) {
        const float weight = settings.classWeights[i];
        TORCH_CHECK(weight >= 0 && std::isfinite(weight), "class ", i, " weighs ", weight);
    }
}

namespace {

/// A value with its derivative.
struct Term {
    double value, slope;
};

/// |t − p|^γ · cross entropy of the logit x and the score t, p = sigmoid(x): the quality focal loss of Li et al.,
/// <https://arxiv.org/abs/2006.04388>, and plain cross entropy for γ = 0.
Term focalTerm(double x, double t, double gamma) {
    const double e = std::exp(-std::abs(x)), p = x >= 0 ? 1 / (1 + e) : e / (1 + e);
    const double entropy = std::max(x, 0.0) + std::log1p(e) - t * x;
    if (gamma == 0) return {entropy, p - t};
    const double gap = std::abs(t - p), factor = gamma == 2 ? gap * gap : std::pow(gap, gamma);
    const double change = gap > 1e-12 ? gamma * factor / gap * (p > t ? 1 : -1) * p * (1 - p) : 0;
    return {factor * entropy, factor * (p - t) + change * entropy};
}

double classWeight(const apus_head_settings &settings, int64_t label) {
    return settings.classWeights ? settings.classWeights[label] : 1;
}

/// Every score against zero.
void addBackground(const ImageTask &task) {
    const Head &head = task.head;
    const auto &settings = task.settings;
    for (size_t i = 0; i < head.levels.size(); i++) {
        const int64_t count = head.levels[i].count() * head.classes, offset = task.image * count;
        const float *scores = head.levels[i].scores + offset;
        float *gradient = task.gradients.scores[i] + offset;
        if (settings.focalGamma == 0 && !settings.classWeights) {
            task.sums.classification +=
                kernels().softplusSum(scores, gradient, count, static_cast<float>(task.weights.classification));
            continue;
        }
        for (int64_t j = 0; j < count; j++) {
            const Term term = focalTerm(scores[j], 0, settings.focalGamma);
            const double weight = classWeight(settings, j % head.classes);
            task.sums.classification += weight * term.value;
            gradient[j] = static_cast<float>(weight * task.weights.classification * term.slope);
        }
    }
}

/// What a positive changes of its own class.
void addForeground(const ImageTask &task, const Positive &positive) {
    const int32_t label = task.truths[positive.truth].label;
    const auto place = task.head.place(task.image, positive.anchor);
    float *gradient = ImageTask::row(task.gradients.scores, task, place, task.head.classes) + label;
    const double gamma = task.settings.focalGamma, weight = classWeight(task.settings, label);
    if (gamma == 0) { // the difference from the background is linear
        task.sums.classification -= weight * place.scores[label] * positive.score;
        *gradient -= static_cast<float>(weight * positive.score * task.weights.classification);
        return;
    }
    const Term background = focalTerm(place.scores[label], 0, gamma);
    const Term foreground = focalTerm(place.scores[label], positive.score, gamma);
    task.sums.classification += weight * (foreground.value - background.value);
    *gradient = static_cast<float>(weight * task.weights.classification * foreground.slope);
}

} // namespace

void apus::addClassLoss(const ImageTask &task) {
    addBackground(task);
    for (const Positive &positive : task.positives) addForeground(task, positive);
}
