import ApusCore
import CApusKernels

/// A convolution's weights and bias in the order in which the kernels read them.
final class PackedConvolution: @unchecked Sendable {
    let inChannels, outChannels: Int
    /// Height and width.
    let kernel: [Int]
    private let groups: Int
    private let filter: apus_filter
    private let storage: Storage
    private let lease: MemoryLease
    /// Floats from one group's weights to the next.
    private let groupStride: Int

    /// - Parameters:
    ///   - weights: `[out, in / groups, height, width]`, or without the height.
    ///   - isUnit: whether strides and dilations are all 1.
    init(
        _ weights: Value, bias: Value?, groups: Int, isUnit: Bool, _ context: ExecutionContext
    ) throws(OperatorError) {
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
        filter = Self.filter(weights.shape[0], inChannels, kernel, groups: groups, isUnit: isUnit)
        groupStride = withUnsafePointer(to: filter) { apus_packed_count($0) }
        let byteCount = groupStride * (filter.packing == APUS_DEPTHWISE ? 1 : groups) * 4
        lease = try context.workspace.lease(byteCount)
        storage = Storage(byteCount: byteCount)
        pack(weights, bias, context)
    }

    /// One group's weights, and the packing that computes them fastest.
    private static func filter(
        _ outChannels: Int, _ inChannels: Int, _ kernel: [Int], groups: Int, isUnit: Bool
    ) -> apus_filter {
        let isDepthwise = inChannels == 1 && groups > 1 && outChannels == groups
        let taps = kernel[0] * kernel[1]
        var filter = apus_filter()
        (filter.out_channels, filter.in_channels) = (isDepthwise ? groups : outChannels / groups, inChannels)
        (filter.kernel_height, filter.kernel_width) = (kernel[0], kernel[1])
        (filter.o_stride, filter.i_stride, filter.y_stride, filter.x_stride) = (inChannels * taps, taps, kernel[1], 1)
        if isDepthwise {
            filter.packing = APUS_DEPTHWISE
        } else if groups == 1, inChannels <= mostPlanes, taps > 1 {
            filter.packing = APUS_PLANAR
        } else if isUnit, kernel == [3, 3], isWorthTransforming(filter.in_channels, filter.out_channels) {
            filter.packing = APUS_WINOGRAD
        }
        return filter
    }

    /// The first layer of a network reads its image as it comes: planes, too few to be worth a new order.
    private static let mostPlanes = 4

    /// Winograd's form saves three quarters of the products and makes the weights four times as large: with few
    /// channels its transforms weigh more, with many its weights are read from memory for too few pixels.
    private static func isWorthTransforming(_ inChannels: Int, _ outChannels: Int) -> Bool {
        inChannels >= 8 && outChannels >= 8 && inChannels * outChannels <= 1 << 17
    }

    /// Whether the input is read as planes (NCHW).
    var readsPlanes: Bool { filter.packing == APUS_PLANAR }

    private static func check(
        _ bias: Value, _ channels: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        try bias.require(.float32)
        try expect(bias.count == channels, "a bias of \(channels) elements", found: "\(bias.shape)")
        return try context.rowMajor(bias)
    }

    private var base: UnsafeMutablePointer<Float> { storage.base.assumingMemoryBound(to: Float.self) }

    private func pack(_ weights: Value, _ bias: Value?, _ context: ExecutionContext) {
        let out = filter.out_channels, weightsStride = out * inChannels * kernel[0] * kernel[1]
        withUnsafePointer(to: filter) { filter in
            for group in 0..<(filter.pointee.packing == APUS_DEPTHWISE ? 1 : groups) {
                apus_pack(
                    context.pool, filter, weights.floats + group * weightsStride,
                    bias.map { UnsafePointer($0.floats + group * out) }, base + group * groupStride)
            }
        }
    }

    /// Convolves `x` into `y`, both channels last; but for an `x` in planes where `readsPlanes`.
    func convolve(
        _ x: Value, into y: Value, _ placement: WindowPlacement, _ finish: Convolution.Finish,
        _ context: ExecutionContext
    ) {
        var call = placement.convolution(x, y)
        call.packing = filter.packing
        call.activation = finish.activation
        call.residual_before_activation = finish.addsBeforeActivation
        if filter.packing != APUS_DEPTHWISE { call.in_channels = inChannels }
        call.out_channels = filter.out_channels
        for group in 0..<(filter.packing == APUS_DEPTHWISE ? 1 : groups) {
            call.weights = UnsafePointer(base + group * groupStride)
            let channel = group * call.out_channels
            call.residual_stride = finish.residual?.pixelStride ?? 0
            context.convolve(
                call, from: x.base + group * inChannels * 4, to: y.base + channel * 4,
                adding: finish.residual.map { $0.base + channel * 4 })
        }
    }

    /// The one kernel call that convolves an image of `shape`, without input and output; `nil` where it takes more.
    func call(
        on shape: Shape, _ placement: WindowPlacement, _ activation: apus_activation
    ) -> (call: apus_convolution, shape: Shape)? {
        guard groups == 1 || filter.packing == APUS_DEPTHWISE else { return nil }
        let result = Shape([shape[0], outChannels, placement.rows.count, placement.columns.count])
        var call = placement.convolution(from: shape, to: result)
        call.packing = filter.packing
        call.activation = activation
        call.weights = UnsafePointer(base)
        return (call, result)
    }
}

extension ExecutionContext {
    /// Calls the kernel of `convolution`, which has all but where it reads and writes.
    func convolve(
        _ convolution: apus_convolution, from input: UnsafeMutableRawPointer, to output: UnsafeMutableRawPointer,
        adding residual: UnsafeMutableRawPointer? = nil
    ) {
        let (given, hasResidual) = (UncheckedConvolution(convolution), residual != nil)
        call([input, output] + (residual.map { [$0] } ?? [])) { [cpu] operands, pool in
            var call = given.call
            (call.input, call.output) = (UnsafePointer(operands.floats(0)), operands.floats(1))
            call.residual = hasResidual ? UnsafePointer(operands.floats(2)) : nil
            apus_convolve(cpu, pool, &call)
        }
    }
}

/// A kernel's parameters, whose weights live as long as the program that holds them.
struct UncheckedConvolution: @unchecked Sendable {
    let call: apus_convolution

    init(_ call: apus_convolution) { self.call = call }
}
