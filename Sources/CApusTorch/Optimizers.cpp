// Whole optimizer steps over all parameters in one call: gradient norm, clipping, update, release of the gradients.
#include "Handle.hpp"
#include "OptimizersByTensor.hpp"
#include "Parallel.hpp"
#include <ATen/ops/_foreach_copy.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/empty_like.h>
#include <c10/core/GradMode.h>
#include <cmath>

using namespace apus;

namespace {

/// Elements that one thread takes at a time; the partition does not depend on the number of threads.
constexpr int64_t grain = 1 << 14;

/// One parameter with its gradient and state, all with the parameter's strides.
struct Entry {
    at::Tensor parameter, gradient;
    at::Tensor first, second;
    apus_step_rates rates;
};

/// A dense tensor of `x`'s elements in the order that `like` stores its own.
at::Tensor inLayout(const at::Tensor &x, const at::Tensor &like) {
    if (x.strides() == like.strides() || x.numel() <= 1) return x;
    auto copy = at::empty_like(like);
    copy.copy_(x);
    return copy;
}

std::vector<Entry> gather(const apus_tensor *parameters, const apus_tensor *first, const apus_tensor *second,
                          const apus_step_rates *rates, size_t count) {
    std::vector<Entry> entries;
    for (size_t i = 0; i < count; i++) {
        auto parameter = retained(parameters[i]);
        if (!parameter.grad().defined()) continue;
        TORCH_CHECK(parameter.scalar_type() == at::kFloat && parameter.is_non_overlapping_and_dense(),
                    "optimizer steps take dense float32 parameters");
        Entry entry{parameter, inLayout(parameter.grad(), parameter), {}, {}, {}};
        if (first) entry.first = retained(first[i]);
        if (second) entry.second = retained(second[i]);
        for (const auto *state : {&entry.first, &entry.second}) {
            TORCH_CHECK(!state->defined() || state->strides() == parameter.strides(),
                        "optimizer state in another layout");
        }
        if (rates) entry.rates = rates[i];
        entries.push_back(std::move(entry));
    }
    return entries;
}

/// Whether the fused steps can take these.
bool isFast(const std::vector<Entry> &entries) {
    return usesFused()
           && std::all_of(entries.begin(), entries.end(), [](const Entry &entry) { return entry.parameter.is_cpu(); });
}

StepLists lists(const std::vector<Entry> &entries) {
    StepLists lists;
    for (const Entry &entry : entries) {
        lists.parameters.push_back(entry.parameter);
        lists.gradients.push_back(entry.gradient);
        if (entry.first.defined()) lists.first.push_back(entry.first);
        if (entry.second.defined()) lists.second.push_back(entry.second);
        lists.rates.push_back(entry.rates);
    }
    return lists;
}

/// A range of one entry's elements.
struct Span {
    size_t entry;
    int64_t begin, end;
};

std::vector<Span> spans(const std::vector<Entry> &entries) {
    std::vector<Span> result;
    for (size_t i = 0; i < entries.size(); i++) {
        const int64_t count = entries[i].parameter.numel();
        for (int64_t begin = 0; begin < count; begin += grain)
            result.push_back({i, begin, std::min(count, begin + grain)});
    }
    return result;
}

double gradientNorm(const std::vector<Entry> &entries, const std::vector<Span> &spans) {
    std::vector<double> squares(spans.size());
    parallelParts(spans.size(), [&](int64_t part) {
        const Span span = spans[part];
        const float *gradient = entries[span.entry].gradient.const_data_ptr<float>();
        double lanes[8] = {};
        int64_t i = span.begin;
        for (; i + 8 <= span.end; i += 8) {
            for (int lane = 0; lane < 8; lane++)
                lanes[lane] += static_cast<double>(gradient[i + lane]) * gradient[i + lane];
        }
        for (; i < span.end; i++) lanes[0] += static_cast<double>(gradient[i]) * gradient[i];
        for (double lane : lanes) squares[part] += lane;
    });
    double sum = 0;
    for (double square : squares) sum += square;
    return std::sqrt(sum);
}

/// What PyTorch's clip_grad_norm_ multiplies gradients by.
float clippingFactor(double norm, double maximum) {
    return maximum > 0 ? static_cast<float>(std::min(1.0, maximum / (norm + 1e-6))) : 1.0f;
}

void releaseGradients(const apus_tensor *parameters, size_t count) {
    for (size_t i = 0; i < count; i++) Borrowed(parameters[i])->mutable_grad().reset();
}

/// Runs `update(entry, begin, end, factor)` on every range unless the gradient norm is not finite.
template <class Update>
void step(const std::vector<Entry> &entries, double maximumNorm, double *norm, const Update &update) {
    const auto ranges = spans(entries);
    *norm = gradientNorm(entries, ranges);
    if (!std::isfinite(*norm)) return;
    const float factor = clippingFactor(*norm, maximumNorm);
    parallelParts(ranges.size(), [&](int64_t part) {
        const Span span = ranges[part];
        update(entries[span.entry], span.begin, span.end, factor);
    });
}

/// The same in LibTorch's operations: `update(lists)` runs on clipped gradients.
template <class Update>
void stepByTensor(const std::vector<Entry> &entries, double maximumNorm, double *norm, const Update &update) {
    StepLists all = lists(entries);
    *norm = all.norm();
    if (!std::isfinite(*norm) || entries.empty()) return;
    all.scaleGradients(clippingFactor(*norm, maximumNorm));
    update(all);
}

} // namespace

apus_status apus_tensors_copy(const apus_tensor *targets, const apus_tensor *sources, size_t count) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        if (count > 0) at::_foreach_copy_(retained(targets, count), retained(sources, count));
    });
}

apus_status apus_scale_gradients(const apus_tensor *parameters, size_t count, double factor) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        std::vector<at::Tensor> gradients;
        for (size_t i = 0; i < count; i++) {
            const auto &gradient = Borrowed(parameters[i])->grad();
            if (gradient.defined()) gradients.push_back(gradient);
        }
        if (!gradients.empty()) at::_foreach_mul_(gradients, at::Scalar(factor));
    });
}

apus_status apus_gradient_norm(const apus_tensor *parameters, size_t count, double *norm) {
    return guardedStatus([&] {
        const auto entries = gather(parameters, nullptr, nullptr, nullptr, count);
        *norm = isFast(entries) ? gradientNorm(entries, spans(entries)) : lists(entries).norm();
    });
}

apus_status apus_sgd_step(const apus_tensor *parameters, const apus_tensor *momenta, const apus_step_rates *rates,
                          size_t count, bool nesterov, double maximumNorm, double *norm) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        const auto entries = gather(parameters, momenta, nullptr, rates, count);
        if (!isFast(entries)) {
            stepByTensor(entries, maximumNorm, norm, [&](StepLists &all) { sgdStep(all, nesterov); });
            return releaseGradients(parameters, count);
        }
        step(entries, maximumNorm, norm, [&](const Entry &entry, int64_t begin, int64_t end, float factor) {
            float *__restrict p = entry.parameter.mutable_data_ptr<float>();
            float *__restrict m = entry.first.mutable_data_ptr<float>();
            const float *__restrict g = entry.gradient.const_data_ptr<float>();
            const auto [rate, momentum, decay] = entry.rates;
            for (int64_t i = begin; i < end; i++) {
                const float gradient = g[i] * factor + decay * p[i];
                m[i] = momentum * m[i] + gradient;
                p[i] -= rate * (nesterov ? gradient + momentum * m[i] : m[i]);
            }
        });
        releaseGradients(parameters, count);
    });
}

namespace {

/// The elements of one range: parameter, state and gradient.
struct Elements {
    float *__restrict p, *__restrict m, *__restrict v;
    const float *__restrict g;

    explicit Elements(const Entry &entry)
        : p(entry.parameter.mutable_data_ptr<float>()), m(entry.first.mutable_data_ptr<float>()),
          v(entry.second.defined() ? entry.second.mutable_data_ptr<float>() : nullptr),
          g(entry.gradient.const_data_ptr<float>()) {}
};

void adamStep(const Entry &entry, int64_t begin, int64_t end, float factor, const AdaptiveNumbers &n, bool isDecoupled) {
    const Elements e(entry);
    const auto [rate, beta1, decay] = entry.rates;
    const float size = static_cast<float>(rate / n.correction1(beta1));
    const float shrink = isDecoupled ? 1 - rate * decay : 1, coupled = isDecoupled ? 0 : decay;
    const float scale = static_cast<float>(1 / std::sqrt(n.correction2));
    for (int64_t i = begin; i < end; i++) {
        const float gradient = e.g[i] * factor + coupled * e.p[i];
        e.m[i] += (1 - beta1) * (gradient - e.m[i]);
        e.v[i] = n.beta2 * e.v[i] + n.keep2 * gradient * gradient;
        e.p[i] = e.p[i] * shrink - size * e.m[i] / (std::sqrt(e.v[i]) * scale + n.epsilon);
    }
}

void radamStep(const Entry &entry, int64_t begin, int64_t end, float factor, const AdaptiveNumbers &n) {
    const Elements e(entry);
    const auto [rate, beta1, decay] = entry.rates;
    const float size = static_cast<float>(rate / n.correction1(beta1));
    const double rectification = n.rectification();
    const float adaptive = static_cast<float>(rectification * std::sqrt(n.correction2));
    for (int64_t i = begin; i < end; i++) {
        const float gradient = e.g[i] * factor + decay * e.p[i];
        e.m[i] += (1 - beta1) * (gradient - e.m[i]);
        e.v[i] = n.beta2 * e.v[i] + n.keep2 * gradient * gradient;
        const float turn = rectification > 0 ? adaptive / (std::sqrt(e.v[i]) + n.epsilon) : 1;
        e.p[i] -= size * e.m[i] * turn;
    }
}

void rmspropStep(const Entry &entry, int64_t begin, int64_t end, float factor, const AdaptiveNumbers &n) {
    const Elements e(entry);
    const auto [rate, momentum, decay] = entry.rates;
    for (int64_t i = begin; i < end; i++) {
        const float gradient = e.g[i] * factor + decay * e.p[i];
        e.v[i] = n.beta2 * e.v[i] + n.keep2 * gradient * gradient;
        e.m[i] = momentum * e.m[i] + gradient / (std::sqrt(e.v[i]) + n.epsilon);
        e.p[i] -= rate * e.m[i];
    }
}

void lionStep(const Entry &entry, int64_t begin, int64_t end, float factor, const AdaptiveNumbers &n) {
    const Elements e(entry);
    const auto [rate, beta1, decay] = entry.rates;
    const float shrink = 1 - rate * decay;
    for (int64_t i = begin; i < end; i++) {
        const float gradient = e.g[i] * factor;
        const float turn = beta1 * e.m[i] + (1 - beta1) * gradient;
        e.p[i] = e.p[i] * shrink - (turn > 0 ? rate : turn < 0 ? -rate : 0);
        e.m[i] = n.beta2 * e.m[i] + n.keep2 * gradient;
    }
}

} // namespace

apus_status apus_adaptive_step(int kind, const apus_tensor *parameters, const apus_tensor *first,
                               const apus_tensor *second, const apus_step_rates *rates, size_t count, double beta2,
                               double epsilon, int64_t stepIndex, double maximumNorm, double *norm) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        const auto entries = gather(parameters, first, second, rates, count);
        const AdaptiveNumbers numbers(beta2, epsilon, stepIndex);
        if (!isFast(entries)) {
            stepByTensor(entries, maximumNorm, norm, [&](StepLists &all) { adaptiveStep(kind, all, numbers); });
            return releaseGradients(parameters, count);
        }
        step(entries, maximumNorm, norm, [&](const Entry &entry, int64_t begin, int64_t end, float factor) {
            switch (kind) {
            case APUS_ADAM: return adamStep(entry, begin, end, factor, numbers, false);
            case APUS_ADAMW: return adamStep(entry, begin, end, factor, numbers, true);
            case APUS_RADAM: return radamStep(entry, begin, end, factor, numbers);
            case APUS_RMSPROP: return rmspropStep(entry, begin, end, factor, numbers);
            case APUS_LION: return lionStep(entry, begin, end, factor, numbers);
            }
        });
        releaseGradients(parameters, count);
    });
}

apus_status apus_average_step(const apus_tensor *averages, const apus_tensor *values, size_t count, double decay) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        std::vector<Entry> entries;
        std::vector<at::Tensor> floats, towards, others, sources;
        for (size_t i = 0; i < count; i++) {
            auto average = retained(averages[i]), value = retained(values[i]);
            const bool isFast = usesFused() && average.is_cpu() && average.scalar_type() == at::kFloat
                                && value.scalar_type() == at::kFloat && average.strides() == value.strides()
                                && average.is_non_overlapping_and_dense();
            if (isFast) {
                entries.push_back({average, value, {}, {}, {}});
            } else if (average.is_floating_point()) {
                floats.push_back(average);
                towards.push_back(value);
            } else {
                others.push_back(average);
                sources.push_back(value);
            }
        }
        if (!floats.empty()) at::_foreach_lerp_(floats, towards, at::Scalar(1 - decay));
        if (!others.empty()) at::_foreach_copy_(others, sources);
        const auto ranges = spans(entries);
        const float weight = static_cast<float>(1 - decay);
        parallelParts(ranges.size(), [&](int64_t part) {
            const Span span = ranges[part];
            float *__restrict a = entries[span.entry].parameter.mutable_data_ptr<float>();
            const float *__restrict v = entries[span.entry].gradient.const_data_ptr<float>();
            for (int64_t i = span.begin; i < span.end; i++) a[i] += weight * (v[i] - a[i]);
        });
    });
}
