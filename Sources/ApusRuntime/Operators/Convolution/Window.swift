import ApusCore
import ApusONNX
import CApusKernels

/// How a kernel moves over an image: what convolutions and poolings have in common.
struct Window: Sendable {
    private enum Padding: Sendable {
        /// Before each axis, then after each.
        case explicit([Int])
        /// So that the output has ⌈extent / stride⌉ pixels; an odd pixel goes to the end or to the start.
        case same(oddAtStart: Bool)
    }

    /// `nil` where the weights say it.
    let kernel: [Int]?
    let strides, dilations: [Int]
    private let padding: Padding
    /// Whether a last, incomplete window counts.
    private let roundsUp: Bool

    init(_ node: Node) throws(GraphError) {
        kernel = try node.extents("kernel_shape", from: 1).map(Self.pair)
        strides = try node.extents("strides", from: 1).map(Self.pair) ?? [1, 1]
        dilations = try node.extents("dilations", from: 1).map(Self.pair) ?? [1, 1]
        roundsUp = try node.flag("ceil_mode", default: false)
        switch try node.string("auto_pad", default: "NOTSET") {
        case "SAME_UPPER": padding = .same(oddAtStart: false)
        case "SAME_LOWER": padding = .same(oddAtStart: true)
        case "VALID": padding = .explicit([0, 0, 0, 0])
        case "NOTSET", "": padding = .explicit(try Self.pads(node))
        case let other:
            throw .attributeValue(
                "auto_pad", expected: "NOTSET, SAME_UPPER, SAME_LOWER or VALID", found: other, node: node.label)
        }
        for (name, list) in [("strides", strides), ("dilations", dilations)] where list.count != 2 {
            throw .attributeValue(name, expected: "1 or 2 numbers", found: "\(list.count)", node: node.label)
        }
        if let kernel, kernel.count != 2 {
            throw .attributeValue(
                "kernel_shape", expected: "1 or 2 numbers", found: "\(kernel.count)", node: node.label)
        }
    }

    private static func pads(_ node: Node) throws(GraphError) -> [Int] {
        let pads = try node.extents("pads", from: 0) ?? [0, 0, 0, 0]
        guard pads.count == 2 || pads.count == 4 else {
            throw .attributeValue("pads", expected: "2 or 4 numbers", found: "\(pads)", node: node.label)
        }
        return pads.count == 2 ? [0, pads[0], 0, pads[1]] : pads
    }

    /// A line is an image of one row.
    private static func pair(_ values: [Int]) -> [Int] { values.count == 1 ? [1, values[0]] : values }

    /// Where the window goes on an image of `shape` (`[N, C, H, W]`).
    func place(on shape: Shape, kernel: [Int]) throws(OperatorError) -> WindowPlacement {
        if let declared = self.kernel {
            try expect(declared == kernel, "the declared kernel \(declared)", found: "\(kernel)")
        }
        return WindowPlacement(
            rows: try axis(0, extent: shape[2], kernel: kernel[0]),
            columns: try axis(1, extent: shape[3], kernel: kernel[1]))
    }

    private func axis(_ index: Int, extent: Int, kernel: Int) throws(OperatorError) -> WindowPlacement.Axis {
        let reach = (kernel - 1) * dilations[index] + 1, stride = strides[index]
        var before = 0, after = 0, count = 0
        switch padding {
        case .explicit(let pads):
            (before, after) = (pads[index], pads[index + 2])
            let room = extent + before + after - reach
            count = room < 0 ? 0 : (room + (roundsUp ? stride - 1 : 0)) / stride + 1
            // A window that would begin in the padding after the image is left out.
            if roundsUp, count > 0, (count - 1) * stride >= extent + before { count -= 1 }
        case .same(let oddAtStart):
            count = (extent + stride - 1) / stride
            let total = max(0, (count - 1) * stride + reach - extent)
            before = oddAtStart ? (total + 1) / 2 : total / 2
            after = total - before
        }
        try expect(
            count > 0 && extent > 0, "an image of at least \(reach - before - after) pixels a side", found: "\(extent)")
        return WindowPlacement.Axis(
            count: count, kernel: kernel, stride: stride, dilation: dilations[index], before: before, after: after)
    }
}

/// Window positions on an image of a known size.
struct WindowPlacement: Sendable {
    struct Axis: Sendable {
        /// Output pixels.
        let count: Int
        let kernel, stride, dilation, before, after: Int
    }

    let rows, columns: Axis

    /// The kernels' description of a convolution from `x` to `y` (both channels last); no weights yet.
    func convolution(_ x: Value, _ y: Value) -> apus_convolution {
        var call = apus_convolution()
        call.batch = x.shape[0]
        (call.in_channels, call.in_height, call.in_width, call.in_stride) = (
            x.shape[1], x.shape[2], x.shape[3], x.pixelStride
        )
        (call.out_channels, call.out_height, call.out_width, call.out_stride) = (
            y.shape[1], y.shape[2], y.shape[3], y.pixelStride
        )
        (call.kernel_height, call.kernel_width) = (rows.kernel, columns.kernel)
        (call.stride_y, call.stride_x) = (rows.stride, columns.stride)
        (call.dilation_y, call.dilation_x) = (rows.dilation, columns.dilation)
        (call.pad_top, call.pad_left) = (rows.before, columns.before)
        (call.input, call.output) = (UnsafePointer(x.floats), y.floats)
        return call
    }

    /// The kernels' description of a pooling from `x` to `y` (both channels last).
    func pooling(_ x: Value, _ y: Value) -> apus_pooling {
        var call = apus_pooling()
        (call.batch, call.channels) = (x.shape[0], x.shape[1])
        (call.in_height, call.in_width, call.in_stride) = (x.shape[2], x.shape[3], x.pixelStride)
        (call.out_height, call.out_width, call.out_stride) = (y.shape[2], y.shape[3], y.pixelStride)
        (call.kernel_height, call.kernel_width) = (rows.kernel, columns.kernel)
        (call.stride_y, call.stride_x) = (rows.stride, columns.stride)
        (call.dilation_y, call.dilation_x) = (rows.dilation, columns.dilation)
        (call.pad_top, call.pad_left) = (rows.before, columns.before)
        (call.pad_bottom, call.pad_right) = (rows.after, columns.after)
        (call.input, call.output) = (UnsafePointer(x.floats), y.floats)
        return call
    }
}
