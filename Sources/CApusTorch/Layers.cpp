#include "Handle.hpp"
#include <ATen/core/Reduction.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/upsample_nearest2d.h>

using namespace apus;

static std::optional<at::Tensor> optional(const Borrowed &tensor) {
    return tensor->defined() ? std::optional<at::Tensor>(*tensor) : std::nullopt;
}

apus_result apus_tensor_conv_transpose2d(apus_tensor x, apus_tensor weight, apus_result bias, int64_t stride) {
    return guarded([&] {
        const int64_t strides[] = {stride, stride};
        return at::conv_transpose2d(Borrowed(x), Borrowed(weight), optional(bias), strides);
    });
}

apus_result apus_tensor_linear(apus_tensor x, apus_tensor weight, apus_result bias) {
    return guarded([&] { return at::linear(Borrowed(x), Borrowed(weight), optional(bias)); });
}

apus_result apus_tensor_max_pool2d(apus_tensor x, int64_t kernel, int64_t stride, int64_t padding) {
    return guarded([&] { return at::max_pool2d(Borrowed(x), {kernel, kernel}, {stride, stride}, {padding, padding}); });
}

apus_result apus_tensor_upsample_nearest2d(apus_tensor handle, int64_t factor) {
    return guarded([&] {
        Borrowed x(handle);
        return at::upsample_nearest2d(x, {x->size(2) * factor, x->size(3) * factor});
    });
}

apus_result apus_tensor_cross_entropy(apus_tensor logits, apus_tensor labels, double labelSmoothing) {
    return guarded([&] {
        return at::cross_entropy_loss(Borrowed(logits), Borrowed(labels), std::nullopt, at::Reduction::Mean, -100,
                                      labelSmoothing);
    });
}
