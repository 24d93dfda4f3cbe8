// Overlap of turned boxes as of normal distributions: Llerena et al., *Gaussian Bounding Boxes and Probabilistic
// Intersection-over-Union for Object Detection*, <https://arxiv.org/abs/2106.06072>, for plain and dual numbers.
#pragma once
#include "Detection.hpp"
#include "Dual.hpp"

namespace apus {

/// The normal distribution that stands for a box: its mean, covariance and the covariance's determinant.
template <class Number> struct Gaussian {
    Number x, y, xx, yy, xy, determinant;

    Gaussian(const Turned<Number> &box)
        : x(box.x), y(box.y), xx(box.x), yy(box.x), xy(box.x), determinant(box.x) {
        const Number least = lifted(box.x, 1e-6), twelfth = lifted(box.x, 1.0 / 12);
        const Number width = maximum(box.width, least), height = maximum(box.height, least);
        const Number a = width * width * twelfth, b = height * height * twelfth;
        const Number c = cosine(box.angle), s = sine(box.angle);
        xx = a * c * c + b * s * s;
        yy = a * s * s + b * c * c;
        xy = (a - b) * c * s;
        determinant = a * b;
    }
};

/// 1 − the Hellinger distance of the boxes' distributions.
template <class Number> Number probabilisticIoU(const Turned<Number> &prediction, const Turned<double> &truth) {
    const auto lift = [&](double value) { return lifted(prediction.x, value); };
    const Gaussian<Number> a(prediction);
    const Gaussian<double> b(truth);
    const Number xx = a.xx + lift(b.xx), yy = a.yy + lift(b.yy), xy = a.xy + lift(b.xy);
    const Number dx = a.x - lift(b.x), dy = a.y - lift(b.y);
    const Number determinant = xx * yy - xy * xy;
    const Number apart = (yy * dx * dx + xx * dy * dy - lift(2) * xy * dx * dy) / determinant * lift(0.25);
    const Number spread = squareRoot(a.determinant * lift(b.determinant)) * lift(4);
    const Number unlike = logarithm(determinant / spread) * lift(0.5);
    const Number distance = minimum(maximum(apart + unlike, lift(1e-7)), lift(100)); // Bhattacharyya's
    return lift(1) - squareRoot(lift(1 + 1e-7) - exponential(lift(0) - distance));
}

} // namespace apus
