#include "HeadByTensor.hpp"
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

using namespace apus;

namespace {

/// Numbers of (truth, anchor) that are compared at once: some hundred megabytes.
constexpr int64_t pairsAtOnce = 1 << 25;

constexpr double margin = 1e-9;

/// Which anchors' centres lie inside which truths, [B, M, A].
at::Tensor insideUpright(const at::Tensor &centres, const at::Tensor &truths) {
    const auto x = centres.select(1, 0), y = centres.select(1, 1), boxes = truths.unsqueeze(2);
    return (x - boxes.select(-1, 0) > margin)
        .logical_and(y - boxes.select(-1, 1) > margin)
        .logical_and(boxes.select(-1, 2) - x > margin)
        .logical_and(boxes.select(-1, 3) - y > margin);
}

at::Tensor insideTurned(const at::Tensor &centres, const at::Tensor &truths) {
    const auto boxes = truths.unsqueeze(2), angle = boxes.select(-1, 4), c = angle.cos(), s = angle.sin();
    const auto dx = centres.select(1, 0) - boxes.select(-1, 0), dy = centres.select(1, 1) - boxes.select(-1, 1);
    return (boxes.select(-1, 2) / 2 - (c * dx + s * dy).abs() > margin)
        .logical_and(boxes.select(-1, 3) / 2 - (c * dy - s * dx).abs() > margin);
}

/// One piece of a batch: `scores` [b, A, C], `boxes` [b, A, 4] or [b, A, 5] in pixels.
TensorAssignment claim(const TensorHead &head, const at::Tensor &scores, const at::Tensor &boxes,
                       const at::Tensor &labels, const at::Tensor &truths, const at::Tensor &valid,
                       const apus_head_settings &settings) {
    const int64_t anchors = scores.size(1);
    const bool isTurned = head.task == APUS_OBB;
    const auto centres = head.centres * head.strides;
    const auto inside =
        (isTurned ? insideTurned(centres, truths) : insideUpright(centres, truths)).logical_and(valid.unsqueeze(-1));
    const auto seen = boxes.unsqueeze(1), wanted = truths.unsqueeze(2);
    auto overlap = (isTurned ? probabilisticIoU(seen, wanted) : completeIoU(seen, wanted)).clamp_min(0);
    overlap = overlap.masked_fill(inside.logical_not(), 0);
    const auto score = scores.transpose(1, 2).gather(1, labels.unsqueeze(-1).expand({-1, -1, anchors})).sigmoid();
    auto alignment = score.pow(settings.scorePower) * overlap.pow(settings.overlapPower);
    alignment = alignment.masked_fill(inside.logical_not(), 0);
    const auto [best, indices] = alignment.topk(std::min<int64_t>(settings.candidates, anchors), -1);
    auto claims = at::zeros_like(inside).scatter(2, indices, best > 0);
    // An anchor that several truths claim goes to the one it overlaps most, among all that contain it.
    const auto strongest = at::zeros_like(inside).scatter(1, overlap.argmax(1, true), true);
    claims = strongest.where(claims.sum(1, true) > 1, claims);
    alignment = alignment * claims;
    overlap = overlap * claims;
    const auto normalized = alignment * overlap.amax({-1}, true) / (alignment.amax({-1}, true) + 1e-9);
    const auto owner = claims.to(at::kFloat).argmax(1);
    return {owner.masked_fill(claims.any(1).logical_not(), -1), normalized.amax({1})};
}

} // namespace

TensorAssignment apus::assignByTensor(const TensorHead &head, const TensorTruths &truths,
                                      const apus_head_settings &settings) {
    at::NoGradGuard off;
    const int64_t batch = head.batch(), anchors = head.anchors(), most = truths.most();
    const auto options = head.scores.options().requires_grad(false);
    if (most == 0 || settings.candidates <= 0) {
        return {at::full({batch, anchors}, -1, options.dtype(at::kLong)), at::zeros({batch, anchors}, options)};
    }
    const auto distances = head.distances(head.boxes.detach());
    const bool isTurned = head.task == APUS_OBB;
    auto boxes = isTurned ? turnedAround(head.centres, distances, head.extras.detach())
                          : cornersAround(head.centres, distances) * head.strides;
    if (isTurned) boxes = at::cat({boxes.narrow(-1, 0, 4) * head.strides, boxes.narrow(-1, 4, 1)}, -1);
    const int64_t piece = std::clamp<int64_t>(pairsAtOnce / (most * anchors), 1, batch);
    std::vector<at::Tensor> owners, scores;
    for (int64_t first = 0; first < batch; first += piece) {
        const int64_t count = std::min(piece, batch - first);
        const auto part = [&](const at::Tensor &x) { return x.narrow(0, first, count); };
        const auto found =
            claim(head, part(head.scores.detach()), part(boxes), part(truths.labels),
                  part(isTurned ? truths.turned : truths.boxes), part(truths.valid), settings);
        owners.push_back(found.owner);
        scores.push_back(found.score);
    }
    return {at::cat(owners, 0), at::cat(scores, 0)};
}
