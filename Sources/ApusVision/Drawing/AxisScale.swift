import Glibc

/// Round numbers along one axis.
struct AxisScale: Equatable {
    let low, high, step: Double

    /// The fewest round steps that hold `values`, at most `maximumTicks` of them.
    init(_ values: [Double], maximumTicks: Int, whole: Bool = false) {
        let finite = values.filter(\.isFinite)
        var (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
        if least == most {
            let margin = least == 0 ? 0.5 : abs(least) * 0.1
            (least, most) = (least - margin, most + margin)
        }
        var step = Self.roundStep(atLeast: (most / 2 - least / 2) / Double(max(maximumTicks - 1, 1)) * 2)
        if whole { step = max(step.rounded(.up), 1) }
        self.step = step
        (low, high) = ((least / step).rounded(.down) * step, (most / step).rounded(.up) * step)
    }

    /// The next of 1, 2, 5 times a power of ten.
    private static func roundStep(atLeast step: Double) -> Double {
        let power = pow(10, floor(log10(max(step, 1e-300))))
        return power * ([1, 2, 5, 10].first { $0 * power >= step * (1 - 1e-9) } ?? 10)
    }

    var ticks: [Double] {
        let count = Int(min(((high - low) / step).rounded(), 100))
        return (0...max(count, 1)).map { low + Double($0) * step }
    }

    /// Where `value` lies between the ends: 0 to 1.
    func position(of value: Double) -> Double { (value - low) / (high - low) }

    /// The value with as many digits as the step needs.
    func label(_ value: Double) -> String {
        let largest = max(abs(low), abs(high))
        guard largest >= 1e6 || (step < 1e-4 && largest < 1e-2) else {
            return Self.fixed(value, digits: max(0, Int(-floor(log10(step) + 1e-9))))
        }
        guard abs(value) > step / 2 else { return "0" }
        let exponent = Int(floor(log10(abs(value)) + 1e-9))
        let digits = min(max(0, exponent - Int(floor(log10(step) + 1e-9))), 6)
        return Self.fixed(value / pow(10, Double(exponent)), digits: digits) + "e\(exponent)"
    }

    private static func fixed(_ value: Double, digits: Int) -> String {
        let factor = pow(10, Double(min(digits, 15)))
        let scaled = (abs(value) * factor).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        let (whole, fraction) = Int(scaled).quotientAndRemainder(dividingBy: Int(factor))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(whole) }
        let text = String(fraction)
        return sign + "\(whole)." + String(repeating: "0", count: max(min(digits, 15) - text.count, 0)) + text
    }
}
