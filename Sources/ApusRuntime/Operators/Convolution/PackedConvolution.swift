import ApusCore
import CApusKernels

/// A convolution's weights and bias in the order in which the kernels read them.
final class PackedConvolution: @unchecked Sendable {
    let inChannels, outChannels: Int
    /// Height and width.
    let kernel: [Int]
    private let groups: Int
    private let isDepthwise: Bool
    private let storage: Storage
    /// Floats from one group's weights to the next.
    private let groupStride: Int

    /// - Parameter weights: `[out, in / groups, height, width]`, or without the height.
    init(_ weights: Value, bias: Value?, groups: Int, _ context: ExecutionContext) throws(OperatorError) {
        try weights.require(.float32)
        try expect(weights.rank == 4 || weights.rank == 3, "weights of 3 or 4 dimensions", found: "\(weights.shape)")
        let weights = try context.rowMajor(weights)
        outChannels = weights.shape[0]
        inChannels = weights.shape[1]
        kernel = weights.rank == 4 ? [weights.shape[2], weights.shape[3]] : [1, weights.shape[2]]
        self.groups = groups
        try expect(
            outChannels % groups == 0, "output channels that divide by \(groups) groups", found: "\(outChannels)")
        try expect(kernel.allSatisfy { $0 > 0 }, "a kernel of at least one pixel", found: "\(weights.shape)")
        let channels = weights.shape[0]
        let bias = try bias.map { bias throws(OperatorError) in try Self.check(bias, channels, context) }
        isDepthwise = inChannels == 1 && groups > 1 && outChannels == groups
        let out = outChannels / groups
        groupStride =
            isDepthwise
            ? apus_packed_depthwise_count(groups, kernel[0], kernel[1])
            : apus_packed_count(out, inChannels, kernel[0], kernel[1])
        storage = Storage(byteCount: groupStride * (isDepthwise ? 1 : groups) * 4)
        pack(weights, bias, context)
    }

    private static func check(
        _ bias: Value, _ channels: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        try bias.require(.float32)
        try expect(bias.count == channels, "a bias of \(channels) elements", found: "\(bias.shape)")
        return try context.rowMajor(bias)
    }

    private var base: UnsafeMutablePointer<Float> { storage.base.assumingMemoryBound(to: Float.self) }

    private func pack(_ weights: Value, _ bias: Value?, _ context: ExecutionContext) {
        guard !isDepthwise else {
            apus_pack_depthwise(weights.floats, bias?.floats, groups, kernel[0], kernel[1], base)
            return
        }
        let out = outChannels / groups, taps = kernel[0] * kernel[1]
        for group in 0..<groups {
            apus_pack_convolution(
                context.pool, weights.floats + group * out * inChannels * taps, inChannels * taps, taps, kernel[1], 1,
                bias.map { $0.floats + group * out }, out, inChannels, kernel[0], kernel[1],
                base + group * groupStride)
        }
    }

    /// Convolves `x` into `y`, both channels last.
    func convolve(
        _ x: Value, into y: Value, _ placement: WindowPlacement, _ finish: Convolution.Finish,
        _ context: ExecutionContext
    ) {
        var call = placement.convolution(x, y)
        call.activation = finish.activation
        call.residual_before_activation = finish.addsBeforeActivation
        if isDepthwise {
            call.weights = UnsafePointer(base)
            (call.residual, call.residual_stride) = residual(finish, channel: 0)
            apus_convolve_depthwise(context.cpu, context.pool, &call)
            return
        }
        call.in_channels = inChannels
        call.out_channels = outChannels / groups
        for group in 0..<groups {
            call.input = UnsafePointer(x.floats + group * inChannels)
            call.output = y.floats + group * call.out_channels
            call.weights = UnsafePointer(base + group * groupStride)
            (call.residual, call.residual_stride) = residual(finish, channel: group * call.out_channels)
            apus_convolve(context.cpu, context.pool, &call)
        }
    }

    private func residual(_ finish: Convolution.Finish, channel: Int) -> (UnsafePointer<Float>?, Int) {
        guard let residual = finish.residual else { return (nil, 0) }
        return (UnsafePointer(residual.floats + channel), residual.pixelStride)
    }
}
