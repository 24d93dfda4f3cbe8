// Optimizer steps in LibTorch's own operations over lists of tensors: what runs on GPUs, and the readable
// specification of the fused steps on CPUs.
#pragma once
#include "CApusTorch.h"
#include <ATen/core/Tensor.h>
#include <vector>

namespace apus {

/// Parameters that have gradients, with their state.
struct StepLists {
    std::vector<at::Tensor> parameters, gradients, first, second;
    std::vector<apus_step_rates> rates;

    double norm() const;
    /// Multiplies the gradients, into tensors of their own.
    void scaleGradients(double factor);
};

/// What an adaptive step is computed with besides each parameter's own rates.
struct AdaptiveNumbers {
    float beta2, keep2, epsilon;
    /// β₂ as it was given, and 1 − β₂ᵗ of the step t.
    double exactBeta2, correction2;
    int64_t index;

    AdaptiveNumbers(double beta2, double epsilon, int64_t index);
    double correction1(float beta1) const;
    /// RAdam's factor of the adaptive step; 0 while the variance cannot be trusted.
    double rectification() const;
};

void sgdStep(StepLists &lists, bool nesterov);
void adaptiveStep(int kind, StepLists &lists, const AdaptiveNumbers &numbers);

} // namespace apus
