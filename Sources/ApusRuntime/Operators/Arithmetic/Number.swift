import ApusCore
import Glibc

/// What operators ask of an element type, so that one text serves every width. Integers wrap where they overflow.
protocol Number: ArrayElement, Comparable {
    /// What sums are kept in: wider than the elements where rounding would show.
    associatedtype Total: Number

    static var nought: Self { get }
    static var unit: Self { get }
    /// No element is below it.
    static var lowest: Self { get }
    /// No element is above it.
    static var highest: Self { get }
    static var isInteger: Bool { get }

    /// The number as a double: exact, but for 64-bit integers beyond 2⁵³.
    var wide: Double { get }
    /// The nearest number towards 0, clamped to the range; an integer of NaN is 0.
    init(wide: Double)
    var total: Total { get }
    init(total: Total)

    var magnitudeOrSelf: Self { get }
    var opposite: Self { get }
    var signum: Self { get }
    var isNotANumber: Bool { get }

    static func sum(_ a: Self, _ b: Self) -> Self
    static func difference(_ a: Self, _ b: Self) -> Self
    static func product(_ a: Self, _ b: Self) -> Self
    /// Integers lose the remainder; 0 where an integer is divided by 0.
    static func quotient(_ a: Self, _ b: Self) -> Self
    /// The remainder with the sign of `a`.
    static func truncatedRemainder(_ a: Self, _ b: Self) -> Self
    /// The remainder with the sign of `b`.
    static func flooredRemainder(_ a: Self, _ b: Self) -> Self
    static func power(_ a: Self, _ b: Self) -> Self
    /// The larger, or NaN where either is.
    static func larger(_ a: Self, _ b: Self) -> Self
    /// The smaller, or NaN where either is.
    static func smaller(_ a: Self, _ b: Self) -> Self
}

extension Number where Self: FixedWidthInteger {
    static var nought: Self { 0 }
    static var unit: Self { 1 }
    static var lowest: Self { min }
    static var highest: Self { max }
    static var isInteger: Bool { true }

    var wide: Double { Double(self) }
    init(wide: Double) {
        if let exact = Self(exactly: wide.rounded(.towardZero)) {
            self = exact
        } else {
            self = wide.isNaN ? 0 : wide < 0 ? .min : .max
        }
    }
    var magnitudeOrSelf: Self { self < 0 ? 0 &- self : self }
    var opposite: Self { 0 &- self }
    var signum: Self { signum() }
    var isNotANumber: Bool { false }

    static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
    static func difference(_ a: Self, _ b: Self) -> Self { a &- b }
    static func product(_ a: Self, _ b: Self) -> Self { a &* b }
    static func quotient(_ a: Self, _ b: Self) -> Self { b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue }
    static func truncatedRemainder(_ a: Self, _ b: Self) -> Self {
        b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
    }
    static func flooredRemainder(_ a: Self, _ b: Self) -> Self {
        let rest = truncatedRemainder(a, b)
        return rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest
    }
    static func larger(_ a: Self, _ b: Self) -> Self { a > b ? a : b }
    static func smaller(_ a: Self, _ b: Self) -> Self { a < b ? a : b }

    static func power(_ a: Self, _ b: Self) -> Self { power(a, exponent: b) }
}

extension Number where Self: FixedWidthInteger & SignedInteger {
    var total: Int64 { Int64(self) }
    init(total: Int64) { self.init(truncatingIfNeeded: total) }
}

extension Number where Self: FixedWidthInteger & UnsignedInteger {
    var total: UInt64 { UInt64(self) }
    init(total: UInt64) { self.init(truncatingIfNeeded: total) }
}

extension Number where Self: BinaryFloatingPoint {
    static var nought: Self { 0 }
    static var unit: Self { 1 }
    static var lowest: Self { -.infinity }
    static var highest: Self { .infinity }
    static var isInteger: Bool { false }

    var wide: Double { Double(self) }
    init(wide: Double) { self.init(wide) }
    var total: Double { Double(self) }
    init(total: Double) { self.init(total) }

    var magnitudeOrSelf: Self { magnitude }
    var opposite: Self { -self }
    var signum: Self { self > 0 ? 1 : self < 0 ? -1 : self }
    var isNotANumber: Bool { isNaN }

    static func sum(_ a: Self, _ b: Self) -> Self { a + b }
    static func difference(_ a: Self, _ b: Self) -> Self { a - b }
    static func product(_ a: Self, _ b: Self) -> Self { a * b }
    static func quotient(_ a: Self, _ b: Self) -> Self { a / b }
    static func truncatedRemainder(_ a: Self, _ b: Self) -> Self { Self(fmod(Double(a), Double(b))) }
    static func flooredRemainder(_ a: Self, _ b: Self) -> Self {
        let rest = truncatedRemainder(a, b)
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }
    static func power(_ a: Self, _ b: Self) -> Self { Self(pow(Double(a), Double(b))) }
    static func larger(_ a: Self, _ b: Self) -> Self { a > b || a.isNaN ? a : b }
    static func smaller(_ a: Self, _ b: Self) -> Self { a < b || a.isNaN ? a : b }
}

extension Number {
    /// Repeated squaring; a negative power is 0 unless the base is 1 or −1.
    static func power(_ base: Self, exponent: some FixedWidthInteger) -> Self {
        guard exponent >= 0 else { return negativePower(base, isOdd: exponent & 1 == 1) }
        var (result, factor, left) = (Self.unit, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result = product(result, factor) }
            factor = product(factor, factor)
            left >>= 1
        }
        return result
    }

    private static func negativePower(_ base: Self, isOdd: Bool) -> Self {
        guard base < .nought, base == unit.opposite else { return base == unit ? base : .nought }
        return isOdd ? base : .unit
    }
}

extension Float: Number {}
extension Double: Number {}
extension Int8: Number {}
extension Int16: Number {}
extension Int32: Number {}
extension Int64: Number {}
extension UInt8: Number {}
extension UInt16: Number {}
extension UInt32: Number {}
extension UInt64: Number {}
