import CApusTorch

extension Tensor {
    private func unary(_ operation: apus_unary) -> Tensor {
        Tensor(apus_tensor_unary(handle, Int32(operation.rawValue)))
    }
    private static func binary(_ a: Tensor, _ b: Tensor, _ operation: apus_binary) -> Tensor {
        Tensor(apus_tensor_binary(a.handle, b.handle, Int32(operation.rawValue)))
    }
    private func affine(_ scale: Double, _ offset: Double) -> Tensor {
        Tensor(apus_tensor_affine(handle, scale, offset))
    }

    public static func + (a: Tensor, b: Tensor) -> Tensor { binary(a, b, APUS_ADD) }
    public static func - (a: Tensor, b: Tensor) -> Tensor { binary(a, b, APUS_SUBTRACT) }
    public static func * (a: Tensor, b: Tensor) -> Tensor { binary(a, b, APUS_MULTIPLY) }
    public static func / (a: Tensor, b: Tensor) -> Tensor { binary(a, b, APUS_DIVIDE) }
    public static func + (a: Tensor, b: Double) -> Tensor { a.affine(1, b) }
    public static func - (a: Tensor, b: Double) -> Tensor { a.affine(1, -b) }
    public static func * (a: Tensor, b: Double) -> Tensor { a.affine(b, 0) }
    public static func / (a: Tensor, b: Double) -> Tensor { a.affine(1 / b, 0) }
    public static func - (a: Double, b: Tensor) -> Tensor { b.affine(-1, a) }
    public static prefix func - (a: Tensor) -> Tensor { a.unary(APUS_NEGATE) }

    public func matmul(_ other: Tensor) -> Tensor { Tensor.binary(self, other, APUS_MATMUL) }
    public func maximum(_ other: Tensor) -> Tensor { Tensor.binary(self, other, APUS_MAXIMUM) }
    public func minimum(_ other: Tensor) -> Tensor { Tensor.binary(self, other, APUS_MINIMUM) }
    public func clamped(to range: ClosedRange<Double>) -> Tensor {
        Tensor(apus_tensor_clamp(handle, range.lowerBound, range.upperBound))
    }

    public func absolute() -> Tensor { unary(APUS_ABSOLUTE) }
    public func exponential() -> Tensor { unary(APUS_EXP) }
    public func logarithm() -> Tensor { unary(APUS_LOG) }
    public func squareRoot() -> Tensor { unary(APUS_SQUARE_ROOT) }
    public func arcTangent() -> Tensor { unary(APUS_ARC_TANGENT) }
    public func sigmoid() -> Tensor { unary(APUS_SIGMOID) }
    public func silu() -> Tensor { unary(APUS_SILU) }
    public func relu() -> Tensor { unary(APUS_RELU) }
    /// `min(max(x, 0), 6)`.
    public func relu6() -> Tensor { unary(APUS_RELU6) }
    /// `min(max(x / 6 + 1/2, 0), 1)`.
    public func hardSigmoid() -> Tensor { unary(APUS_HARD_SIGMOID) }
    /// `x · hardSigmoid(x)`.
    public func hardSwish() -> Tensor { unary(APUS_HARD_SWISH) }
    public func softplus() -> Tensor { unary(APUS_SOFTPLUS) }
    public func softmax(axis: Int) -> Tensor { Tensor(apus_tensor_softmax(handle, Int64(axis))) }

    /// Sums over `axes`; over all of them where none is named.
    public func sum(over axes: [Int] = [], keepingDimensions: Bool = false) -> Tensor {
        Tensor(apus_tensor_sum(handle, axes.map(Int64.init), axes.count, keepingDimensions))
    }

    /// Means over `axes`; over all of them where none is named.
    public func mean(over axes: [Int] = [], keepingDimensions: Bool = false) -> Tensor {
        Tensor(apus_tensor_mean(handle, axes.map(Int64.init), axes.count, keepingDimensions))
    }

    /// Elements along `axis` at an `int64` index of the same rank.
    public func gather(axis: Int, index: Tensor) -> Tensor {
        Tensor(apus_tensor_gather(handle, Int64(axis), index.handle))
    }
}
