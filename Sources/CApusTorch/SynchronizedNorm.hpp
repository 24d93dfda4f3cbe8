// Batch statistics of a batch that several processes share.
#pragma once
#include "Distributed.hpp"
#include <ATen/core/Tensor.h>
#include <vector>

namespace apus {

/// Each channel's mean, and the sum of squared distances from it, over so many rows.
struct BatchMoments {
    std::vector<double> mean, deviation;
    double rows = 0;

    explicit BatchMoments(int64_t channels) : mean(channels), deviation(channels) {}

    /// Makes these the moments of all processes' rows.
    void combine(apus_process_group_object *group);
    /// The biased variance.
    std::vector<double> variance() const;
    std::vector<double> unbiasedVariance() const;
    void updateRunning(double momentum, float *mean, float *variance) const;

private:
    std::vector<double> dividedBy(double count) const;
};

/// Batch normalization of any floating tensor [N, C, …] in training, over the rows of all processes of the joined
/// group.
at::Tensor synchronizedNorm(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                            const at::Tensor &runningMean, const at::Tensor &runningVariance, double momentum,
                            double epsilon);

} // namespace apus
