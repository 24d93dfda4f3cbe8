// Complete IoU of Zheng et al., *Distance-IoU Loss*, <https://arxiv.org/abs/1911.08287>, for plain and dual numbers.
#pragma once
#include "Detection.hpp"
#include "Dual.hpp"

namespace apus {

/// IoU − (distance² / diagonal² + α·v). The trade-off α carries no gradient.
template <class Number>
Number completeIoU(const Number &minX, const Number &minY, const Number &maxX, const Number &maxY,
                   const Corners &truth) {
    constexpr double epsilon = 1e-7, pi = 3.14159265358979323846;
    const auto lift = [&](double value) { return lifted(minX, value); };
    const Number x0 = lift(truth.minX), y0 = lift(truth.minY), x1 = lift(truth.maxX), y1 = lift(truth.maxY);
    const Number width = maxX - minX, height = maxY - minY + lift(epsilon);
    const Number truthWidth = x1 - x0, truthHeight = y1 - y0 + lift(epsilon);
    const Number zero = lift(0);
    const Number intersection =
        maximum(minimum(maxX, x1) - maximum(minX, x0), zero) * maximum(minimum(maxY, y1) - maximum(minY, y0), zero);
    const Number overlap = intersection / (width * height + truthWidth * truthHeight - intersection + lift(epsilon));
    const Number hullWidth = maximum(maxX, x1) - minimum(minX, x0), hullHeight = maximum(maxY, y1) - minimum(minY, y0);
    const Number diagonal = hullWidth * hullWidth + hullHeight * hullHeight + lift(epsilon);
    const Number dx = x0 + x1 - minX - maxX, dy = y0 + y1 - minY - maxY;
    const Number distance = (dx * dx + dy * dy) * lift(0.25);
    const Number turn = arcTangent(truthWidth / truthHeight) - arcTangent(width / height);
    const Number v = turn * turn * lift(4 / (pi * pi));
    const double alpha = plain(v) / (plain(v) - plain(overlap) + 1 + epsilon);
    return overlap - (distance / diagonal + v * lift(alpha));
}

} // namespace apus
