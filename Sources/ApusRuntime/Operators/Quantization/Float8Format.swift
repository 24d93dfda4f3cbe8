import ApusCore

/// One of the four 8-bit floating-point formats of ONNX. <https://onnx.ai/onnx/technical/float8.html>
struct Float8Format: Sendable {
    private let fractionBits: Int
    private let bias: Int
    /// The code of the largest finite number, and of what is larger where that does not saturate.
    private let largest, overflow, notANumber: UInt8
    private let hasNegativeZero: Bool

    /// `nil` for other types.
    init?(_ type: DataType) {
        switch type {
        case .float8E4M3FN:
            (fractionBits, bias, largest, overflow, notANumber, hasNegativeZero) = (3, 7, 0x7E, 0x7F, 0x7F, true)
        case .float8E4M3FNUZ:
            (fractionBits, bias, largest, overflow, notANumber, hasNegativeZero) = (3, 8, 0x7F, 0x80, 0x80, false)
        case .float8E5M2:
            (fractionBits, bias, largest, overflow, notANumber, hasNegativeZero) = (2, 15, 0x7B, 0x7C, 0x7F, true)
        case .float8E5M2FNUZ:
            (fractionBits, bias, largest, overflow, notANumber, hasNegativeZero) = (2, 16, 0x7F, 0x80, 0x80, false)
        default: return nil
        }
    }

    /// The number that a code stands for.
    func decode(_ code: UInt8) -> Float {
        if !hasNegativeZero, code == notANumber { return .nan }
        let sign: Float = code & 0x80 == 0 ? 1 : -1, magnitude = code & 0x7F
        if magnitude > largest { return magnitude == overflow && overflow != notANumber ? sign * .infinity : .nan }
        let exponent = Int(magnitude >> fractionBits), fraction = Float(magnitude & (1 << fractionBits - 1))
        let hidden: Float = exponent == 0 ? 0 : Float(1 << fractionBits)
        let scale = Float(sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: 1)
        return sign * (hidden + fraction) * scale
    }

    /// The code of the nearest number, halves to even; what is too large becomes the largest where `saturates`.
    func encode(_ value: Float, saturates: Bool) -> UInt8 {
        guard !value.isNaN else { return notANumber }
        let sign: UInt8 = value.sign == .minus ? 0x80 : 0
        if value.isInfinite { return saturates ? sign | largest : overflowed(sign) }
        let exponent = max(value == 0 ? 1 - bias : Int(value.exponent), 1 - bias)
        let step = Float(sign: .plus, exponent: exponent - fractionBits, significand: 1)
        let steps = Int((value.magnitude / step).rounded(.toNearestOrEven))
        let code = (exponent + bias - 1) << fractionBits + steps
        if code > Int(largest) { return saturates ? sign | largest : overflowed(sign) }
        return code == 0 && !hasNegativeZero ? 0 : sign | UInt8(code)
    }

    private func overflowed(_ sign: UInt8) -> UInt8 { overflow == 0x80 ? 0x80 : sign | overflow }
}
