// NHWC tensors as rows of channels, where a row may be a range of a wider one.
#pragma once
#include "Handle.hpp"
#include "Parallel.hpp"
#include <ATen/core/Tensor.h>
#include <cstring>

namespace apus {

/// Elements from one pixel to the next where `x` is a channel range of an NHWC tensor, else 0. What the strides of axes
/// of one element say counts for nothing.
inline int64_t pixelStride(const at::Tensor &x) {
    if (x.size(1) > 1 && x.stride(1) != 1) return 0;
    int64_t stride = 0, pixels = 1;
    for (const int64_t axis : {3, 2, 0}) {
        if (x.size(axis) == 1) continue;
        if (pixels == 1) stride = x.stride(axis);
        if (x.stride(axis) != stride * pixels) return 0;
        pixels *= x.size(axis);
    }
    return pixels == 1 ? x.size(1) : stride;
}

/// Whether `x` is a float map on the CPU whose pixels are rows of channels.
inline bool hasRows(const at::Tensor &x) {
    return usesFused() && x.is_cpu() && x.dim() == 4 && x.scalar_type() == at::kFloat && x.numel() > 0
           && pixelStride(x) > 0;
}

/// The rows of a map.
struct Rows {
    const float *data;
    int64_t count, channels, stride;

    explicit Rows(const at::Tensor &x)
        : data(x.const_data_ptr<float>()), count(x.size(0) * x.size(2) * x.size(3)), channels(x.size(1)),
          stride(pixelStride(x)) {}
    const float *row(int64_t index) const { return data + index * stride; }
};

/// Calls `body(row)` for each of `count` rows of `channels` floats, many to a thread at a time.
template <class Body> void eachRow(int64_t count, int64_t channels, const Body &body) {
    const int64_t grain = std::max<int64_t>(1, (1 << 15) / channels);
    parallelRanges(count, grain, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; row++) body(row);
    });
}

/// Copies rows into rows that lie `stride` apart.
inline void copyRows(const Rows &from, float *to, int64_t stride) {
    eachRow(from.count, from.channels, [&](int64_t row) {
        std::memcpy(to + row * stride, from.row(row), from.channels * sizeof(float));
    });
}

} // namespace apus
