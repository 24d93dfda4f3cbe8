import ApusCore
import CApusKernels

/// Window positions on an image of a known size.
struct WindowPlacement: Sendable {
    struct Axis: Sendable {
        /// Input pixels.
        let extent: Int
        /// Output pixels.
        let count: Int
        let kernel, stride, dilation, before, after: Int

        /// The window's taps at an output `position` that lie in the input: the first, and how many.
        func taps(at position: Int) -> (first: Int, count: Int) {
            let origin = position * stride - before
            let skipped = origin >= 0 ? 0 : (dilation - 1 - origin) / dilation
            let beyond = extent <= origin ? 0 : (extent - origin + dilation - 1) / dilation
            return (origin + skipped * dilation, max(0, min(kernel, beyond) - skipped))
        }

        /// Whether the last window ends outside the input and its declared padding.
        var reachesBeyondPadding: Bool {
            (count - 1) * stride + (kernel - 1) * dilation + 1 > extent + before + after
        }

        /// How many of the taps lie in the input or in its declared padding.
        func paddedTaps(at position: Int) -> Int {
            let room = extent + after - (position * stride - before)
            return min(kernel, (room + dilation - 1) / dilation)
        }
    }

    let rows, columns: Axis

    /// The kernels' description of a convolution from `x` to `y` (both channels last); no weights yet.
    func convolution(_ x: Value, _ y: Value) -> apus_convolution {
        var call = convolution(from: x.shape, to: y.shape)
        (call.in_stride, call.out_stride) = (x.pixelStride, y.pixelStride)
        (call.input, call.output) = (UnsafePointer(x.floats), y.floats)
        return call
    }

    /// The same between dense images of these shapes, wherever they may lie.
    func convolution(from x: Shape, to y: Shape) -> apus_convolution {
        var call = apus_convolution()
        call.batch = x[0]
        (call.in_channels, call.in_height, call.in_width, call.in_stride) = (x[1], x[2], x[3], x[1])
        (call.out_channels, call.out_height, call.out_width, call.out_stride) = (y[1], y[2], y[3], y[1])
        (call.kernel_height, call.kernel_width) = (rows.kernel, columns.kernel)
        (call.stride_y, call.stride_x) = (rows.stride, columns.stride)
        (call.dilation_y, call.dilation_x) = (rows.dilation, columns.dilation)
        (call.pad_top, call.pad_left) = (rows.before, columns.before)
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
