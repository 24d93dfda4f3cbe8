// Batch normalization with SiLU as one autograd function: it keeps the input only and recomputes the rest.
#include "ChannelRange.hpp"
#include "Distributed.hpp"
#include "Handle.hpp"
#include "Kernels.hpp"
#include "SynchronizedNorm.hpp"
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/silu.h>
#include <torch/csrc/autograd/custom_function.h>

using namespace apus;

namespace {

/// Rows that one thread takes at a time. The partition depends on the shape alone, so results do not depend on threads.
constexpr int64_t rowsPerPart = 512;

/// An NHWC tensor as a matrix [rows, channels].
struct Matrix {
    int64_t rows, channels;

    explicit Matrix(const at::Tensor &x) : rows(x.size(0) * x.size(2) * x.size(3)), channels(x.size(1)) {}
    int64_t parts() const { return (rows + rowsPerPart - 1) / rowsPerPart; }
    int64_t first(int64_t part) const { return part * rowsPerPart; }
    int64_t count(int64_t part) const { return std::min(rowsPerPart, rows - first(part)); }
};

/// Mean and variance over all rows: sums about a pivot in float within a part, combined in double.
BatchMoments measure(const float *x, Matrix matrix, apus_process_group_object *group) {
    const int64_t channels = matrix.channels, parts = matrix.parts();
    std::vector<float> sums(parts * channels), squares(parts * channels);
    parallelParts(parts, [&](int64_t part) {
        kernels().moments(x + matrix.first(part) * channels, matrix.count(part), channels, &sums[part * channels],
                          &squares[part * channels]);
    });
    BatchMoments result(channels);
    std::vector<double> &deviation = result.deviation;
    double seen = 0;
    for (int64_t part = 0; part < parts; part++) {
        const float *pivot = x + matrix.first(part) * channels;
        const double count = matrix.count(part), total = seen + count;
        for (int64_t c = 0; c < channels; c++) {
            const double sum = sums[part * channels + c], mean = pivot[c] + sum / count;
            const double delta = mean - result.mean[c];
            deviation[c] += squares[part * channels + c] - sum * sum / count + delta * delta * seen * count / total;
            result.mean[c] += delta * count / total;
        }
        seen = total;
    }
    result.rows = seen;
    result.combine(group);
    return result;
}

/// The normalization as scale · x + shift for each channel: rows of a [4, channels] tensor that backward reads again.
struct Coefficients {
    at::Tensor tensor;
    explicit Coefficients(int64_t channels, const at::Tensor &like)
        : tensor(at::empty({4, channels}, like.options())) {}
    explicit Coefficients(at::Tensor saved) : tensor(std::move(saved)) {}
    float *row(int64_t index) const { return tensor.mutable_data_ptr<float>() + index * tensor.size(1); }
    float *scale() const { return row(0); }
    float *shift() const { return row(1); }
    float *mean() const { return row(2); }
    float *inverseDeviation() const { return row(3); }
};

Coefficients coefficients(const double *mean, const double *variance, const at::Tensor &weight, const at::Tensor &bias,
                          double epsilon) {
    Coefficients result(weight.numel(), weight);
    const float *gamma = weight.const_data_ptr<float>(), *beta = bias.const_data_ptr<float>();
    for (int64_t c = 0; c < weight.numel(); c++) {
        const double inverse = 1 / std::sqrt(variance[c] + epsilon);
        result.inverseDeviation()[c] = static_cast<float>(inverse);
        result.mean()[c] = static_cast<float>(mean[c]);
        result.scale()[c] = static_cast<float>(gamma[c] * inverse);
        result.shift()[c] = static_cast<float>(beta[c] - mean[c] * gamma[c] * inverse);
    }
    return result;
}

at::Tensor normalizedSilu(const at::Tensor &x, const Coefficients &with) {
    const Matrix matrix(x);
    auto z = at::empty_like(x);
    const float *input = x.const_data_ptr<float>();
    float *output = z.mutable_data_ptr<float>();
    parallelParts(matrix.parts(), [&](int64_t part) {
        const int64_t offset = matrix.first(part) * matrix.channels;
        kernels().normSilu(input + offset, output + offset, matrix.count(part), matrix.channels, with.scale(),
                           with.shift());
    });
    return z;
}

struct Gradients {
    at::Tensor x, weight, bias;
};

/// `bias` and `weight` are of this process's rows, `x` of the statistics that all processes' rows have.
Gradients gradients(const at::Tensor &x, const at::Tensor &dz, const Coefficients &with,
                    apus_process_group_object *group) {
    const Matrix matrix(x);
    const int64_t channels = matrix.channels, parts = matrix.parts(), stride = pixelStride(dz);
    const float *input = x.const_data_ptr<float>(), *incoming = dz.const_data_ptr<float>();
    std::vector<float> sums(parts * channels), products(parts * channels);
    parallelParts(parts, [&](int64_t part) {
        const int64_t first = matrix.first(part);
        kernels().gradientSums(input + first * channels, incoming + first * stride, matrix.count(part), channels,
                               stride, with.scale(), with.shift(), with.mean(), &sums[part * channels],
                               &products[part * channels]);
    });
    Gradients result{at::empty_like(x), at::empty({channels}, with.tensor.options()),
                     at::empty({channels}, with.tensor.options())};
    std::vector<double> totals(2 * channels + 1); // sums, products, rows
    for (int64_t c = 0; c < channels; c++) {
        for (int64_t part = 0; part < parts; part++) {
            totals[c] += sums[part * channels + c];
            totals[channels + c] += products[part * channels + c];
        }
        result.bias.mutable_data_ptr<float>()[c] = static_cast<float>(totals[c]);
        result.weight.mutable_data_ptr<float>()[c] =
            static_cast<float>(totals[channels + c] * with.inverseDeviation()[c]);
    }
    totals.back() = static_cast<double>(matrix.rows);
    sumOver(group, totals.data(), totals.size());
    std::vector<float> slope(channels), offset(channels);
    for (int64_t c = 0; c < channels; c++) {
        const double inverse = with.inverseDeviation()[c], scale = with.scale()[c];
        slope[c] = static_cast<float>(-scale * inverse * inverse * totals[channels + c] / totals.back());
        offset[c] = static_cast<float>(-scale * totals[c] / totals.back());
    }
    float *output = result.x.mutable_data_ptr<float>();
    parallelParts(parts, [&](int64_t part) {
        const int64_t first = matrix.first(part);
        kernels().normSiluGradient(input + first * channels, incoming + first * stride, output + first * channels,
                                   matrix.count(part), channels, stride, with.scale(), with.shift(), with.mean(),
                                   slope.data(), offset.data());
    });
    return result;
}

struct NormSilu : torch::autograd::Function<NormSilu> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                              const at::Tensor &bias, at::Tensor runningMean, at::Tensor runningVariance,
                              double momentum, double epsilon) {
        apus_process_group_object *group = joinedGroup();
        const auto moments = measure(x.const_data_ptr<float>(), Matrix(x), group);
        moments.updateRunning(momentum, runningMean.mutable_data_ptr<float>(),
                              runningVariance.mutable_data_ptr<float>());
        const auto with = coefficients(moments.mean.data(), moments.variance().data(), weight, bias, epsilon);
        context->saved_data["group"] = reinterpret_cast<int64_t>(group);
        context->save_for_backward({x, with.tensor});
        return normalizedSilu(x, with);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list incoming) {
        const auto saved = context->get_saved_variables();
        auto dz = incoming[0];
        if (pixelStride(dz) == 0) dz = dz.contiguous(at::MemoryFormat::ChannelsLast);
        const auto group = reinterpret_cast<apus_process_group_object *>(context->saved_data["group"].toInt());
        auto result = gradients(saved[0], dz, Coefficients(saved[1]), group);
        return {result.x, result.weight, result.bias, {}, {}, {}, {}};
    }
};

bool isFast(const at::Tensor &x) {
    return usesFused() && x.is_cpu() && x.dim() == 4 && x.scalar_type() == at::kFloat && x.size(1) % 16 == 0
           && x.numel() > 0;
}

at::Tensor inferenceNormSilu(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                             const at::Tensor &mean, const at::Tensor &variance, double epsilon) {
    const float *m = mean.const_data_ptr<float>(), *v = variance.const_data_ptr<float>();
    const std::vector<double> means(m, m + mean.numel()), variances(v, v + variance.numel());
    return normalizedSilu(x, coefficients(means.data(), variances.data(), weight, bias, epsilon));
}

} // namespace

apus_result apus_tensor_batch_norm(apus_tensor xHandle, apus_tensor weightHandle, apus_tensor biasHandle,
                                   apus_tensor meanHandle, apus_tensor varianceHandle, bool training, double momentum,
                                   double epsilon, bool silu) {
    return guarded([&] {
        Borrowed x(xHandle), weight(weightHandle), bias(biasHandle), mean(meanHandle), variance(varianceHandle);
        TORCH_CHECK(x->dim() == 4 && x->size(1) == weight->numel(), "batch normalization of ", weight->numel(),
                    " channels was given ", x->sizes());
        if (silu && isFast(x)) {
            if (training) {
                return NormSilu::apply(x->contiguous(at::MemoryFormat::ChannelsLast), *weight, *bias, *mean, *variance,
                                       momentum, epsilon);
            }
            if (!c10::GradMode::is_enabled()) {
                return inferenceNormSilu(x->contiguous(at::MemoryFormat::ChannelsLast), weight, bias, mean, variance,
                                         epsilon);
            }
        }
        if (training && joinedGroup()) {
            const auto y = synchronizedNorm(x, weight, bias, mean, variance, momentum, epsilon);
            return silu ? at::silu(y) : y;
        }
        auto y = at::batch_norm(x, *weight, *bias, *mean, *variance, training, momentum, epsilon, x->is_cuda());
        return silu ? at::silu(y) : y;
    });
}
