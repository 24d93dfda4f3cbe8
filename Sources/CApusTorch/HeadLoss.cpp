// The loss of a v8-style head as one autograd function: values and gradients come from one pass over its maps.
#include "Distributed.hpp"
#include "FusedLoss.hpp"
#include "HeadByTensor.hpp"
#include "HeadMaps.hpp"
#include "Parallel.hpp"
#include "TaskLosses.hpp"
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros_like.h>

using namespace apus;

namespace {

struct Request {
    apus_head head;
    apus_truths truths;
    apus_head_settings settings;
    apus_loss_parts *parts;
};

double totalScore(const Assignment &assignment) {
    double total = 0;
    for (const auto &positives : assignment) {
        for (const auto &positive : positives) total += positive.score;
    }
    return total;
}

size_t totalCount(const Assignment &assignment) {
    size_t total = 0;
    for (const auto &positives : assignment) total += positives.size();
    return total;
}

/// Zeros for every map; every class score gets its gradient, so those need none.
Gradients allocate(const Maps &maps, const apus_head &head, Maps &storage) {
    Gradients gradients;
    const auto pointer = [&](const at::Tensor &tensor) {
        return storage.emplace_back(tensor).mutable_data_ptr<float>();
    };
    for (size_t i = 0; i < head.levels; i++) gradients.boxes.push_back(pointer(at::zeros_like(maps[i])));
    for (size_t i = 0; i < head.levels; i++) gradients.scores.push_back(pointer(at::empty_like(maps[head.levels + i])));
    if (head.task == APUS_DETECT) return gradients;
    for (size_t i = 0; i < head.levels; i++) {
        gradients.extras.push_back(pointer(at::zeros_like(maps[2 * head.levels + i])));
    }
    if (head.task == APUS_SEGMENT) gradients.prototypes = pointer(at::zeros_like(maps.back()));
    return gradients;
}

/// What the sums are means over, of all processes that share the batch.
struct Extent {
    double score, positives, images;

    Extent(const Assignment &assignment, int64_t batch)
        : score(totalScore(assignment)), positives(static_cast<double>(totalCount(assignment))),
          images(static_cast<double>(batch)) {
        double values[] = {score, positives, images};
        sumOver(joinedGroup(), values, 3);
        score = std::max(values[0], 1.0);
        positives = std::max(values[1], 1.0);
        images = values[2];
    }
};

/// Gains over what each sum is a mean of.
Weights means(const Head &head, const apus_head_settings &gains, const Extent &extent) {
    const double share = 1 / extent.score, count = extent.positives;
    const double points = count * std::max<double>(head.extras / 3, 1);
    return {gains.boxGain * share,     gains.classGain * share,      gains.distributionGain * share,
            gains.maskGain / count,    gains.keypointGain / points,  gains.visibilityGain / points};
}

Weights scaled(const Weights &w, double factor) {
    return {w.box * factor,  w.classification * factor, w.distribution * factor,
            w.mask * factor, w.keypoints * factor,      w.visibility * factor};
}

void addImage(const ImageTask &task) {
    addClassLoss(task);
    addBoxLoss(task);
    if (task.head.task == APUS_SEGMENT) addMaskLoss(task);
    if (task.head.task == APUS_POSE) addKeypointLoss(task);
    task.sums.positives = static_cast<int32_t>(task.positives.size());
}

Sums sum(const std::vector<Sums> &images) {
    Sums sums;
    for (const Sums &image : images) {
        sums.box += image.box;
        sums.classification += image.classification;
        sums.distribution += image.distribution;
        sums.mask += image.mask;
        sums.keypoints += image.keypoints;
        sums.visibility += image.visibility;
        sums.positives += image.positives;
    }
    return sums;
}

/// The total, and its gradients in the order of the maps.
double measure(const Maps &given, const Request &request, Maps &storage) {
    const Maps maps = readable(given);
    const Head head = headOf(maps, request.head);
    checkTerms(head, request.truths, request.settings);
    const auto truths = truthsOf(head, request.truths);
    const auto assignment = assignAll(head, truths, request.settings);
    const Gradients gradients = allocate(maps, request.head, storage);
    const auto &gains = request.settings;
    const Extent extent(assignment, head.batch);
    const double share = 1 / extent.score, batch = extent.images;
    const Weights parts = means(head, gains, extent);
    const Weights weights = scaled(parts, batch);
    std::vector<Sums> images(head.batch);
    parallelParts(head.batch, [&](int64_t image) {
        addImage({head, image, truths[image], assignment[image], request.truths, request.settings, weights, gradients,
                  images[image]});
    });
    const Sums sums = sum(images);
    const double values[] = {parts.box * sums.box,   parts.classification * sums.classification,
                             parts.distribution * sums.distribution, parts.mask * sums.mask,
                             parts.keypoints * sums.keypoints, parts.visibility * sums.visibility};
    *request.parts = {static_cast<float>(values[0]), static_cast<float>(values[1]), static_cast<float>(values[2]),
                      static_cast<float>(values[3]), static_cast<float>(values[4]), static_cast<float>(values[5]),
                      sums.positives};
    return batch * share
               * (gains.boxGain * sums.box + gains.classGain * sums.classification
                  + gains.distributionGain * sums.distribution)
           + batch * (values[3] + values[4] + values[5]);
}

/// Whether the fused loss takes these maps as they lie.
bool isFast(const Maps &maps) {
    return usesFused() && std::all_of(maps.begin(), maps.end(), [](const at::Tensor &map) { return map.is_cpu(); });
}

} // namespace

void apus::checkTerms(const Head &head, const apus_truths &truths, const apus_head_settings &settings) {
    checkClassTerms(head, settings);
    if (head.task == APUS_SEGMENT) checkMasks(head, truths);
    if (head.task == APUS_POSE) checkKeypoints(head, truths, settings);
}

apus_result apus_head_loss(const apus_head *head, const apus_truths *truths, const apus_head_settings *settings,
                           apus_loss_parts *parts) {
    return guarded([&] {
        const Request request{*head, *truths, *settings, parts};
        const Maps given = mapsOf(*head);
        if (!isFast(given)) return headLossByTensor(*head, *truths, *settings, *parts);
        return fusedLoss(given, [&](const Maps &maps, Maps &gradients) {
            return measure(maps, request, gradients);
        });
    });
}

apus_status apus_head_assignment(const apus_head *described, const apus_truths *given,
                                 const apus_head_settings *settings, int32_t *assigned, float *targetScores) {
    return guardedStatus([&] {
        const Maps maps = readable(mapsOf(*described));
        const Head head = headOf(maps, *described);
        const auto truths = truthsOf(head, *given);
        const auto assignment = assignAll(head, truths, *settings);
        std::fill(assigned, assigned + head.batch * head.anchors, -1);
        std::fill(targetScores, targetScores + head.batch * head.anchors, 0.0f);
        for (int64_t image = 0; image < head.batch; image++) {
            for (const auto &positive : assignment[image]) {
                const int64_t index = image * head.anchors + positive.anchor;
                assigned[index] = truths[image][positive.truth].target;
                targetScores[index] = static_cast<float>(positive.score);
            }
        }
    });
}
