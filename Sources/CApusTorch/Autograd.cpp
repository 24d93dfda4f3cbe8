#include "Handle.hpp"
#include <ATen/ops/empty_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

using namespace apus;

apus_status apus_tensor_backward(apus_tensor loss) {
    return guardedStatus([&] { torch::autograd::backward({retained(loss)}, {}); });
}

apus_status apus_tensor_set_requires_gradient(apus_tensor tensor, bool requiresGradient) {
    return guardedStatus([&] { Borrowed(tensor)->requires_grad_(requiresGradient); });
}

apus_result apus_tensor_gradient(apus_tensor tensor) {
    const auto &gradient = Borrowed(tensor)->grad();
    return gradient.defined() ? owned(gradient) : nullptr;
}

void apus_tensor_clear_gradient(apus_tensor tensor) {
    (void)guardedStatus([&] { Borrowed(tensor)->mutable_grad().reset(); });
}

apus_status apus_tensor_set_gradient(apus_tensor tensor, apus_tensor gradient) {
    return guardedStatus([&] {
        const auto like = retained(tensor);
        TORCH_CHECK(like.sizes() == Borrowed(gradient)->sizes(), "a gradient has its parameter's shape");
        auto copy = at::empty_like(like.detach());
        copy.copy_(*Borrowed(gradient));
        like.mutable_grad() = copy;
    });
}

apus_status apus_tensor_add_gradient(apus_tensor handle, apus_tensor sum) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        const auto tensor = retained(handle);
        auto total = retained(sum);
        // In this order autograd adds what it accumulates.
        if (tensor.grad().defined()) total.add_(tensor.grad());
        tensor.mutable_grad() = total;
    });
}

apus_result apus_tensor_detach(apus_tensor x) {
    return guarded([&] { return Borrowed(x)->detach(); });
}
