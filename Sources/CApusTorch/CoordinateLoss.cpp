// Coordinates as classes: Li et al., *SimCC*, <https://arxiv.org/abs/2107.03332>, with the sharpened softmaxes of
// Jiang et al., *RTMPose*, <https://arxiv.org/abs/2303.07399>.
#include "Distributed.hpp"
#include "FusedLoss.hpp"
#include "Handle.hpp"
#include <ATen/ops/zeros_like.h>
#include <algorithm>
#include <cmath>

using namespace apus;

namespace {

/// The softmax of sharpened values, as logarithms.
void logSoftmax(std::vector<double> &values) {
    const double largest = *std::max_element(values.begin(), values.end());
    double sum = 0;
    for (double value : values) sum += std::exp(value - largest);
    for (double &value : values) value -= largest + std::log(sum);
}

/// A curve around `center` (in bins) and a row of logits.
class Row {
public:
    explicit Row(int64_t bins) : wanted_(bins), found_(bins) {}

    /// Kullback's and Leibler's divergence of the two, and its gradients times `scale`.
    double measure(const float *logits, double center, double sigma, double sharpness, double scale, float *gradient) {
        const int64_t bins = static_cast<int64_t>(wanted_.size());
        for (int64_t i = 0; i < bins; i++) {
            const double distance = (i - center) / sigma;
            wanted_[i] = sharpness * std::exp(-distance * distance / 2);
            found_[i] = sharpness * logits[i];
        }
        logSoftmax(wanted_);
        logSoftmax(found_);
        double total = 0;
        for (int64_t i = 0; i < bins; i++) {
            const double share = std::exp(wanted_[i]);
            total += share * (wanted_[i] - found_[i]);
            gradient[i] = static_cast<float>(scale * sharpness * (std::exp(found_[i]) - share));
        }
        return total;
    }

private:
    std::vector<double> wanted_, found_;
};

} // namespace

apus_result apus_coordinate_loss(apus_tensor handle, const float *coordinates, const float *weights, size_t count,
                                 double sigma, double sharpness) {
    return guarded([&] {
        return fusedLoss({retained(handle)}, [&](const std::vector<at::Tensor> &inputs,
                                                 std::vector<at::Tensor> &gradients) {
            const auto sizes = inputs[0].sizes();
            TORCH_CHECK(sizes.size() == 3 && sizes[2] > 0, "logits are [N, K, bins], not ", sizes);
            TORCH_CHECK(count == static_cast<size_t>(sizes[0] * sizes[1]), count, " keypoints for logits ", sizes);
            TORCH_CHECK(sigma > 0 && sharpness > 0, "a curve of sigma ", sigma, " and sharpness ", sharpness);
            const at::Tensor logits = inputs[0].detach().to(at::kCPU, at::kFloat).contiguous();
            gradients.push_back(at::zeros_like(logits));
            double sum = 0, total = 0;
            for (size_t i = 0; i < count; i++) sum += weights[i];
            sumOver(joinedGroup(), &sum, 1);
            const double scale = sum > 0 ? 1 / sum : 0;
            Row row(sizes[2]);
            for (size_t i = 0; i < count; i++) {
                if (weights[i] == 0) continue;
                TORCH_CHECK(std::isfinite(coordinates[i]), "keypoint ", i, " lies at ", coordinates[i]);
                const int64_t offset = static_cast<int64_t>(i) * sizes[2];
                total += weights[i]
                         * row.measure(logits.const_data_ptr<float>() + offset, coordinates[i] * sizes[2], sigma,
                                       sharpness, scale * weights[i],
                                       gradients[0].mutable_data_ptr<float>() + offset);
            }
            return total * scale;
        });
    });
}
