import ApusCore
import CApusKernels

/// The weights of a convolution of 8-bit integers, in the order in which the kernels read them.
final class PackedQuantizedConvolution: @unchecked Sendable {
    /// Of one group.
    let inChannels: Int
    let outChannels: Int
    /// Height and width.
    let kernel: [Int]
    let groups: Int
    private let form: apus_quantized_form
    private let storage: Storage
    private let lease: MemoryLease
    /// Bytes from one group's weights to the next.
    private let groupStride: Int

    /// - Parameters:
    ///   - weights: `[out, in / groups, height, width]` of 8-bit integers, row-major.
    ///   - zeros: the zero point of each output channel.
    ///   - isUnit: whether strides and dilations are all 1.
    init(
        _ weights: Value, zeros: [Int64], groups: Int, isUnit: Bool, _ context: ExecutionContext
    ) throws(OperatorError) {
        try expect(weights.dataType.isByte, "weights of 8-bit integers", found: "\(weights.dataType)")
        try expect(
            weights.rank == 4 && weights.count > 0, "weights of 4 dimensions, none empty", found: "\(weights.shape)")
        (outChannels, inChannels) = (weights.shape[0], weights.shape[1])
        kernel = [weights.shape[2], weights.shape[3]]
        self.groups = groups
        try expect(
            outChannels % groups == 0, "output channels that divide by \(groups) groups", found: "\(outChannels)")
        try expect(zeros.count == outChannels, "\(outChannels) zero points", found: "\(zeros.count)")
        let run = weights.count / outChannels
        let values = try weights.integers(context).enumerated().map { Int16($1 - zeros[$0 / run]) }
        let out = outChannels / groups, size = out * run
        let (channels, kernel) = (inChannels, kernel)
        (form, groupStride, storage) = values.withUnsafeBufferPointer { values in
            func description(_ group: Int) -> apus_quantized_weights {
                apus_quantized_weights(
                    values: values.baseAddress.map { $0 + group * size }, out_channels: out, in_channels: channels,
                    kernel_height: kernel[0], kernel_width: kernel[1])
            }
            return Self.pack((0..<groups).map(description), isUnit: isUnit, context.cpu)
        }
        lease = try context.workspace.lease(storage.byteCount)
    }

    private static func pack(
        _ groups: [apus_quantized_weights], isUnit: Bool, _ cpu: apus_cpu
    ) -> (apus_quantized_form, Int, Storage) {
        // The form that suits all groups: what one group's weights forbid, all go without.
        let forms = groups.map { group in withUnsafePointer(to: group) { apus_quantized_best_form(cpu, $0, isUnit) } }
        let isOne = forms.allSatisfy { $0 == forms[0] }
        let form = isOne || cpu == APUS_GENERIC ? forms[0] : APUS_QUANTIZED_PAIRS
        let bytes = withUnsafePointer(to: groups[0]) { apus_quantized_packed_bytes(form, $0) }
        let stride = (bytes + 63) / 64 * 64
        let storage = Storage(byteCount: stride * groups.count)
        for (index, group) in groups.enumerated() {
            withUnsafePointer(to: group) { apus_quantized_pack(form, $0, storage.base + index * stride) }
        }
        return (form, stride, storage)
    }

    /// A kernel's parameters, whose weights and factors live as long as the program that holds them.
    private struct UncheckedCall: @unchecked Sendable {
        let call: apus_quantized_convolution
    }

    /// Convolves `x` into `y`, both channels last. `finish` has all but geometry, weights and memory filled in.
    func convolve(
        _ x: Value, into y: Value, _ placement: WindowPlacement, _ factors: QuantizedFactors,
        _ finish: apus_quantized_convolution, residual: Value?, _ context: ExecutionContext
    ) throws(OperatorError) {
        try placement.requireFittingScratch(channels: inChannels)
        var call = finish
        placement.describe(x, y, in: &call)
        (call.in_channels, call.out_channels) = (inChannels, outChannels / groups)
        call.input_is_signed = x.dataType == .int8
        call.form = form
        let scratch = try context.makeTemporary(
            [apus_quantized_scratch_bytes(&call, Int32(context.threads.count))], .uint8)
        for group in 0..<groups {
            let channel = group * call.out_channels
            call.weights = UnsafeRawPointer(storage.base + group * groupStride)
            (call.bias, call.scale, call.offset) = factors.pointers(group)
            call.residual_stride = residual?.pixelStride ?? 0
            let (given, givesSums, adds) = (UncheckedCall(call: call), y.dataType == .int32, residual != nil)
            let target = y.base + channel * y.dataType.size
            let addresses = [scratch.base, x.base + group * inChannels, target]
            context.call(addresses + (residual.map { [$0.base + channel] } ?? [])) { operands, pool in
                var call = given.call
                (call.scratch, call.input) = (operands[0], UnsafePointer(operands.bytes(1)))
                if givesSums {
                    call.sums = operands[2].assumingMemoryBound(to: Int32.self)
                } else {
                    call.output = operands.bytes(2)
                }
                call.residual = adds ? UnsafePointer(operands.bytes(3)) : nil
                apus_quantized_convolve(pool, &call)
            }
        }
    }
}

extension WindowPlacement {
    /// Kernels copy what the windows see, padding included: refuses what no memory holds.
    func requireFittingScratch(channels: Int) throws(OperatorError) {
        var bytes = 4 * (channels + 16)
        for axis in [rows, columns] {
            let reach = (axis.count + 4) * axis.stride + axis.kernel * axis.dilation
            let (product, overflows) = bytes.multipliedReportingOverflow(by: reach)
            guard !overflows, product < 1 << 48 else {
                throw .unsupported("windows over \(reach) pixels a side")
            }
            bytes = product
        }
    }

    /// Fills in the geometry of a convolution from `x` to `y` (both channels last).
    func describe(_ x: Value, _ y: Value, in call: inout apus_quantized_convolution) {
        call.batch = x.shape[0]
        (call.in_height, call.in_width, call.in_stride) = (x.shape[2], x.shape[3], x.pixelStride)
        (call.out_height, call.out_width, call.out_stride) = (y.shape[2], y.shape[3], y.pixelStride)
        (call.kernel_height, call.kernel_width) = (rows.kernel, columns.kernel)
        (call.stride_y, call.stride_x) = (rows.stride, columns.stride)
        (call.dilation_y, call.dilation_x) = (rows.dilation, columns.dilation)
        (call.pad_top, call.pad_left) = (rows.before, columns.before)
    }
}

/// What a quantized convolution's sums are added to and multiplied by, channel by channel, as the kernels read it:
/// each group's channels in whole sixteens.
final class QuantizedFactors: @unchecked Sendable {
    private let storage: Storage
    private let padded, groups: Int

    init(bias: [Int32], scale: [Float], offset: [Float], groups: Int) {
        let out = scale.count / groups
        self.groups = groups
        padded = (out + 15) / 16 * 16
        storage = Storage(byteCount: 3 * padded * groups * 4)
        for group in 0..<groups {
            for place in 0..<padded {
                let channel = group * out + place
                (biases + group * padded)[place] = place < out ? bias[channel] : 0
                (floats(1) + group * padded)[place] = place < out ? scale[channel] : 0
                (floats(2) + group * padded)[place] = place < out ? offset[channel] : 0
            }
        }
    }

    /// For sums that are stored as they are.
    convenience init(channels: Int, groups: Int) {
        self.init(
            bias: [Int32](repeating: 0, count: channels), scale: [Float](repeating: 1, count: channels),
            offset: [Float](repeating: 0, count: channels), groups: groups)
    }

    private var biases: UnsafeMutablePointer<Int32> { storage.base.assumingMemoryBound(to: Int32.self) }

    private func floats(_ part: Int) -> UnsafeMutablePointer<Float> {
        storage.base.assumingMemoryBound(to: Float.self) + part * padded * groups
    }

    func pointers(_ group: Int) -> (UnsafePointer<Int32>, UnsafePointer<Float>, UnsafePointer<Float>) {
        let start = group * padded
        return (UnsafePointer(biases + start), UnsafePointer(floats(1) + start), UnsafePointer(floats(2) + start))
    }
}
