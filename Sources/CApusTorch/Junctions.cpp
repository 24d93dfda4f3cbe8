// Where maps meet and part along their channels: one pass over the rows each way, where LibTorch fills, copies and adds.
#include "ChannelRange.hpp"
#include "Handle.hpp"
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/slice.h>
#include <torch/csrc/autograd/custom_function.h>

using namespace apus;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

bool canJoin(const std::vector<at::Tensor> &maps) {
    return !maps.empty() && std::all_of(maps.begin(), maps.end(), [&](const at::Tensor &map) {
        return hasRows(map) && map.size(0) == maps[0].size(0) && map.size(2) == maps[0].size(2)
               && map.size(3) == maps[0].size(3);
    });
}

at::Tensor emptyRows(const at::Tensor &like, int64_t channels) {
    return at::empty({like.size(0), channels, like.size(2), like.size(3)}, like.options(),
                     at::MemoryFormat::ChannelsLast);
}

/// Concatenation along the channels. The gradients are ranges of the incoming one.
struct Join : torch::autograd::Function<Join> {
    static at::Tensor forward(AutogradContext *context, at::TensorList maps) {
        std::vector<Rows> pieces;
        std::vector<int64_t> widths;
        for (const auto &map : maps) {
            pieces.emplace_back(map);
            widths.push_back(map.size(1));
        }
        int64_t channels = 0;
        for (const int64_t width : widths) channels += width;
        auto joined = emptyRows(maps[0], channels);
        float *output = joined.mutable_data_ptr<float>();
        eachRow(pieces[0].count, channels, [&](int64_t row) {
            float *target = output + row * channels;
            for (const Rows &piece : pieces) {
                std::memcpy(target, piece.row(row), piece.channels * sizeof(float));
                target += piece.channels;
            }
        });
        context->saved_data["widths"] = widths;
        return joined;
    }

    static variable_list backward(AutogradContext *context, variable_list incoming) {
        variable_list gradients;
        int64_t start = 0;
        for (const int64_t width : context->saved_data["widths"].toIntVector()) {
            gradients.push_back(at::slice(incoming[0], 1, start, start + width));
            start += width;
        }
        return gradients;
    }
};

/// A gradient's rows; none where it is undefined.
struct Incoming {
    at::Tensor tensor;

    explicit Incoming(const at::Tensor &gradient) : tensor(gradient) {
        if (tensor.defined() && pixelStride(tensor) == 0) tensor = tensor.contiguous(at::MemoryFormat::ChannelsLast);
    }
    std::optional<Rows> rows() const { return tensor.defined() ? std::optional<Rows>(tensor) : std::nullopt; }
};

void addRow(const std::optional<Rows> &gradient, int64_t row, float *to) {
    if (!gradient) return;
    const float *from = gradient->row(row);
    for (int64_t c = 0; c < gradient->channels; c++) to[c] += from[c];
}

/// A map, and twice its channels from `start` on: `y`, for what is added to another map, and `z`, for a layer.
/// The gradients meet in the order in which autograd would add them: the map's, `y`'s, `z`'s.
struct Fork : torch::autograd::Function<Fork> {
    static variable_list forward(AutogradContext *context, const at::Tensor &x, int64_t start) {
        context->saved_data["start"] = start;
        context->saved_data["shape"] = x.sizes().vec();
        if (start == 0) return {x.detach(), x.detach(), x.detach()};
        auto tail = emptyRows(x, x.size(1) - start);
        copyRows(Rows(at::slice(x, 1, start)), tail.mutable_data_ptr<float>(), tail.size(1));
        return {x.detach(), tail, tail.detach()};
    }

    static variable_list backward(AutogradContext *context, variable_list incoming) {
        const auto shape = context->saved_data["shape"].toIntVector();
        const int64_t start = context->saved_data["start"].toInt(), channels = shape[1];
        const Incoming whole(incoming[0]), first(incoming[1]), second(incoming[2]);
        const auto w = whole.rows(), y = first.rows(), z = second.rows();
        const auto &given = w ? whole.tensor : y ? first.tensor : second.tensor;
        auto gradient = emptyRows(given, channels);
        float *output = gradient.mutable_data_ptr<float>();
        eachRow(shape[0] * shape[2] * shape[3], channels, [&](int64_t row) {
            float *target = output + row * channels;
            if (w) {
                std::memcpy(target, w->row(row), channels * sizeof(float));
            } else {
                std::memset(target, 0, channels * sizeof(float));
            }
            addRow(y, row, target + start);
            addRow(z, row, target + start);
        });
        return {gradient, {}};
    }
};

} // namespace

apus_result apus_tensor_concatenate(const apus_tensor *tensors, size_t count, int64_t axis) {
    return guarded([&] {
        const auto maps = retained(tensors, count);
        return axis == 1 && canJoin(maps) ? Join::apply(at::TensorList(maps)) : at::cat(maps, axis);
    });
}

apus_status apus_tensor_fork(apus_tensor handle, int64_t start, apus_fork *fork) {
    return guardedStatus([&] {
        const auto x = retained(handle);
        TORCH_CHECK(x.dim() == 4 && start >= 0 && start < x.size(1), "channels from ", start, " on of ", x.sizes());
        const bool isFast = hasRows(x);
        const auto tail = isFast ? at::Tensor() : at::slice(x, 1, start);
        const auto parts = isFast ? Fork::apply(x, start) : variable_list{x, tail, tail};
        *fork = {owned(parts[0]), owned(parts[1]), owned(parts[2])};
    });
}
