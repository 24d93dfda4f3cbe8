// The gradient of a convolution's weight, on NHWC maps.
#pragma once
#include <ATen/core/Tensor.h>

namespace apus {

/// A convolution with square kernels, all axes alike.
struct ConvolutionSteps {
    int64_t kernel, stride, padding;
};

/// Whether `weightGradient` is quicker than LibTorch: this CPU has kernels for it, and a row of the convolution's kernel
/// fills three quarters of their vectors at least.
bool isWeightGradientFast(int64_t inputs, int64_t kernel);

/// Σ over pixels of dy · x as [outputs, inputs, k, k] in channels_last order, for `x` [N, inputs, H, W] and `dy`
/// [N, outputs, H', W'] that both have rows (`hasRows`). The order of summation depends on the shapes alone while
/// there are at most eight threads, and on their number beyond.
at::Tensor weightGradient(const at::Tensor &x, const at::Tensor &dy, ConvolutionSteps steps);

} // namespace apus
