import ApusCore
import CApusKernels

/// A function of two numbers.
enum BinaryOperation: Sendable {
    case add, subtract, multiply, divide, maximum, minimum, power
    case flooredRemainder, truncatedRemainder

    /// The kernel for `float32`, where there is one.
    var kernel: apus_operation? {
        switch self {
        case .add: APUS_ADD
        case .subtract: APUS_SUBTRACT
        case .multiply: APUS_MULTIPLY
        case .divide: APUS_DIVIDE
        case .maximum: APUS_MAXIMUM
        case .minimum: APUS_MINIMUM
        case .power: APUS_POWER
        default: nil
        }
    }

    /// Whether integers have no answer where the second is 0.
    var divides: Bool {
        switch self {
        case .divide, .flooredRemainder, .truncatedRemainder: true
        default: false
        }
    }
}

/// An operation on row-major values of any one number type, under a loop that broadcasts them.
struct BinaryLoop: NumberVisitor {
    let operation: BinaryOperation
    let a, b, result: Value
    let loop: BroadcastLoop

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        if Element.isInteger, operation.divides, result.count > 0 {
            try expect(!b.buffer(type).contains(.nought), "a divisor other than 0", found: "0")
        }
        switch operation {
        case .add: run(type) { .sum($0, $1) }
        case .subtract: run(type) { .difference($0, $1) }
        case .multiply: run(type) { .product($0, $1) }
        case .divide: run(type) { .quotient($0, $1) }
        case .maximum: run(type) { .larger($0, $1) }
        case .minimum: run(type) { .smaller($0, $1) }
        case .power: run(type) { .power($0, $1) }
        case .flooredRemainder: run(type) { .flooredRemainder($0, $1) }
        case .truncatedRemainder: run(type) { .truncatedRemainder($0, $1) }
        }
    }

    @inline(__always)
    private func run<Element: Number>(_ type: Element.Type, _ function: (Element, Element) -> Element) {
        loop.map(a.pointer(type), b.pointer(type), into: result.pointer(type), function)
    }
}
