#include "OptimizersByTensor.hpp"
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_foreach_sign.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/stack.h>

using namespace apus;
using Tensors = std::vector<at::Tensor>;
using Scalars = std::vector<at::Scalar>;

AdaptiveNumbers::AdaptiveNumbers(double beta2, double epsilon, int64_t index)
    : beta2(static_cast<float>(beta2)), keep2(static_cast<float>(1 - beta2)), epsilon(static_cast<float>(epsilon)),
      exactBeta2(beta2), correction2(1 - std::pow(beta2, index)), index(index) {}

double AdaptiveNumbers::correction1(float beta1) const { return 1 - std::pow(static_cast<double>(beta1), index); }

double AdaptiveNumbers::rectification() const {
    const double limit = 2 / (1 - exactBeta2) - 1;
    const double length = limit - 2 * index * std::pow(exactBeta2, index) / correction2;
    if (length <= 5) return 0;
    return std::sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length));
}

namespace {

/// One number for each parameter.
template <class Number> Scalars each(const StepLists &lists, const Number &number) {
    Scalars result;
    for (const auto &rates : lists.rates) result.emplace_back(static_cast<double>(number(rates)));
    return result;
}

/// gradient + decay · parameter
void decay(StepLists &lists) {
    const auto decays = each(lists, [](const apus_step_rates &r) { return r.weightDecay; });
    at::_foreach_add_(lists.gradients, at::_foreach_mul(lists.parameters, decays));
}

void shrink(StepLists &lists) {
    at::_foreach_mul_(lists.parameters,
                      each(lists, [](const apus_step_rates &r) { return 1 - r.learningRate * r.weightDecay; }));
}

void updateMoments(StepLists &lists, const AdaptiveNumbers &n) {
    at::_foreach_lerp_(lists.first, lists.gradients, each(lists, [](const apus_step_rates &r) { return 1 - r.momentum; }));
    at::_foreach_mul_(lists.second, n.beta2);
    at::_foreach_addcmul_(lists.second, lists.gradients, lists.gradients, n.keep2);
}

/// √second · scale + ε
Tensors deviations(const StepLists &lists, double scale, double epsilon) {
    auto result = at::_foreach_sqrt(lists.second);
    at::_foreach_mul_(result, scale);
    at::_foreach_add_(result, at::Scalar(epsilon));
    return result;
}

void adam(StepLists &lists, const AdaptiveNumbers &n, bool isDecoupled) {
    if (!isDecoupled) decay(lists);
    updateMoments(lists, n);
    if (isDecoupled) shrink(lists);
    at::_foreach_addcdiv_(
        lists.parameters, lists.first, deviations(lists, 1 / std::sqrt(n.correction2), n.epsilon),
        each(lists, [&](const apus_step_rates &r) { return -r.learningRate / n.correction1(r.momentum); }));
}

void radam(StepLists &lists, const AdaptiveNumbers &n) {
    decay(lists);
    updateMoments(lists, n);
    const double rectification = n.rectification(), adaptive = rectification * std::sqrt(n.correction2);
    const auto size = [&](const apus_step_rates &r) { return -r.learningRate / n.correction1(r.momentum); };
    if (rectification > 0) {
        at::_foreach_addcdiv_(lists.parameters, lists.first, deviations(lists, 1, n.epsilon),
                              each(lists, [&](const apus_step_rates &r) { return size(r) * adaptive; }));
    } else {
        at::_foreach_add_(lists.parameters, at::_foreach_mul(lists.first, each(lists, size)));
    }
}

void rmsprop(StepLists &lists, const AdaptiveNumbers &n) {
    decay(lists);
    at::_foreach_mul_(lists.second, n.beta2);
    at::_foreach_addcmul_(lists.second, lists.gradients, lists.gradients, n.keep2);
    at::_foreach_mul_(lists.first, each(lists, [](const apus_step_rates &r) { return r.momentum; }));
    at::_foreach_addcdiv_(lists.first, lists.gradients, deviations(lists, 1, n.epsilon), 1);
    const auto rates = each(lists, [](const apus_step_rates &r) { return -r.learningRate; });
    at::_foreach_add_(lists.parameters, at::_foreach_mul(lists.first, rates));
}

void lion(StepLists &lists, const AdaptiveNumbers &n) {
    auto turns = at::_foreach_lerp(lists.first, lists.gradients,
                                   each(lists, [](const apus_step_rates &r) { return 1 - r.momentum; }));
    at::_foreach_sign_(turns);
    shrink(lists);
    at::_foreach_mul_(turns, each(lists, [](const apus_step_rates &r) { return -r.learningRate; }));
    at::_foreach_add_(lists.parameters, turns);
    at::_foreach_lerp_(lists.first, lists.gradients, at::Scalar(n.keep2));
}

} // namespace

double StepLists::norm() const {
    if (gradients.empty()) return 0;
    return at::stack(at::_foreach_norm(gradients, 2)).to(at::kDouble).norm().item<double>();
}

void StepLists::scaleGradients(double factor) {
    if (!gradients.empty()) gradients = at::_foreach_mul(gradients, at::Scalar(factor));
}

void apus::sgdStep(StepLists &lists, bool nesterov) {
    decay(lists);
    const auto momenta = each(lists, [](const apus_step_rates &r) { return r.momentum; });
    at::_foreach_mul_(lists.first, momenta);
    at::_foreach_add_(lists.first, lists.gradients);
    auto turns = at::_foreach_mul(lists.first, nesterov ? momenta : Scalars(momenta.size(), 1.0));
    if (nesterov) at::_foreach_add_(turns, lists.gradients);
    at::_foreach_mul_(turns, each(lists, [](const apus_step_rates &r) { return -r.learningRate; }));
    at::_foreach_add_(lists.parameters, turns);
}

void apus::adaptiveStep(int kind, StepLists &lists, const AdaptiveNumbers &numbers) {
    switch (kind) {
    case APUS_ADAM: return adam(lists, numbers, false);
    case APUS_ADAMW: return adam(lists, numbers, true);
    case APUS_RADAM: return radam(lists, numbers);
    case APUS_RMSPROP: return rmsprop(lists, numbers);
    case APUS_LION: return lion(lists, numbers);
    }
}
