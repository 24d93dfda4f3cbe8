/// Conversions of the two 16-bit floating-point formats, by bits (no processor support is needed, and compilers make
/// vector loops of them).
enum HalfPrecision {
    /// IEEE binary16 → binary32, exact.
    @inline(__always)
    static func float(fromBits bits: UInt16) -> Float {
        // The exponent's bias is off by 112, which a product puts right for subnormal numbers too.
        let magnitude = (Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112).bitPattern
        let special: UInt32 = magnitude >= Float(65536).bitPattern ? 0x7F80_0000 : 0
        return Float(bitPattern: magnitude | special | UInt32(bits & 0x8000) << 16)
    }

    /// binary32 → IEEE binary16, to nearest even.
    @inline(__always)
    static func bits(of value: Float) -> UInt16 {
        let sign = value.bitPattern & 0x8000_0000
        let magnitude = value.bitPattern ^ sign
        let normal = (magnitude &+ 0xC800_0FFF &+ (magnitude >> 13 & 1)) >> 13
        // Adding ½ leaves the fraction of a subnormal number, rounded, in the lowest bits.
        let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
        let special: UInt32 = magnitude > 0x7F80_0000 ? 0x7E00 : 0x7C00
        let finite = magnitude < 0x3880_0000 ? subnormal : normal
        return UInt16(truncatingIfNeeded: (magnitude >= 0x4780_0000 ? special : finite) | sign >> 16)
    }

    /// binary32 → bfloat16, to nearest even.
    @inline(__always)
    static func brainBits(of value: Float) -> UInt16 {
        let bits = value.bitPattern
        let rounded = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
        return value.isNaN ? 0x7FC0 : UInt16(truncatingIfNeeded: rounded)
    }

    @inline(__always)
    static func float(fromBrainBits bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    static func widen(_ source: UnsafePointer<UInt16>, to target: UnsafeMutablePointer<Float>, count: Int, brain: Bool)
    {
        if brain {
            for index in 0..<count { target[index] = float(fromBrainBits: source[index]) }
        } else {
            for index in 0..<count { target[index] = float(fromBits: source[index]) }
        }
    }

    static func narrow(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<UInt16>, count: Int, brain: Bool)
    {
        if brain {
            for index in 0..<count { target[index] = brainBits(of: source[index]) }
        } else {
            for index in 0..<count { target[index] = bits(of: source[index]) }
        }
    }
}
