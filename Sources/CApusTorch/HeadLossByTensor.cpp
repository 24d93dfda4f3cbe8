#include "Distributed.hpp"
#include "HeadByTensor.hpp"
#include "TaskLosses.hpp"
#include "Uploads.hpp"
#include <ATen/TensorIndexing.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/DispatchKeySet.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

using namespace apus;

namespace {

/// Anchors that predict a truth: P of them.
struct TensorPositives {
    at::Tensor image, anchor, truth; // [P]
    at::Tensor labels, score;        // [P]
    at::Tensor centres, strides;     // [P, 2], [P, 1]

    TensorPositives(const TensorHead &head, const TensorTruths &truths, const TensorAssignment &assignment) {
        const auto places = (assignment.owner >= 0).nonzero();
        image = places.select(1, 0);
        anchor = places.select(1, 1);
        truth = assignment.owner.index({image, anchor});
        score = assignment.score.index({image, anchor});
        if (count() > 0) labels = truths.labels.index({image, truth});
        centres = head.centres.index({anchor});
        strides = head.strides.index({anchor});
    }

    int64_t count() const { return image.size(0); }
    at::Tensor of(const at::Tensor &anchors) const { return anchors.index({image, anchor}); }
    at::Tensor ofTruth(const at::Tensor &truths) const { return truths.index({image, truth}); }
};

/// The terms as sums, before gains and means: each a scalar.
struct TensorSums {
    at::Tensor box, classification, distribution, mask, keypoints, visibility;
};

at::Tensor crossEntropy(const at::Tensor &logits, const at::Tensor &wanted, const std::optional<at::Tensor> &weights,
                        at::Reduction::Reduction reduction) {
    return at::binary_cross_entropy_with_logits(logits, wanted, weights, std::nullopt, reduction);
}

at::Tensor classSum(const TensorHead &head, const TensorPositives &positives, const apus_head_settings &settings) {
    auto wanted = at::zeros_like(head.scores.detach());
    if (positives.count() > 0) wanted.index_put_({positives.image, positives.anchor, positives.labels}, positives.score);
    std::optional<at::Tensor> weights;
    if (settings.classWeights) {
        const auto given = at::from_blob(const_cast<float *>(settings.classWeights),
                                         {static_cast<int64_t>(settings.classWeightCount)}, at::kFloat);
        weights = given.clone().to(head.scores.device());
    }
    if (settings.focalGamma == 0) return crossEntropy(head.scores, wanted, weights, at::Reduction::Sum);
    const auto gap = (wanted - head.scores.sigmoid()).abs().clamp_min(1e-12);
    return (gap.pow(settings.focalGamma) * crossEntropy(head.scores, wanted, weights, at::Reduction::None)).sum();
}

/// Distances from the anchors' centres to a turned box's sides, along its axes.
at::Tensor turnedDistances(const at::Tensor &centres, const at::Tensor &box) {
    const auto c = box.select(-1, 4).cos(), s = box.select(-1, 4).sin();
    const auto dx = centres.select(-1, 0) - box.select(-1, 0), dy = centres.select(-1, 1) - box.select(-1, 1);
    const auto along = c * dx + s * dy, across = c * dy - s * dx;
    const auto width = box.select(-1, 2) / 2, height = box.select(-1, 3) / 2;
    return at::stack({width + along, height + across, width - along, height - across}, -1);
}

/// Cross entropy of both bins beside each distance [P, 4], by nearness; a mean over the sides.
at::Tensor distributionLoss(const at::Tensor &logits, const at::Tensor &distances, int64_t bins) {
    const auto wanted = distances.clamp(0, bins - 1 - 0.01), left = wanted.to(at::kLong);
    const auto far = wanted - left, logs = logits.reshape({-1, 4, bins}).log_softmax(-1);
    const auto at = [&](const at::Tensor &bin) { return logs.gather(2, bin.unsqueeze(-1)).squeeze(-1); };
    return -(at(left) * (1 - far) + at(left + 1) * far).mean(-1);
}

void addBoxes(TensorSums &sums, const TensorHead &head, const TensorTruths &truths, const TensorPositives &positives) {
    const auto logits = positives.of(head.boxes), distances = head.distances(logits);
    at::Tensor overlap, wanted;
    if (head.task == APUS_OBB) {
        const auto given = positives.ofTruth(truths.turned);
        const auto box = at::cat({given.narrow(-1, 0, 4) / positives.strides, given.narrow(-1, 4, 1)}, -1);
        overlap = probabilisticIoU(turnedAround(positives.centres, distances, positives.of(head.extras)), box);
        wanted = turnedDistances(positives.centres, box);
    } else {
        const auto box = positives.ofTruth(truths.boxes) / positives.strides;
        overlap = completeIoU(cornersAround(positives.centres, distances), box);
        wanted = at::cat({positives.centres - box.narrow(-1, 0, 2), box.narrow(-1, 2, 2) - positives.centres}, -1);
    }
    sums.box = ((1 - overlap) * positives.score).sum();
    sums.distribution = (distributionLoss(logits, wanted, head.bins) * positives.score).sum();
}

/// Of each truth of an image: 0 outside its box, 1 inside, 2 where its mask is; and one over its box's area.
struct ImageMasks {
    at::Tensor cells, shares;

    ImageMasks(const Head &head, const std::vector<Truth> &truths, const apus_truths &given, at::Device device) {
        const auto count = static_cast<int64_t>(truths.size());
        const int64_t height = head.prototypes.height, width = head.prototypes.width;
        auto marks = at::zeros({count, height, width}, at::kByte);
        auto areas = at::zeros({count}, at::kFloat);
        for (int64_t i = 0; i < count; i++) {
            const MaskCells cells(head, truths[i]);
            const apus_mask_window &window = given.windows[truths[i].target];
            auto *plane = static_cast<uint8_t *>(marks.mutable_data_ptr()) + i * height * width;
            for (int64_t y = cells.top; y < cells.bottom; y++) {
                const int64_t row = y - window.top;
                for (int64_t x = cells.left; x < cells.right; x++) {
                    const int64_t column = x - window.left;
                    const bool isCovered = row >= 0 && row < window.height && column >= 0 && column < window.width;
                    const bool isIn = isCovered && given.masks[window.offset + row * window.width + column] != 0;
                    plane[y * width + x] = isIn ? 2 : 1;
                }
            }
            areas.mutable_data_ptr<float>()[i] = static_cast<float>(1 / cells.area);
        }
        cells = uploaded(marks, device);
        shares = uploaded(areas, device);
    }
};

at::Tensor maskSum(const TensorHead &head, const Head &described, const std::vector<std::vector<Truth>> &truths,
                   const apus_truths &given, const TensorPositives &positives) {
    std::vector<at::Tensor> sums;
    const auto counts = at::zeros({head.batch()}, positives.image.options())
                            .scatter_add(0, positives.image, at::zeros_like(positives.image) + 1)
                            .cpu();
    int64_t first = 0;
    for (int64_t image = 0; image < head.batch(); image++) {
        const int64_t count = counts.const_data_ptr<int64_t>()[image];
        if (count == 0) continue;
        const auto anchors = positives.anchor.narrow(0, first, count), own = positives.truth.narrow(0, first, count);
        const ImageMasks masks(described, truths[image], given, head.scores.device());
        const auto logits = head.extras.select(0, image).index({anchors}).matmul(head.prototypes.select(0, image).flatten(1));
        const auto cells = masks.cells.index({own}).flatten(1);
        const auto losses = crossEntropy(logits, (cells == 2).to(at::kFloat), std::nullopt, at::Reduction::None);
        sums.push_back(((losses * (cells > 0)).sum(1) * masks.shares.index({own})).sum());
        first += count;
    }
    return sums.empty() ? head.extras.sum() * 0 : at::stack(sums).sum();
}

void addKeypoints(TensorSums &sums, const TensorHead &head, const TensorTruths &truths, const Head &described,
                  const apus_truths &given, const apus_head_settings &settings, const TensorPositives &positives) {
    const int64_t count = described.extras / 3;
    const auto device = head.scores.device();
    static_assert(sizeof(apus_keypoint) == 3 * sizeof(float));
    const auto copied = [&](const void *values, at::IntArrayRef shape) {
        return uploaded(at::from_blob(const_cast<void *>(values), shape, at::kFloat).clone(), device);
    };
    const auto all = copied(given.keypoints, {static_cast<int64_t>(given.count), count, 3});
    const auto points = all.index({positives.ofTruth(truths.targets)}); // [P, K, 3], fractions
    const auto found = positives.of(head.extras).reshape({-1, count, 3});
    const auto marked = points.select(-1, 2) != 0;
    const auto share = count / marked.sum(1, true).clamp_min(1).to(at::kFloat);
    const auto area = positives.ofTruth(truths.turned).narrow(-1, 2, 2).prod(-1, true) / positives.strides.square();
    const auto axis = [&](int64_t index, double size) {
        const auto wanted = points.select(-1, index).nan_to_num() * size / positives.strides;
        return found.select(-1, index) * 2 + positives.centres.narrow(1, index, 1) - 0.5 - wanted;
    };
    const auto dx = axis(0, described.imageWidth()), dy = axis(1, described.imageHeight());
    const auto sigmas = copied(settings.sigmas, {count});
    const auto likeness = (-(dx * dx + dy * dy) / (8 * sigmas.square() * area)).exp();
    sums.keypoints = ((1 - likeness) * share * marked).sum();
    sums.visibility =
        crossEntropy(found.select(-1, 2), marked.to(at::kFloat), std::nullopt, at::Reduction::Sum);
}

} // namespace

at::Tensor apus::headLossByTensor(const apus_head &described, const apus_truths &given,
                                  const apus_head_settings &settings, apus_loss_parts &parts) {
    // Sums over thousands of anchors are float32, whatever computed the maps.
    const c10::impl::ExcludeDispatchKeyGuard exact(c10::autocast_dispatch_keyset);
    Maps maps;
    for (const auto &map : mapsOf(described)) maps.push_back(map.to(at::kFloat));
    const Head shapes = headOf(maps, described);
    checkTerms(shapes, given, settings);
    const TensorHead head(maps, described);
    const auto images = truthsOf(shapes, given);
    const TensorTruths truths(images, head.scores.device());
    const auto assignment = assignByTensor(head, truths, settings);
    const TensorPositives positives(head, truths, assignment);
    const double count = static_cast<double>(positives.count());
    double extent[] = {assignment.score.sum(at::kDouble).item<double>(), count, static_cast<double>(head.batch())};
    sumOver(joinedGroup(), extent, 3);
    const double score = std::max(extent[0], 1.0), shared = std::max(extent[1], 1.0);
    const double points = shared * std::max<double>(shapes.extras / 3, 1);

    const auto none = head.boxes.sum() * 0;
    TensorSums sums{none, classSum(head, positives, settings), none, none, none, none};
    if (positives.count() > 0) {
        addBoxes(sums, head, truths, positives);
        if (head.task == APUS_SEGMENT) sums.mask = maskSum(head, shapes, images, given, positives);
        if (head.task == APUS_POSE) addKeypoints(sums, head, truths, shapes, given, settings, positives);
    }
    const auto terms = at::stack({sums.box * (settings.boxGain / score),
                                  sums.classification * (settings.classGain / score),
                                  sums.distribution * (settings.distributionGain / score),
                                  sums.mask * (settings.maskGain / shared),
                                  sums.keypoints * (settings.keypointGain / points),
                                  sums.visibility * (settings.visibilityGain / points)});
    const auto values = terms.detach().cpu();
    const float *v = values.const_data_ptr<float>();
    parts = {v[0], v[1], v[2], v[3], v[4], v[5], static_cast<int32_t>(positives.count())};
    return terms.sum() * extent[2];
}
