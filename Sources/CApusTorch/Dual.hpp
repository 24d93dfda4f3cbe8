// Numbers that carry their derivatives, and the same operations on plain numbers, for formulas written once.
#pragma once
#include <cmath>

namespace apus {

/// A value with its derivatives with respect to N variables.
template <int N> struct Dual {
    double value;
    double slope[N];
};

template <int N> Dual<N> constant(double value) { return {value, {}}; }
template <int N> Dual<N> variable(double value, int index) {
    Dual<N> x = constant<N>(value);
    x.slope[index] = 1;
    return x;
}
/// f(a), given f's value and derivative.
template <int N> Dual<N> mapped(double value, const Dual<N> &a, double da) {
    Dual<N> x{value, {}};
    for (int i = 0; i < N; i++) x.slope[i] = a.slope[i] * da;
    return x;
}
/// f(a, b), given f's value and its partial derivatives.
template <int N> Dual<N> combined(double value, const Dual<N> &a, double da, const Dual<N> &b, double db) {
    Dual<N> x{value, {}};
    for (int i = 0; i < N; i++) x.slope[i] = a.slope[i] * da + b.slope[i] * db;
    return x;
}
template <int N> Dual<N> operator+(const Dual<N> &a, const Dual<N> &b) {
    return combined(a.value + b.value, a, 1, b, 1);
}
template <int N> Dual<N> operator-(const Dual<N> &a, const Dual<N> &b) {
    return combined(a.value - b.value, a, 1, b, -1);
}
template <int N> Dual<N> operator*(const Dual<N> &a, const Dual<N> &b) {
    return combined(a.value * b.value, a, b.value, b, a.value);
}
template <int N> Dual<N> operator/(const Dual<N> &a, const Dual<N> &b) {
    return combined(a.value / b.value, a, 1 / b.value, b, -a.value / (b.value * b.value));
}
template <int N> Dual<N> minimum(const Dual<N> &a, const Dual<N> &b) { return a.value < b.value ? a : b; }
template <int N> Dual<N> maximum(const Dual<N> &a, const Dual<N> &b) { return a.value > b.value ? a : b; }
template <int N> Dual<N> arcTangent(const Dual<N> &a) {
    return mapped(std::atan(a.value), a, 1 / (1 + a.value * a.value));
}
template <int N> Dual<N> sine(const Dual<N> &a) { return mapped(std::sin(a.value), a, std::cos(a.value)); }
template <int N> Dual<N> cosine(const Dual<N> &a) { return mapped(std::cos(a.value), a, -std::sin(a.value)); }
template <int N> Dual<N> exponential(const Dual<N> &a) {
    const double e = std::exp(a.value);
    return mapped(e, a, e);
}
template <int N> Dual<N> logarithm(const Dual<N> &a) { return mapped(std::log(a.value), a, 1 / a.value); }
template <int N> Dual<N> squareRoot(const Dual<N> &a) {
    const double root = std::sqrt(a.value);
    return mapped(root, a, 0.5 / root);
}
template <int N> double plain(const Dual<N> &a) { return a.value; }
template <int N> Dual<N> lifted(const Dual<N> &, double value) { return constant<N>(value); }

inline double minimum(double a, double b) { return a < b ? a : b; }
inline double maximum(double a, double b) { return a > b ? a : b; }
inline double arcTangent(double a) { return std::atan(a); }
inline double sine(double a) { return std::sin(a); }
inline double cosine(double a) { return std::cos(a); }
inline double exponential(double a) { return std::exp(a); }
inline double logarithm(double a) { return std::log(a); }
inline double squareRoot(double a) { return std::sqrt(a); }
inline double plain(double a) { return a; }
inline double lifted(double, double value) { return value; }

} // namespace apus
