// Scalar losses whose gradients are computed with their value, in one pass.
#pragma once
#include <ATen/core/Tensor.h>
#include <functional>
#include <vector>

namespace apus {

/// Computes a loss of these inputs, and the gradient of it for each of them, in its shape, into the empty list.
using Measure = std::function<double(const std::vector<at::Tensor> &inputs, std::vector<at::Tensor> &gradients)>;

/// The loss as a scalar that `backward` can start from, of the first input's type and device.
at::Tensor fusedLoss(const std::vector<at::Tensor> &inputs, const Measure &measure);

} // namespace apus
