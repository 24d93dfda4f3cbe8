import CApusKernels
import Glibc

/// A function of every element of a value of any number type that the function takes; both lie alike and dense.
struct UnaryLoop: NumberVisitor {
    let function: apus_activation
    let x, result: Value
    let context: ExecutionContext

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        switch function.function {
        case APUS_IDENTITY: run(type) { $0 }
        case APUS_RELU: run(type) { .larger($0, .nought) }
        case APUS_ABS: run(type) { $0.magnitudeOrSelf }
        case APUS_NEGATIVE: run(type) { $0.opposite }
        case APUS_SIGN: run(type) { $0.signum }
        default:
            try expect(!Element.isInteger, "floating-point numbers", found: "\(x.dataType)")
            let function = function
            run(type) { Element(wide: function($0.wide)) }
        }
    }

    @inline(__always)
    private func run<Element: Number>(_ type: Element.Type, _ function: (Element) -> Element) {
        let source = x.pointer(type), target = result.pointer(type)
        context.forEachRange(below: x.count, of: 1 << 13) { range in
            for index in range { target[index] = function(source[index]) }
        }
    }
}

extension apus_activation {
    /// The function of one double: what the kernels compute in `float32`.
    func callAsFunction(_ x: Double) -> Double {
        let (a, b) = (Double(a), Double(b))
        return switch function {
        case APUS_RELU: x < 0 ? 0 : x
        case APUS_SILU: x * Self.sigmoid(x)
        case APUS_CLIP: x.isNaN ? x : min(max(x, a), b)
        case APUS_LEAKY_RELU: x < 0 ? a * x : x
        case APUS_SIGMOID: Self.sigmoid(x)
        case APUS_HARD_SIGMOID: Self.clamped(a * x + b)
        case APUS_HARD_SWISH: x * Self.clamped(x / 6 + 0.5)
        case APUS_EXP: exp(x)
        case APUS_LOG: log(x)
        case APUS_SQRT: x.squareRoot()
        case APUS_TANH: tanh(x)
        case APUS_ERF: erf(x)
        case APUS_ABS: x.magnitude
        case APUS_NEGATIVE: -x
        case APUS_RECIPROCAL: 1 / x
        case APUS_FLOOR: x.rounded(.down)
        case APUS_CEIL: x.rounded(.up)
        case APUS_ROUND: x.rounded(.toNearestOrEven)
        case APUS_ELU: x < 0 ? a * expm1(x) : x
        case APUS_SELU: b * (x < 0 ? a * expm1(x) : x)
        case APUS_SOFTPLUS: max(x, 0) + log1p(exp(-x.magnitude))
        case APUS_SOFTSIGN: x / (1 + x.magnitude)
        case APUS_SIN: sin(x)
        case APUS_COS: cos(x)
        case APUS_SIGN: x > 0 ? 1 : x < 0 ? -1 : x
        case APUS_GELU: x / 2 * (1 + erf(x * 0.5.squareRoot()))
        case APUS_GELU_TANH: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case APUS_MISH: x * tanh(max(x, 0) + log1p(exp(-x.magnitude)))
        default: x
        }
    }

    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    private static func clamped(_ x: Double) -> Double { x.isNaN ? x : min(max(x, 0), 1) }
}
