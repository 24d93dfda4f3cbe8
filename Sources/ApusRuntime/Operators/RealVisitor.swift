import ApusCore

/// A floating-point type whose arithmetic the processor has.
protocol Real: Number, BinaryFloatingPoint {}

extension Float: Real {}
extension Double: Real {}

/// A piece of work written once for `float32` and `float64`, and compiled for each.
protocol RealVisitor {
    associatedtype Result
    func visit<Element: Real>(_ type: Element.Type) throws(OperatorError) -> Result
}

extension DataType {
    func accept<Visitor: RealVisitor>(real visitor: Visitor) throws(OperatorError) -> Visitor.Result {
        switch self {
        case .float32: try visitor.visit(Float.self)
        case .float64: try visitor.visit(Double.self)
        default: throw .mismatch(expected: "float32 or float64 elements", found: "\(self)")
        }
    }
}

extension Value {
    /// Refuses what is neither `float32` nor `float64`.
    func requireReal() throws(OperatorError) {
        try expect(dataType == .float32 || dataType == .float64, "float32 or float64 elements", found: "\(dataType)")
    }
}
