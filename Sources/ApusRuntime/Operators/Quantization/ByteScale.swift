import ApusCore
import CApusKernels

/// How an array of 8-bit integers stands for numbers: `scale · (integer − zero)`.
struct ByteScale: Hashable, Sendable {
    let scale: Float
    let zero: Int32
    /// `int8` or `uint8`.
    let type: DataType

    var kernel: apus_quantization { apus_quantization(scale: scale, zero: zero, is_signed: type == .int8) }

    /// The number that `byte` stands for.
    func number(_ byte: UInt8) -> Float {
        Float((type == .int8 ? Int32(Int8(bitPattern: byte)) : Int32(byte)) - zero) * scale
    }

    /// The byte that stands for the number nearest to `number`.
    func byte(_ number: Float) -> UInt8 {
        let least: Float = type == .int8 ? -128 : 0
        let whole = (number / scale).rounded(.toNearestOrEven) + Float(zero)
        let clamped = whole.isNaN ? least : min(max(whole, least), least + 255)
        return UInt8(truncatingIfNeeded: Int32(clamped))
    }
}

extension ExecutionContext {
    /// `x` in integers of eight bits, in its layout. A row-major image of few channels becomes one of four-byte pixels,
    /// which convolutions like to read.
    func quantize(_ x: Value, to type: DataType, _ scale: ByteScale) throws(OperatorError) -> Value {
        if x.rank == 4, !x.isChannelsLast, (2...4).contains(x.shape[1]) {
            return try quantizePlanes(x, to: type, scale)
        }
        let y = try makeDense(x, type)
        guard x.isChannelsLast else {
            quantize(from: x, to: y, scale, (x.count, x.count), rows: 1, x.count)
            return y
        }
        let channels = max(1, x.shape[1])
        quantize(from: x, to: y, scale, (x.pixelStride, channels), rows: x.count / channels, x.shape[1])
        return y
    }

    private func quantize(
        from x: Value, to y: Value, _ scale: ByteScale, _ strides: (Int, Int), rows: Int, _ count: Int
    ) {
        call([x.base, y.base]) { [cpu] operands, pool in
            apus_quantize(
                cpu, pool, scale.kernel, operands.floats(0), strides.0, operands.bytes(1), strides.1, rows, count)
        }
    }

    private func quantizePlanes(_ x: Value, to type: DataType, _ scale: ByteScale) throws(OperatorError) -> Value {
        let pixels = x.shape[2] * x.shape[3]
        let padded = try make([x.shape[0], 4, x.shape[2], x.shape[3]], type)
        for image in 0..<x.shape[0] {
            let channels = x.shape[1]
            let source = x.base + image * channels * pixels * 4, target = padded.base + image * 4 * pixels
            call([source, target]) { [cpu] operands, pool in
                apus_quantize_planes(
                    cpu, pool, scale.kernel, operands.floats(0), channels, pixels, operands.bytes(1))
            }
        }
        return Value(x.shape, type, storage: padded.storage, layout: .channelsLast(stride: 4))
    }

    /// The numbers that integers of eight bits stand for, in the layout of `x`.
    func dequantize(_ x: Value, _ scale: ByteScale) throws(OperatorError) -> Value {
        let y = try makeDense(x, .float32)
        guard x.isChannelsLast else {
            let rows = x.rank > 0 && x.count > 0 ? x.shape[0] : 1
            dequantize(from: x, to: y, scale, (x.count / rows, x.count / rows), rows: rows, x.count / rows)
            return y
        }
        let channels = max(1, x.shape[1])
        dequantize(from: x, to: y, scale, (x.pixelStride, channels), rows: x.count / channels, x.shape[1])
        return y
    }

    private func dequantize(
        from x: Value, to y: Value, _ scale: ByteScale, _ strides: (Int, Int), rows: Int, _ count: Int
    ) {
        call([x.base, y.base]) { [cpu] operands, pool in
            apus_dequantize(
                cpu, pool, scale.kernel, operands.bytes(0), strides.0, operands.floats(1), strides.1, rows, count)
        }
    }

    /// An uninitialized dense value of another type that lies as `other` does.
    func makeDense(_ other: Value, _ type: DataType) throws(OperatorError) -> Value {
        other.isChannelsLast ? try makeChannelsLast(other.shape, type) : try make(other.shape, type)
    }
}
