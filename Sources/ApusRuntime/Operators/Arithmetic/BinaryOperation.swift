import ApusCore
import CApusKernels
import Glibc

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

    func callAsFunction(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .maximum: a.isNaN || a > b ? a : b
        case .minimum: a.isNaN || a < b ? a : b
        case .power: pow(a, b)
        case .truncatedRemainder: fmod(a, b)
        case .flooredRemainder: a - (a / b).rounded(.down) * b
        }
    }

    /// `nil` for a division by zero, which integers cannot express.
    func callAsFunction(_ a: Int64, _ b: Int64) -> Int64? {
        switch self {
        case .add: a &+ b
        case .subtract: a &- b
        case .multiply: a &* b
        case .divide: b == 0 ? nil : a.dividedReportingOverflow(by: b).partialValue
        case .maximum: max(a, b)
        case .minimum: min(a, b)
        case .power: Self.power(a, b)
        case .truncatedRemainder: b == 0 ? nil : a.remainderReportingOverflow(dividingBy: b).partialValue
        case .flooredRemainder: b == 0 ? nil : Self.flooredRemainder(a, b)
        }
    }

    private static func flooredRemainder(_ a: Int64, _ b: Int64) -> Int64 {
        let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }

    private static func power(_ base: Int64, _ exponent: Int64) -> Int64 {
        guard exponent >= 0 else { return base == 1 ? 1 : base == -1 ? (exponent & 1 == 0 ? 1 : -1) : 0 }
        var (result, factor, left): (Int64, Int64, Int64) = (1, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result = result &* factor }
            factor = factor &* factor
            left >>= 1
        }
        return result
    }
}
