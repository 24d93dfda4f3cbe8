// A convolution that takes its weight's gradient by own kernels, where LibTorch's are slow; the rest is LibTorch's.
#include "ChannelRange.hpp"
#include "Handle.hpp"
#include "WeightGradient.hpp"
#include <ATen/autocast_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <torch/csrc/autograd/custom_function.h>

using namespace apus;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

struct Convolution : torch::autograd::Function<Convolution> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                              const std::optional<at::Tensor> &bias, int64_t stride, int64_t padding) {
        context->save_for_backward({x, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        context->saved_data["hasBias"] = bias.has_value();
        return at::conv2d(x, weight, bias, {stride, stride}, {padding, padding});
    }

    static variable_list backward(AutogradContext *context, variable_list incoming) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1];
        const ConvolutionSteps steps{weight.size(2), context->saved_data["stride"].toInt(),
                                     context->saved_data["padding"].toInt()};
        auto dy = incoming[0];
        if (pixelStride(dy) == 0) dy = dy.contiguous(at::MemoryFormat::ChannelsLast);
        variable_list gradients(5);
        if (context->needs_input_grad(0)) gradients[0] = inputGradient(dy, x, weight, steps);
        if (context->needs_input_grad(1)) gradients[1] = weightGradient(x, dy, steps);
        const bool hasBias = context->saved_data["hasBias"].toBool();
        if (hasBias && context->needs_input_grad(2)) gradients[2] = dy.sum({0, 2, 3});
        return gradients;
    }

    static at::Tensor inputGradient(const at::Tensor &dy, const at::Tensor &x, const at::Tensor &weight,
                                    ConvolutionSteps steps) {
        const int64_t strides[] = {steps.stride, steps.stride}, paddings[] = {steps.padding, steps.padding};
        const int64_t dilations[] = {1, 1}, outputPaddings[] = {0, 0};
        return std::get<0>(at::convolution_backward(dy, x, weight, std::nullopt, strides, paddings, dilations, false,
                                                    outputPaddings, 1, {true, false, false}));
    }
};

/// Whether the weight learns from float maps on the CPU in NHWC order, as one group.
bool isFast(const at::Tensor &x, const at::Tensor &weight, int64_t groups) {
    return groups == 1 && c10::GradMode::is_enabled() && weight.requires_grad() && hasRows(x) && hasRows(weight)
           && weight.is_contiguous(at::MemoryFormat::ChannelsLast) && weight.size(1) == x.size(1)
           && weight.size(2) == weight.size(3) && isWeightGradientFast(weight.size(1), weight.size(2))
           && !at::autocast::is_autocast_enabled(at::kCPU);
}

} // namespace

apus_result apus_tensor_conv2d(apus_tensor xHandle, apus_tensor weightHandle, apus_result biasHandle, int64_t stride,
                               int64_t padding, int64_t groups) {
    return guarded([&] {
        Borrowed x(xHandle), weight(weightHandle), bias(biasHandle);
        const auto optional = bias->defined() ? std::optional<at::Tensor>(*bias) : std::nullopt;
        if (isFast(x, weight, groups)) {
            return Convolution::apply(x->contiguous(at::MemoryFormat::ChannelsLast), *weight, optional, stride,
                                      padding);
        }
        return at::conv2d(x, weight, optional, {stride, stride}, {padding, padding}, {1, 1}, groups);
    });
}
