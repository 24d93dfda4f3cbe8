#include "HeadByTensor.hpp"
#include "Uploads.hpp"
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

using namespace apus;

namespace {

/// [B, C, H, W] as [B, H·W, C].
at::Tensor rows(const at::Tensor &map) {
    return map.permute({0, 2, 3, 1}).reshape({map.size(0), map.size(2) * map.size(3), map.size(1)});
}

at::Tensor joined(const Maps &maps, size_t first, size_t levels) {
    std::vector<at::Tensor> all;
    for (size_t i = 0; i < levels; i++) all.push_back(rows(maps[first + i]).to(at::kFloat));
    return at::cat(all, 1);
}

/// The centres of a level's cells, [H·W, 2].
at::Tensor cellCentres(const at::Tensor &map) {
    const auto options = map.options().dtype(at::kFloat).requires_grad(false);
    const int64_t height = map.size(2), width = map.size(3);
    const auto x = (at::arange(width, options) + 0.5).view({1, width}).expand({height, width});
    const auto y = (at::arange(height, options) + 0.5).view({height, 1}).expand({height, width});
    return at::stack({x, y}, -1).reshape({height * width, 2});
}

at::Tensor side(const at::Tensor &boxes, int64_t index) { return boxes.select(-1, index); }

} // namespace

TensorHead::TensorHead(const Maps &maps, const apus_head &described)
    : boxes(joined(maps, 0, described.levels)), scores(joined(maps, described.levels, described.levels)),
      bins(boxes.size(2) / 4), task(described.task) {
    if (task != APUS_DETECT) extras = joined(maps, 2 * described.levels, described.levels);
    if (task == APUS_SEGMENT) prototypes = maps.back().to(at::kFloat);
    std::vector<at::Tensor> all, sizes;
    for (size_t i = 0; i < described.levels; i++) {
        all.push_back(cellCentres(maps[i]));
        sizes.push_back(at::full({all.back().size(0), 1}, described.strides[i], all.back().options()));
    }
    centres = at::cat(all, 0);
    strides = at::cat(sizes, 0);
}

at::Tensor TensorHead::distances(const at::Tensor &logits) const {
    auto shape = logits.sizes().vec();
    shape.back() = 4;
    shape.push_back(bins);
    return logits.reshape(shape).softmax(-1).matmul(at::arange(bins, centres.options()));
}

at::Tensor apus::cornersAround(const at::Tensor &centres, const at::Tensor &distances) {
    return at::cat({centres - distances.narrow(-1, 0, 2), centres + distances.narrow(-1, 2, 2)}, -1);
}

at::Tensor apus::turnedAround(const at::Tensor &centres, const at::Tensor &distances, const at::Tensor &angles) {
    constexpr double pi = 3.14159265358979323846;
    const auto angle = (angles.sigmoid() - 0.25) * pi, c = angle.cos(), s = angle.sin();
    const auto near = distances.narrow(-1, 0, 2), far = distances.narrow(-1, 2, 2);
    const auto half = (far - near) * 0.5, x = half.narrow(-1, 0, 1), y = half.narrow(-1, 1, 1);
    return at::cat({centres + at::cat({x * c - y * s, x * s + y * c}, -1), near + far, angle}, -1);
}

at::Tensor apus::completeIoU(const at::Tensor &a, const at::Tensor &b) {
    constexpr double epsilon = 1e-7, pi = 3.14159265358979323846;
    const auto ax0 = side(a, 0), ay0 = side(a, 1), ax1 = side(a, 2), ay1 = side(a, 3);
    const auto bx0 = side(b, 0), by0 = side(b, 1), bx1 = side(b, 2), by1 = side(b, 3);
    const auto width = ax1 - ax0, height = ay1 - ay0 + epsilon;
    const auto truthWidth = bx1 - bx0, truthHeight = by1 - by0 + epsilon;
    const auto common = (ax1.minimum(bx1) - ax0.maximum(bx0)).clamp_min(0)
                        * (ay1.minimum(by1) - ay0.maximum(by0)).clamp_min(0);
    const auto overlap = common / (width * height + truthWidth * truthHeight - common + epsilon);
    const auto hullWidth = ax1.maximum(bx1) - ax0.minimum(bx0), hullHeight = ay1.maximum(by1) - ay0.minimum(by0);
    const auto dx = bx0 + bx1 - ax0 - ax1, dy = by0 + by1 - ay0 - ay1;
    const auto distance = (dx * dx + dy * dy) * 0.25 / (hullWidth * hullWidth + hullHeight * hullHeight + epsilon);
    const auto turn = (truthWidth / truthHeight).atan() - (width / height).atan();
    const auto v = turn * turn * (4 / (pi * pi));
    const auto alpha = (v / (v - overlap + (1 + epsilon))).detach();
    return overlap - (distance + v * alpha);
}

namespace {

/// The normal distribution that stands for a turned box.
struct Normal {
    at::Tensor xx, yy, xy, determinant;

    explicit Normal(const at::Tensor &box) {
        const auto width = side(box, 2).clamp_min(1e-6), height = side(box, 3).clamp_min(1e-6);
        const auto a = width * width / 12, b = height * height / 12;
        const auto c = side(box, 4).cos(), s = side(box, 4).sin();
        xx = a * c * c + b * s * s;
        yy = a * s * s + b * c * c;
        xy = (a - b) * c * s;
        determinant = a * b;
    }
};

} // namespace

at::Tensor apus::probabilisticIoU(const at::Tensor &box, const at::Tensor &truth) {
    const Normal a(box), b(truth);
    const auto xx = a.xx + b.xx, yy = a.yy + b.yy, xy = a.xy + b.xy;
    const auto dx = side(box, 0) - side(truth, 0), dy = side(box, 1) - side(truth, 1);
    const auto determinant = xx * yy - xy * xy;
    const auto apart = (yy * dx * dx + xx * dy * dy - 2 * xy * dx * dy) / determinant * 0.25;
    const auto spread = (a.determinant * b.determinant).sqrt() * 4;
    const auto distance = (apart + (determinant / spread).log() * 0.5).clamp(1e-7, 100);
    return 1 - (1 + 1e-7 - (-distance).exp()).sqrt();
}

TensorTruths::TensorTruths(const std::vector<std::vector<Truth>> &truths, at::Device device) {
    const auto batch = static_cast<int64_t>(truths.size());
    int64_t most = 0;
    for (const auto &image : truths) most = std::max(most, static_cast<int64_t>(image.size()));
    // One row a truth, so that one copy brings all.
    auto table = at::zeros({batch, most, 12}, at::kFloat);
    auto ids = at::full({batch, most}, -1, at::kLong);
    auto values = table.accessor<float, 3>();
    auto targetIDs = ids.accessor<int64_t, 2>();
    for (int64_t b = 0; b < batch; b++) {
        for (size_t m = 0; m < truths[b].size(); m++) {
            const Truth &t = truths[b][m];
            const double row[] = {t.box.minX,    t.box.minY,     t.box.maxX,      t.box.maxY,     t.turned.x,
                                  t.turned.y,    t.turned.width, t.turned.height, t.turned.angle,
                                  static_cast<double>(t.label)};
            for (int64_t i = 0; i < 10; i++) values[b][m][i] = static_cast<float>(row[i]);
            targetIDs[b][m] = t.target;
        }
    }
    table = uploaded(table, device);
    targets = uploaded(ids, device);
    boxes = table.narrow(2, 0, 4);
    turned = table.narrow(2, 4, 5);
    labels = table.select(2, 9).to(at::kLong);
    valid = (targets >= 0).logical_and(boxes.sum(-1).isfinite());
}

at::Tensor apus::decodedByTensor(const apus_head &described) {
    const Maps maps = mapsOf(described);
    const TensorHead head(maps, described);
    const auto distances = head.distances(head.boxes);
    at::Tensor boxes;
    if (head.task == APUS_OBB) {
        boxes = turnedAround(head.centres, distances, head.extras).narrow(-1, 0, 4);
    } else {
        const auto corners = cornersAround(head.centres, distances);
        const auto low = corners.narrow(-1, 0, 2), high = corners.narrow(-1, 2, 2);
        boxes = at::cat({(low + high) * 0.5, high - low}, -1);
    }
    std::vector<at::Tensor> columns{boxes * head.strides, head.scores.sigmoid()};
    if (head.task == APUS_SEGMENT) columns.push_back(head.extras);
    if (head.task == APUS_OBB) columns.push_back((head.extras.sigmoid() - 0.25) * 3.14159265358979323846);
    if (head.task == APUS_POSE) {
        const auto points = head.extras.reshape({head.batch(), head.anchors(), -1, 3});
        const auto places = (points.narrow(-1, 0, 2) * 2 + (head.centres - 0.5).unsqueeze(1)) * head.strides.unsqueeze(1);
        columns.push_back(at::cat({places, points.narrow(-1, 2, 1).sigmoid()}, -1).flatten(2));
    }
    return at::cat(columns, -1).transpose(1, 2).contiguous();
}
