#include "FusedLoss.hpp"
#include <ATen/ops/full.h>
#include <ATen/ops/mul.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

/// The type that a loss of this input is computed in.
at::ScalarType wide(const at::Tensor &input) {
    return at::isReducedFloatingType(input.scalar_type()) ? at::kFloat : input.scalar_type();
}

struct FusedLoss : torch::autograd::Function<FusedLoss> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, at::TensorList inputs,
                              const apus::Measure &measure) {
        std::vector<at::Tensor> gradients;
        const double total = measure(std::vector<at::Tensor>(inputs.begin(), inputs.end()), gradients);
        // Half precision has no room for a loss, nor for gradients before they are scaled.
        for (size_t i = 0; i < inputs.size(); i++) {
            gradients[i] = gradients[i].to(inputs[i].options().dtype(wide(inputs[i])));
        }
        context->save_for_backward(gradients);
        context->saved_data["type"] = static_cast<int64_t>(inputs[0].scalar_type());
        return at::full({}, total, inputs[0].options().dtype(wide(inputs[0])));
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list incoming) {
        auto gradients = context->get_saved_variables();
        const bool isUnit = incoming[0].is_cpu() && incoming[0].item<double>() == 1;
        if (!isUnit) {
            for (auto &gradient : gradients) gradient = at::mul(gradient, incoming[0]);
        }
        const auto type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
        for (auto &gradient : gradients) gradient = gradient.to(type);
        gradients.emplace_back(); // the measure takes no gradient
        return gradients;
    }
};

} // namespace

at::Tensor apus::fusedLoss(const std::vector<at::Tensor> &inputs, const Measure &measure) {
    return FusedLoss::apply(at::TensorList(inputs), measure);
}
