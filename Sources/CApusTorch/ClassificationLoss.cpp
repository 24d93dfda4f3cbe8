// Cross entropy of image classifiers: shares of classes, smoothing, class weights, focal terms.
#include "Distributed.hpp"
#include "FusedLoss.hpp"
#include "Handle.hpp"
#include <ATen/ops/empty_like.h>
#include <algorithm>
#include <cmath>

using namespace apus;

namespace {

struct Terms {
    double smoothing, gamma;
    const float *weights;
    int64_t classes;

    double weight(int64_t label) const { return weights ? weights[label] : 1; }
};

/// Shares of each image, [N, C], and the weights' sum that the loss is a mean over.
struct Shares {
    std::vector<double> of;
    double total = 0;

    Shares(const apus_class_share *shares, size_t count, int64_t images, const Terms &terms)
        : of(images * terms.classes) {
        for (size_t i = 0; i < count; i++) {
            const apus_class_share &s = shares[i];
            TORCH_CHECK(s.image >= 0 && s.image < images, "share ", i, " is of image ", s.image, " of ", images);
            TORCH_CHECK(s.label >= 0 && s.label < terms.classes, "share ", i, " has label ", s.label, " of ",
                        terms.classes);
            TORCH_CHECK(s.share >= 0 && s.share <= 1, "share ", i, " is ", s.share, ", not in 0...1");
            of[s.image * terms.classes + s.label] += s.share;
            total += s.share * terms.weight(s.label);
        }
    }
};

/// −(1 − p)^γ · ln p, and its derivative by p times p.
std::pair<double, double> focal(double logP, double gamma) {
    if (gamma == 0) return {-logP, -1};
    const double p = std::exp(logP), rest = -std::expm1(logP), factor = std::pow(rest, gamma);
    const double ratio = rest > 1e-12 ? logP / rest : -1; // ln p / (1 − p)
    return {-factor * logP, gamma * factor * ratio * p - factor};
}

/// One image's loss and its gradients, times `scale`, by its logits.
double measureImage(const float *logits, const double *shares, const Terms &terms, double scale, float *gradient,
                    std::vector<double> &slopes) {
    const int64_t classes = terms.classes;
    const double largest = *std::max_element(logits, logits + classes);
    double sum = 0, share = 0, loss = 0, slopeSum = 0;
    for (int64_t c = 0; c < classes; c++) {
        sum += std::exp(logits[c] - largest);
        share += shares[c];
    }
    const double logSum = std::log(sum) + largest;
    for (int64_t c = 0; c < classes; c++) {
        const double wanted = (1 - terms.smoothing) * shares[c] + terms.smoothing * share / classes;
        const auto [value, slope] = focal(logits[c] - logSum, terms.gamma);
        const double weight = wanted * terms.weight(c);
        loss += weight * value;
        slopes[c] = weight * slope;
        slopeSum += slopes[c];
    }
    for (int64_t c = 0; c < classes; c++) {
        gradient[c] = static_cast<float>(scale * (slopes[c] - std::exp(logits[c] - logSum) * slopeSum));
    }
    return loss;
}

void check(const Terms &terms, size_t weightCount) {
    TORCH_CHECK(terms.smoothing >= 0 && terms.smoothing < 1, "a label smoothing of ", terms.smoothing);
    TORCH_CHECK(terms.gamma >= 0 && std::isfinite(terms.gamma), "a focal exponent of ", terms.gamma);
    if (!terms.weights) return;
    TORCH_CHECK(weightCount == static_cast<size_t>(terms.classes), weightCount, " class weights for ", terms.classes,
                " classes");
    for (int64_t c = 0; c < terms.classes; c++) {
        TORCH_CHECK(terms.weights[c] >= 0 && std::isfinite(terms.weights[c]), "class ", c, " weighs ",
                    terms.weights[c]);
    }
}

} // namespace

apus_result apus_classification_loss(apus_tensor handle, const apus_class_share *shares, size_t count,
                                     double smoothing, double focalGamma, const float *classWeights,
                                     size_t classWeightCount) {
    return guarded([&] {
        return fusedLoss({retained(handle)}, [&](const std::vector<at::Tensor> &inputs,
                                                 std::vector<at::Tensor> &gradients) {
            TORCH_CHECK(inputs[0].dim() == 2 && inputs[0].size(1) > 0, "logits are [N, C], not ", inputs[0].sizes());
            const at::Tensor logits = inputs[0].detach().to(at::kCPU, at::kFloat).contiguous();
            const Terms terms{smoothing, focalGamma, classWeights, logits.size(1)};
            check(terms, classWeightCount);
            Shares given(shares, count, logits.size(0), terms);
            sumOver(joinedGroup(), &given.total, 1);
            const double scale = given.total > 0 ? 1 / given.total : 0;
            gradients.push_back(at::empty_like(logits));
            float *gradient = gradients[0].mutable_data_ptr<float>();
            std::vector<double> slopes(terms.classes);
            double total = 0;
            for (int64_t image = 0; image < logits.size(0); image++) {
                const int64_t row = image * terms.classes;
                total += measureImage(logits.const_data_ptr<float>() + row, given.of.data() + row, terms, scale,
                                      gradient + row, slopes);
            }
            return total * scale;
        });
    });
}
