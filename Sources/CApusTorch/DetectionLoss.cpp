// A v8-style detection loss as one autograd function: values and gradients come from one pass over the head's maps.
#include "CompleteIoU.hpp"
#include "Handle.hpp"
#include "Kernels.hpp"
#include "Parallel.hpp"
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

using namespace apus;

namespace {

using Maps = std::vector<at::Tensor>;

/// float32 NHWC maps on the CPU, whatever the head gave.
Maps readable(const Maps &maps) {
    Maps result;
    for (const auto &map : maps) {
        TORCH_CHECK(map.dim() == 4, "a head map is [B, C, H, W], not ", map.sizes());
        result.push_back(map.detach().to(at::kCPU, at::kFloat).contiguous(at::MemoryFormat::ChannelsLast));
    }
    return result;
}

Head headOf(const Maps &boxes, const Maps &scores, const float *strides) {
    Head head{{}, boxes[0].size(0), boxes[0].size(1) / 4, scores[0].size(1), 0};
    for (size_t i = 0; i < boxes.size(); i++) {
        const auto &b = boxes[i], &s = scores[i];
        TORCH_CHECK(b.size(0) == head.batch && s.size(0) == head.batch && b.size(1) == 4 * head.bins
                        && s.size(1) == head.classes && b.size(2) == s.size(2) && b.size(3) == s.size(3),
                    "the maps of level ", i, " disagree: ", b.sizes(), " and ", s.sizes());
        head.levels.push_back(
            {b.const_data_ptr<float>(), s.const_data_ptr<float>(), b.size(2), b.size(3), strides[i], head.anchors});
        head.anchors += b.size(2) * b.size(3);
    }
    return head;
}

/// Each image's truths, in pixels of the head's input.
std::vector<std::vector<Truth>> truthsOf(const Head &head, const apus_target *targets, size_t count) {
    std::vector<std::vector<Truth>> truths(head.batch);
    const double width = head.imageWidth(), height = head.imageHeight();
    for (size_t i = 0; i < count; i++) {
        const apus_target &t = targets[i];
        TORCH_CHECK(t.image >= 0 && t.image < head.batch, "target ", i, " is of image ", t.image, " of ", head.batch);
        TORCH_CHECK(t.label >= 0 && t.label < head.classes, "target ", i, " has label ", t.label, " of ", head.classes);
        const double x = t.centerX * width, y = t.centerY * height, w = t.width * width / 2, h = t.height * height / 2;
        truths[t.image].push_back({static_cast<int32_t>(i), t.label, {x - w, y - h, x + w, y + h}});
    }
    return truths;
}

using Assignment = std::vector<std::vector<Positive>>;

Assignment assignAll(const Head &head, const std::vector<std::vector<Truth>> &truths,
                     const apus_detection_settings &settings) {
    Assignment assignment(head.batch);
    parallelParts(head.batch, [&](int64_t image) { assignment[image] = assign(head, image, truths[image], settings); });
    return assignment;
}

double totalScore(const Assignment &assignment) {
    double total = 0;
    for (const auto &positives : assignment) {
        for (const auto &positive : positives) total += positive.score;
    }
    return total;
}

/// Weighted sums of one image, and later of the batch.
struct Sums {
    double box = 0, classification = 0, distribution = 0;
    int32_t positives = 0;
};

/// Gradients are written here; each has its map's memory layout.
struct Output {
    std::vector<float *> boxes, scores;
};

/// What a unit of each part weighs in the gradient of the total.
struct Weights {
    double box, classification, distribution;
};

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

void addBoxLosses(const Head &head, const Head::Place &place, const Positive &positive, const Truth &truth,
                  const Weights &weights, float *gradient, Sums &sums) {
    const double s = place.level->stride;
    const Corners target{truth.box.minX / s, truth.box.minY / s, truth.box.maxX / s, truth.box.maxY / s};
    const Corners box = decodedBox(place, head.bins);
    const Dual overlap =
        completeIoU(variable(box.minX, 0), variable(box.minY, 1), variable(box.maxX, 2), variable(box.maxY, 3), target);
    sums.box += (1 - overlap.value) * positive.score;
    const double distances[4] = {place.x - target.minX, place.y - target.minY, target.maxX - place.x,
                                 target.maxY - place.y};
    const double signs[4] = {-1, -1, 1, 1}; // a corner's coordinate falls or grows with its distance
    for (int side = 0; side < 4; side++) {
        const double slope = -overlap.slope[side] * signs[side] * positive.score * weights.box;
        const double loss =
            distributionLoss(place.boxes + side * head.bins, head.bins, distances[side],
                             positive.score * weights.distribution / 4, slope, gradient + side * head.bins);
        sums.distribution += loss * positive.score / 4;
    }
}

/// Binary cross entropy of one image against all-zero targets, then what each positive changes.
void addImage(const Head &head, int64_t image, const std::vector<Truth> &truths, const std::vector<Positive> &positives,
              const Weights &weights, const Output &output, Sums &sums) {
    for (size_t i = 0; i < head.levels.size(); i++) {
        const Level &level = head.levels[i];
        const int64_t count = level.count() * head.classes, offset = image * count;
        sums.classification += kernels().softplusSum(level.scores + offset, output.scores[i] + offset, count,
                                                     static_cast<float>(weights.classification));
    }
    for (const Positive &positive : positives) {
        const Truth &truth = truths[positive.truth];
        const auto place = head.place(image, positive.anchor);
        const size_t i = place.level - head.levels.data();
        const int64_t row = image * place.level->count() + place.cell;
        sums.classification -= place.scores[truth.label] * positive.score;
        output.scores[i][row * head.classes + truth.label] -=
            static_cast<float>(positive.score * weights.classification);
        addBoxLosses(head, place, positive, truth, weights, output.boxes[i] + row * 4 * head.bins, sums);
        sums.positives++;
    }
}

struct Request {
    const float *strides;
    const apus_target *targets;
    size_t targetCount;
    apus_detection_settings settings;
    apus_loss_parts *parts;
};

/// The total, and its gradients in `gradients`: boxes of every level, then scores.
double measure(const Maps &boxes, const Maps &scores, const Request &request, Maps &gradients) {
    const Head head = headOf(boxes, scores, request.strides);
    const auto truths = truthsOf(head, request.targets, request.targetCount);
    const auto assignment = assignAll(head, truths, request.settings);
    Output output;
    for (const auto &map : boxes)
        output.boxes.push_back(gradients.emplace_back(at::zeros_like(map)).mutable_data_ptr<float>());
    for (const auto &map : scores)
        output.scores.push_back(gradients.emplace_back(at::empty_like(map)).mutable_data_ptr<float>());

    const double share = 1 / std::max(totalScore(assignment), 1.0), batch = head.batch;
    const auto &gains = request.settings;
    const Weights weights{gains.boxGain * share * batch, gains.classGain * share * batch,
                          gains.distributionGain * share * batch};
    std::vector<Sums> images(head.batch);
    parallelParts(head.batch, [&](int64_t image) {
        addImage(head, image, truths[image], assignment[image], weights, output, images[image]);
    });
    Sums sums;
    for (const Sums &image : images) {
        sums.box += image.box;
        sums.classification += image.classification;
        sums.distribution += image.distribution;
        sums.positives += image.positives;
    }
    *request.parts = {static_cast<float>(gains.boxGain * share * sums.box),
                      static_cast<float>(gains.classGain * share * sums.classification),
                      static_cast<float>(gains.distributionGain * share * sums.distribution), sums.positives};
    return batch * share
           * (gains.boxGain * sums.box + gains.classGain * sums.classification
              + gains.distributionGain * sums.distribution);
}

struct DetectionLoss : torch::autograd::Function<DetectionLoss> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, at::TensorList maps, const Request &request) {
        const size_t levels = maps.size() / 2;
        const Maps boxes = readable(Maps(maps.begin(), maps.begin() + levels));
        const Maps scores = readable(Maps(maps.begin() + levels, maps.end()));
        Maps gradients;
        const double total = measure(boxes, scores, request, gradients);
        for (size_t i = 0; i < maps.size(); i++) gradients[i] = gradients[i].to(maps[i].options());
        context->save_for_backward(gradients);
        return at::full({}, total, maps[0].options());
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list incoming) {
        auto gradients = context->get_saved_variables();
        const bool isUnit = incoming[0].is_cpu() && incoming[0].item<double>() == 1;
        if (!isUnit) {
            for (auto &gradient : gradients) gradient = at::mul(gradient, incoming[0]);
        }
        gradients.emplace_back(); // the request takes no gradient
        return gradients;
    }
};

} // namespace

apus_result apus_detection_loss(const apus_tensor *boxes, const apus_tensor *scores, const float *strides,
                                size_t levels, const apus_target *targets, size_t targetCount,
                                apus_detection_settings settings, apus_loss_parts *parts) {
    return guarded([&] {
        Maps maps = retained(boxes, levels);
        const Maps scoreMaps = retained(scores, levels);
        maps.insert(maps.end(), scoreMaps.begin(), scoreMaps.end());
        return DetectionLoss::apply(at::TensorList(maps), Request{strides, targets, targetCount, settings, parts});
    });
}

apus_status apus_detection_assignment(const apus_tensor *boxes, const apus_tensor *scores, const float *strides,
                                      size_t levels, const apus_target *targets, size_t targetCount,
                                      apus_detection_settings settings, int32_t *assigned, float *targetScores) {
    return guardedStatus([&] {
        const Maps boxMaps = readable(retained(boxes, levels)), scoreMaps = readable(retained(scores, levels));
        const Head head = headOf(boxMaps, scoreMaps, strides);
        const auto truths = truthsOf(head, targets, targetCount);
        const auto assignment = assignAll(head, truths, settings);
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

apus_result apus_detection_decode(const apus_tensor *boxes, const apus_tensor *scores, const float *strides,
                                  size_t levels) {
    return guarded([&] {
        const Maps boxMaps = readable(retained(boxes, levels)), scoreMaps = readable(retained(scores, levels));
        const Head head = headOf(boxMaps, scoreMaps, strides);
        auto result = at::empty({head.batch, 4 + head.classes, head.anchors}, boxMaps[0].options());
        float *output = result.mutable_data_ptr<float>();
        parallelRanges(head.batch * head.anchors, 512, [&](int64_t begin, int64_t end) {
            for (int64_t index = begin; index < end; index++) {
                const int64_t image = index / head.anchors, anchor = index % head.anchors;
                float *column = output + image * (4 + head.classes) * head.anchors + anchor;
                const auto place = head.place(image, anchor);
                const Corners box = decodedBox(place, head.bins);
                const double s = place.level->stride;
                column[0] = static_cast<float>((box.minX + box.maxX) / 2 * s);
                column[head.anchors] = static_cast<float>((box.minY + box.maxY) / 2 * s);
                column[2 * head.anchors] = static_cast<float>((box.maxX - box.minX) * s);
                column[3 * head.anchors] = static_cast<float>((box.maxY - box.minY) * s);
                for (int64_t c = 0; c < head.classes; c++) {
                    column[(4 + c) * head.anchors] = 1 / (1 + std::exp(-place.scores[c]));
                }
            }
        });
        return result;
    });
}
