/// A number with at most `digits` decimals and no zeros at its end: `0.1 + 0.2` to ten digits is "0.3".
///
/// Label files are written so: 10 digits for pixels and 12 for fractions of an image come back to within 1e-9 pixels,
/// and a number that a person wrote comes back as it was.
func decimalText(_ value: Double, digits: Int) -> String {
    precondition((0...15).contains(digits), "\(digits) digits, expected 0 to 15")
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value * scale).rounded()
    guard abs(scaled) < 0x1p53 else { return "\(value)" }
    let magnitude = UInt64(abs(scaled)), unit = UInt64(scale)
    var text = String(magnitude / unit)
    var fraction = String(magnitude % unit)
    if magnitude % unit > 0 {
        fraction = String(repeating: "0", count: digits - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        text += "." + fraction
    }
    return scaled < 0 ? "-" + text : text
}

/// Of a place in pixels.
func pixelText(_ value: Double) -> String { decimalText(value, digits: 10) }

/// Of a fraction of an image's side.
func fractionText(_ value: Double) -> String { decimalText(value, digits: 12) }

/// The number that `pixelText` writes.
func roundedPixels(_ value: Double) -> Double {
    let rounded = (value * 1e10).rounded() / 1e10
    return abs(value) < 0x1p53 / 1e10 ? rounded : value
}
