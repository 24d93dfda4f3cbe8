/// `value` as Python's `repr` spells it: the shortest text that reads back as the same number.
func pythonText(of value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    // Between these Swift spells as Python does.
    if (1e-4..<1e15).contains(value.magnitude) { return value.description }
    let (digits, exponent) = shortestDigits(of: value.magnitude)
    let sign = value.sign == .minus ? "-" : ""
    // `exponent` is where the point stands relative to the first digit: 1.5 has exponent 1.
    switch exponent {
    case 17..., ...(-4): return sign + scientific(digits, exponent - 1)
    case ...0: return sign + "0." + String(repeating: "0", count: -exponent) + digits
    case _ where exponent >= digits.count:
        return sign + digits + String(repeating: "0", count: exponent - digits.count) + ".0"
    default: return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }
}

private func scientific(_ digits: String, _ exponent: Int) -> String {
    let mantissa = digits.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
    let magnitude = String(abs(exponent))
    return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(magnitude.count < 2 ? "0" : "")\(magnitude)"
}

/// The significant digits of a finite, non-negative number and the place of its point.
private func shortestDigits(of value: Double) -> (digits: String, exponent: Int) {
    guard value != 0 else { return ("0", 1) }
    let text = value.description
    let parts = text.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = mantissa[0], fraction = mantissa.count > 1 ? mantissa[1] : ""
    let written = whole + fraction
    let leading = written.prefix { $0 == "0" }.count
    let trimmed = String(written.dropFirst(leading).reversed().drop { $0 == "0" }.reversed())
    let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    return (trimmed, whole.count - leading + power)
}
