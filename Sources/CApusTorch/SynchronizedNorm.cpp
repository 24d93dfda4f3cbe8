#include "SynchronizedNorm.hpp"
#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/sum.h>
#include <algorithm>
#include <cmath>
#include <torch/csrc/autograd/custom_function.h>

using namespace apus;

void BatchMoments::combine(apus_process_group_object *group) {
    if (!group) return;
    const size_t channels = mean.size();
    std::vector<double> totals(2 * channels + 1);
    for (size_t c = 0; c < channels; c++) {
        totals[c] = rows * mean[c];
        totals[channels + c] = deviation[c] + rows * mean[c] * mean[c];
    }
    totals.back() = rows;
    sumOver(group, totals.data(), totals.size());
    rows = totals.back();
    for (size_t c = 0; c < channels; c++) {
        mean[c] = totals[c] / rows;
        deviation[c] = totals[channels + c] - rows * mean[c] * mean[c];
    }
}

std::vector<double> BatchMoments::dividedBy(double count) const {
    std::vector<double> result(deviation.size());
    for (size_t c = 0; c < result.size(); c++) result[c] = std::max(0.0, deviation[c] / count);
    return result;
}

std::vector<double> BatchMoments::variance() const { return dividedBy(rows); }

std::vector<double> BatchMoments::unbiasedVariance() const { return dividedBy(rows > 1 ? rows - 1 : 1); }

void BatchMoments::updateRunning(double momentum, float *runningMean, float *runningVariance) const {
    const auto unbiased = unbiasedVariance();
    for (size_t c = 0; c < mean.size(); c++) {
        runningMean[c] = static_cast<float>((1 - momentum) * runningMean[c] + momentum * mean[c]);
        runningVariance[c] = static_cast<float>((1 - momentum) * runningVariance[c] + momentum * unbiased[c]);
    }
}

namespace {

/// Values of each channel, of the type and on the device of `like`.
at::Tensor row(std::vector<double> values, const at::Tensor &like) {
    const auto count = static_cast<int64_t>(values.size());
    return at::from_blob(values.data(), {count}, at::kDouble).to(like.options(), false, true);
}

/// As `row`, to be broadcast over `like`.
at::Tensor channelwise(std::vector<double> values, const at::Tensor &like) {
    std::vector<int64_t> shape(like.dim(), 1);
    shape[1] = static_cast<int64_t>(values.size());
    return row(std::move(values), like).view(shape);
}

/// Moves running statistics of any type and device towards `value`.
void average(const at::Tensor &running, std::vector<double> value, double momentum) {
    running.mul_(1 - momentum).add_(row(std::move(value), running), momentum);
}

std::vector<double> channelSums(const at::Tensor &x) {
    std::vector<int64_t> axes{0};
    for (int64_t axis = 2; axis < x.dim(); axis++) axes.push_back(axis);
    const at::Tensor sums = at::sum(x, axes, false, at::kDouble).cpu().contiguous();
    const double *first = sums.const_data_ptr<double>();
    return std::vector<double>(first, first + sums.numel());
}

BatchMoments momentsOf(const at::Tensor &x) {
    BatchMoments result(x.size(1));
    result.rows = static_cast<double>(x.numel() / x.size(1));
    result.mean = channelSums(x);
    for (double &mean : result.mean) mean /= result.rows;
    const at::Tensor centred = x - channelwise(result.mean, x);
    result.deviation = channelSums(centred * centred);
    return result;
}

struct SynchronizedNorm : torch::autograd::Function<SynchronizedNorm> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                              const at::Tensor &bias, at::Tensor runningMean, at::Tensor runningVariance,
                              double momentum, double epsilon) {
        apus_process_group_object *group = joinedGroup();
        BatchMoments moments = momentsOf(x);
        moments.combine(group);
        average(runningMean, moments.mean, momentum);
        average(runningVariance, moments.unbiasedVariance(), momentum);
        std::vector<double> inverse = moments.variance();
        for (double &value : inverse) value = 1 / std::sqrt(value + epsilon);
        const at::Tensor inverses = channelwise(inverse, x);
        const at::Tensor normalized = (x - channelwise(moments.mean, x)) * inverses;
        context->save_for_backward({normalized, weight, inverses});
        context->saved_data["group"] = reinterpret_cast<int64_t>(group);
        return normalized * weight.view_as(inverses) + bias.view_as(inverses);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list incoming) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &dy = incoming[0], &normalized = saved[0], &weight = saved[1], &inverses = saved[2];
        const std::vector<double> sums = channelSums(dy), products = channelSums(dy * normalized);
        const size_t channels = sums.size();
        std::vector<double> totals(sums);
        totals.insert(totals.end(), products.begin(), products.end());
        totals.push_back(static_cast<double>(dy.numel() / dy.size(1)));
        const auto group = reinterpret_cast<apus_process_group_object *>(context->saved_data["group"].toInt());
        sumOver(group, totals.data(), totals.size());
        const double rows = totals.back();
        for (double &total : totals) total /= rows;
        const at::Tensor meanSum = channelwise({totals.begin(), totals.begin() + channels}, dy);
        const at::Tensor meanProduct =
            channelwise({totals.begin() + channels, totals.begin() + 2 * channels}, dy);
        const at::Tensor dx = (dy - meanSum - normalized * meanProduct) * (inverses * weight.view_as(inverses));
        return {dx, channelwise(products, dy).view_as(weight), channelwise(sums, dy).view_as(weight), {}, {}, {}, {}};
    }
};

} // namespace

at::Tensor apus::synchronizedNorm(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                                  const at::Tensor &runningMean, const at::Tensor &runningVariance, double momentum,
                                  double epsilon) {
    // In half precision sums over a batch would be worth nothing.
    const at::Tensor wide = at::isReducedFloatingType(x.scalar_type()) ? x.to(at::kFloat) : x;
    return SynchronizedNorm::apply(wide, weight, bias, runningMean, runningVariance, momentum, epsilon)
        .to(x.scalar_type());
}
