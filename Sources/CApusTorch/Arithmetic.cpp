#include "Handle.hpp"
#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/atan.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/div.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/log.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/sum.h>

using namespace apus;

static at::Tensor unary(const at::Tensor &x, int operation) {
    switch (operation) {
    case APUS_NEGATE: return at::neg(x);
    case APUS_ABSOLUTE: return at::abs(x);
    case APUS_EXP: return at::exp(x);
    case APUS_LOG: return at::log(x);
    case APUS_SQUARE_ROOT: return at::sqrt(x);
    case APUS_SIGMOID: return at::sigmoid(x);
    case APUS_SILU: return at::silu(x);
    case APUS_RELU: return at::relu(x);
    case APUS_ARC_TANGENT: return at::atan(x);
    case APUS_SOFTPLUS: return at::softplus(x);
    case APUS_RELU6: return at::relu6(x);
    case APUS_HARD_SIGMOID: return at::hardsigmoid(x);
    case APUS_HARD_SWISH: return at::hardswish(x);
    default: TORCH_CHECK(false, "no unary operation has the number ", operation);
    }
}

static at::Tensor binary(const at::Tensor &a, const at::Tensor &b, int operation) {
    switch (operation) {
    case APUS_ADD: return at::add(a, b);
    case APUS_SUBTRACT: return at::sub(a, b);
    case APUS_MULTIPLY: return at::mul(a, b);
    case APUS_DIVIDE: return at::div(a, b);
    case APUS_MAXIMUM: return at::maximum(a, b);
    case APUS_MINIMUM: return at::minimum(a, b);
    case APUS_MATMUL: return at::matmul(a, b);
    default: TORCH_CHECK(false, "no binary operation has the number ", operation);
    }
}

apus_result apus_tensor_unary(apus_tensor x, int operation) {
    return guarded([&] { return unary(Borrowed(x), operation); });
}

apus_result apus_tensor_binary(apus_tensor a, apus_tensor b, int operation) {
    return guarded([&] { return binary(Borrowed(a), Borrowed(b), operation); });
}

apus_result apus_tensor_affine(apus_tensor x, double scale, double offset) {
    return guarded([&] {
        if (scale == 1) return at::add(Borrowed(x), offset);
        auto scaled = at::mul(Borrowed(x), scale);
        return offset == 0 ? scaled : at::add(scaled, offset);
    });
}

apus_result apus_tensor_clamp(apus_tensor x, double minimum, double maximum) {
    return guarded([&] { return at::clamp(Borrowed(x), minimum, maximum); });
}

apus_result apus_tensor_sum(apus_tensor x, const int64_t *axes, size_t count, bool keepDimensions) {
    return guarded([&] { return at::sum(Borrowed(x), at::IntArrayRef(axes, count), keepDimensions); });
}

apus_result apus_tensor_mean(apus_tensor x, const int64_t *axes, size_t count, bool keepDimensions) {
    return guarded([&] { return at::mean(Borrowed(x), at::IntArrayRef(axes, count), keepDimensions); });
}

apus_result apus_tensor_softmax(apus_tensor x, int64_t axis) {
    return guarded([&] { return at::softmax(Borrowed(x), axis); });
}

apus_result apus_tensor_gather(apus_tensor x, int64_t axis, apus_tensor index) {
    return guarded([&] { return at::gather(Borrowed(x), axis, Borrowed(index)); });
}
