// A v8-style head's loss and decoding in LibTorch's own operations: what runs on GPUs, where nothing but the labels is
// copied, and the readable specification of the fused loss on CPUs.
#pragma once
#include "HeadMaps.hpp"

namespace apus {

/// All anchors of a head, level by level, on the maps' device.
struct TensorHead {
    at::Tensor boxes, scores, extras; // [B, A, 4·bins], [B, A, C], [B, A, E]
    at::Tensor prototypes;            // [B, E, H, W]
    at::Tensor centres, strides;      // [A, 2] in cells, [A, 1] in pixels
    int64_t bins;
    int task;

    TensorHead(const Maps &maps, const apus_head &described);

    int64_t batch() const { return boxes.size(0); }
    int64_t anchors() const { return boxes.size(1); }
    /// Σ bin · softmax for each side of [..., 4·bins] logits: [..., 4], in cells.
    at::Tensor distances(const at::Tensor &logits) const;
};

/// Boxes along the axes, by corners [..., 4].
at::Tensor cornersAround(const at::Tensor &centres, const at::Tensor &distances);
/// Turned boxes, x, y, width, height, angle in [..., 5]; `angles` [..., 1] are logits.
at::Tensor turnedAround(const at::Tensor &centres, const at::Tensor &distances, const at::Tensor &angles);

/// As in CompleteIoU.hpp and ProbabilisticIoU.hpp, of boxes whose leading extents broadcast.
at::Tensor completeIoU(const at::Tensor &boxes, const at::Tensor &truths);
at::Tensor probabilisticIoU(const at::Tensor &boxes, const at::Tensor &truths);

/// A batch's truths, padded to the most that an image has, M; in pixels.
struct TensorTruths {
    at::Tensor labels, targets, valid; // [B, M]: int64, index into the caller's targets, bool
    at::Tensor boxes, turned;          // [B, M, 4] corners, [B, M, 5]

    TensorTruths(const std::vector<std::vector<Truth>> &truths, at::Device device);
    int64_t most() const { return labels.size(1); }
};

/// Each anchor's owner, as an index into M (−1: background), and its target score: [B, A].
struct TensorAssignment {
    at::Tensor owner, score;
};
TensorAssignment assignByTensor(const TensorHead &head, const TensorTruths &truths, const apus_head_settings &settings);

/// The scalar of `apus_head_loss`, through autograd.
at::Tensor headLossByTensor(const apus_head &described, const apus_truths &truths, const apus_head_settings &settings,
                            apus_loss_parts &parts);
/// The predictions of `apus_head_decode`.
at::Tensor decodedByTensor(const apus_head &described);

} // namespace apus
