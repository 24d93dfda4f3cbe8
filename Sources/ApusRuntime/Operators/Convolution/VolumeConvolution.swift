import ApusCore
import CApusKernels

/// A convolution over more than two spatial axes, as convolutions of images: for each place along the leading axes,
/// the slices under the window lie side by side as the channels of one image.
struct VolumeConvolution: Sendable {
    /// Along the leading axes.
    private let kernel: [Int]
    private let groups: Int
    private let channels: Int
    private let packed: PackedConvolution

    /// - Parameter weights: `[out, in / groups, K1, …, height, width]`, of rank 5 or more.
    init(
        _ weights: Value, bias: Value?, groups: Int, isUnit: Bool, _ context: ExecutionContext
    ) throws(OperatorError) {
        try weights.require(.float32)
        let rank = weights.rank
        self.groups = groups
        channels = weights.shape[1] * groups
        kernel = Array(weights.shape.dimensions[2..<rank - 2])
        // The taps along the leading axes become channels too: [out, K1 · … · in / groups, height, width].
        let moved = try context.transposed(weights, by: [0] + Array(2..<rank - 2) + [1, rank - 2, rank - 1])
        let taps = kernel.reduce(1, *) * weights.shape[1]
        let folded = moved.reshaped(to: [weights.shape[0], taps, weights.shape[-2], weights.shape[-1]])
        packed = try PackedConvolution(folded, bias: bias, groups: groups, isUnit: isUnit, context)
    }

    func convolve(
        _ value: Value, _ window: Window, _ activation: apus_activation, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        try expect(value.rank == kernel.count + 4, "\(kernel.count + 4) dimensions", found: "\(value.shape)")
        try expect(value.shape[1] == channels, "\(channels) channels", found: "\(value.shape)")
        let axes = try window.axes(on: value.shape.dimensions[2...], kernel: kernel + packed.kernel)
        let y = try context.make(Shape([value.shape[0], packed.outChannels] + axes.map(\.count)))
        guard y.count > 0 else { return y }
        let slices = try Slices(
            x: try context.rowMajor(value), y: y, axes: axes, groups: groups, weights: packed, context)
        var finish = Convolution.Finish()
        finish.activation = activation
        for image in 0..<value.shape[0] {
            for place in 0..<slices.count {
                slices.gather(image: image, place, context)
                packed.convolve(slices.source, into: slices.target, slices.placement, finish, context)
                slices.scatter(image: image, place, context)
            }
        }
        return y
    }
}

/// The images that a volume is convolved as, one at a time.
private struct Slices {
    /// One image of channels `[group][tap][channel]`, lying as the kernel reads it.
    let source: Value
    let target: Value
    let placement: WindowPlacement
    private let x, y: Value
    private let leading: [WindowPlacement.Axis]
    private let groups, channelsOfGroup: Int
    private let zero: Value

    init(
        x: Value, y: Value, axes: [WindowPlacement.Axis], groups: Int, weights: PackedConvolution,
        _ context: ExecutionContext
    ) throws(OperatorError) {
        (self.x, self.y, self.groups) = (x, y, groups)
        leading = Array(axes.dropLast(2))
        channelsOfGroup = x.shape[1] / groups
        placement = WindowPlacement(rows: axes[axes.count - 2], columns: axes[axes.count - 1])
        let shape = Shape([1, weights.inChannels * groups, x.shape[-2], x.shape[-1]])
        source = weights.readsPlanes ? try context.make(shape) : try context.makeChannelsLast(shape)
        target = try context.makeChannelsLast([1, y.shape[1], y.shape[-2], y.shape[-1]])
        zero = try context.makeTemporary([1], .float32)
        zero.floats[0] = 0
        context.workspace.addTemporary(source.storage)
        context.workspace.addTemporary(target.storage)
    }

    /// How many places the window has along the leading axes.
    var count: Int { leading.reduce(1) { $0 * $1.count } }

    /// Fills `source` with the slices of `image` under the window at `place`.
    func gather(image: Int, _ place: Int, _ context: ExecutionContext) {
        let (height, width) = (x.shape[-2], x.shape[-1])
        let plane = height * width
        let volume = leading.reduce(plane) { $0 * $1.extent }
        let strides = source.strides
        for (tap, slice) in slices(at: place).enumerated() {
            let from = slice.map { x.floats + image * x.shape[1] * volume + $0 * plane }
            context.copy(
                from ?? zero.floats, from == nil ? [0, 0, 0, 0] : [width, 1, channelsOfGroup * volume, volume],
                to: source.floats + tap * channelsOfGroup * strides[1],
                [strides[2], strides[3], source.shape[1] / groups * strides[1], strides[1]],
                extents: [height, width, groups, channelsOfGroup], size: 4)
        }
    }

    /// The input's slice under each tap of the window at `place`; `nil` in the padding.
    private func slices(at place: Int) -> [Int?] {
        var result: [Int?] = [0]
        var rest = place, below = count
        for axis in leading {
            below /= axis.count
            let origin = rest / below * axis.stride - axis.before
            rest %= below
            result = result.flatMap { slice in
                (0..<axis.kernel).map { tap in
                    let index = origin + tap * axis.dilation
                    return (0..<axis.extent).contains(index) ? slice.map { $0 * axis.extent + index } : nil
                }
            }
        }
        return result
    }

    /// Puts `target` into the output.
    func scatter(image: Int, _ place: Int, _ context: ExecutionContext) {
        let plane = y.shape[-2] * y.shape[-1], channels = y.shape[1]
        context.copy(
            target.floats, [1, channels], to: y.floats + (image * channels * count + place) * plane,
            [count * plane, 1], extents: [channels, plane], size: 4)
    }
}
