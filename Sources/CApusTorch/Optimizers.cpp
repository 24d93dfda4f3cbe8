// Whole optimizer steps over all parameters in one call: gradient norm, clipping, update, release of the gradients.
#include "Handle.hpp"
#include "Parallel.hpp"
#include <ATen/ops/empty_like.h>
#include <ATen/ops/lerp.h>
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
        TORCH_CHECK(parameter.is_cpu() && parameter.scalar_type() == at::kFloat
                        && parameter.is_non_overlapping_and_dense(),
                    "optimizer steps take dense float32 parameters on the CPU");
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

} // namespace

apus_status apus_gradient_norm(const apus_tensor *parameters, size_t count, double *norm) {
    return guardedStatus([&] {
        const auto entries = gather(parameters, nullptr, nullptr, nullptr, count);
        *norm = gradientNorm(entries, spans(entries));
    });
}

apus_status apus_sgd_step(const apus_tensor *parameters, const apus_tensor *momenta, const apus_step_rates *rates,
                          size_t count, bool nesterov, double maximumNorm, double *norm) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        const auto entries = gather(parameters, momenta, nullptr, rates, count);
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

/// What an adaptive step is computed with besides each parameter's own rates.
struct AdaptiveNumbers {
    float beta2, keep2, epsilon;
    /// β₂ as it was given, and 1 − β₂ᵗ of the step t.
    double exactBeta2, correction2;
    int64_t index;

    AdaptiveNumbers(double beta2, double epsilon, int64_t index)
        : beta2(static_cast<float>(beta2)), keep2(static_cast<float>(1 - beta2)), epsilon(static_cast<float>(epsilon)),
          exactBeta2(beta2), correction2(1 - std::pow(beta2, index)), index(index) {}

    double correction1(float beta1) const { return 1 - std::pow(static_cast<double>(beta1), index); }

    /// RAdam's factor of the adaptive step; 0 while the variance cannot be trusted.
    double rectification() const {
        const double limit = 2 / (1 - exactBeta2) - 1;
        const double length = limit - 2 * index * std::pow(exactBeta2, index) / correction2;
        if (length <= 5) return 0;
        return std::sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length));
    }
};

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
        for (size_t i = 0; i < count; i++) {
            auto average = retained(averages[i]), value = retained(values[i]);
            const bool isFast = average.is_cpu() && average.scalar_type() == at::kFloat
                                && value.scalar_type() == at::kFloat && average.strides() == value.strides()
                                && average.is_non_overlapping_and_dense();
            if (isFast) {
                entries.push_back({average, value, {}, {}, {}});
            } else if (average.is_floating_point()) {
                average.lerp_(value, 1 - decay);
            } else {
                average.copy_(value);
            }
        }
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
