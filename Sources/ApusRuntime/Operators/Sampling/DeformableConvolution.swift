import ApusCore
import ApusONNX
import CApusKernels

/// A convolution of images whose taps are moved by learned offsets, and perhaps weighted.
/// <https://onnx.ai/onnx/operators/onnx__DeformConv.html>
///
/// Dai et al., *Deformable Convolutional Networks*, <https://arxiv.org/abs/1703.06211>. What each window reads is
/// gathered into a row; a matrix product does the rest.
struct DeformableConvolution: Operator {
    static let type = OperatorType("DeformConv", since: 19)
    private let window: Window
    private let groups, offsetGroups: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...5)
        window = try Window(node)
        groups = try node.count("group", default: 1)
        offsetGroups = try node.count("offset_group", default: 1)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let image = try inputs.required(0, .float32), weights = try inputs.required(1, .float32)
        guard image.rank == 4, weights.rank == 4 else {
            throw .unsupported("deformable convolution of other than images")
        }
        let out = weights.shape[0], channels = image.shape[1]
        try expect(
            weights.count > 0 && channels == weights.shape[1] * groups && out % groups == 0
                && channels % offsetGroups == 0,
            "\(weights.shape[1] * groups) channels in \(groups) groups and \(offsetGroups) of offsets",
            found: "\(image.shape) and \(weights.shape)")
        let placement = try window.place(on: image.shape, kernel: Array(weights.shape.dimensions[2...]))
        let y = try context.make([image.shape[0], out, placement.rows.count, placement.columns.count])
        let taps = weights.shape[2] * weights.shape[3]
        let offsets = try field(2, inputs, y.shape, count: offsetGroups * taps * 2, context)
        let masks = inputs.optional(4) == nil ? nil : try field(4, inputs, y.shape, count: offsetGroups * taps, context)
        let gathering = WindowGathering(
            x: try context.channelsLast(image), placement: placement, offsets: offsets, masks: masks,
            offsetGroups: offsetGroups, groups: groups)
        let matrices = try pack(weights, bias: inputs.optional(3), context)
        try multiply(gathering, matrices, into: y, context)
        return [y]
    }

    /// The input that holds `count` numbers for each pixel of the output.
    private func field(
        _ index: Int, _ inputs: [Value?], _ shape: Shape, count: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let value = try context.rowMajor(try inputs.required(index, .float32))
        let expected = Shape([shape[0], count, shape[2], shape[3]])
        try expect(value.shape == expected, "an input \(index) of shape \(expected)", found: "\(value.shape)")
        return value
    }

    /// Weights `[out, in / groups, height, width]` as one matrix a group: (height · width · in) × out.
    private func pack(
        _ weights: Value, bias: Value?, _ context: ExecutionContext
    ) throws(OperatorError) -> [PackedMatrix] {
        let out = weights.shape[0] / groups, rows = weights.count / weights.shape[0]
        if let bias {
            try bias.require(.float32)
            try expect(bias.count == weights.shape[0], "a bias of \(weights.shape[0]) elements", found: "\(bias.shape)")
        }
        let moved = try context.transposed(weights, by: [0, 2, 3, 1])
        let offsets = try bias.map { bias throws(OperatorError) in try context.rowMajor(bias) }
        var matrices: [PackedMatrix] = []
        for group in 0..<groups {
            matrices.append(
                try PackedMatrix(
                    moved.floats + group * out * rows, rows: rows, columns: out, rowStride: 1, columnStride: rows,
                    bias: offsets.map { UnsafePointer($0.floats + group * out) }, context))
        }
        return matrices
    }

    private func multiply(
        _ gathering: WindowGathering, _ matrices: [PackedMatrix], into y: Value, _ context: ExecutionContext
    ) throws(OperatorError) {
        let pixels = y.shape[2] * y.shape[3], width = matrices[0].rows * groups, out = matrices[0].columns
        guard y.count > 0 else { return }
        // A few rows at a time, so that what is gathered stays in the cache.
        let size = min(pixels, max(64, (1 << 18) / width))
        let rows = try context.makeTemporary([size, width], .float32)
        let products = try context.makeTemporary([size, out], .float32)
        for image in 0..<y.shape[0] {
            for first in stride(from: 0, to: pixels, by: size) {
                let count = min(size, pixels - first)
                context.forEachRange(below: count, of: 16) { range in
                    for index in range {
                        gathering.fill(rows.floats + index * width, image: image, pixel: first + index)
                    }
                }
                for (group, matrix) in matrices.enumerated() {
                    matrix.multiply(
                        rows.floats + group * matrix.rows, rows: count, stride: width, into: products.floats, context)
                    context.copy(
                        products.floats, [1, out], to: y.floats + (image * groups + group) * out * pixels + first,
                        [pixels, 1], extents: [out, count], size: 4)
                }
            }
        }
    }
}

/// What the windows of a deformable convolution read.
private struct WindowGathering {
    /// Channels last.
    let x: Value
    let placement: WindowPlacement
    let offsets: Value
    let masks: Value?
    let offsetGroups, groups: Int

    /// Writes what the window at `pixel` reads: `[group][tap][channel]`.
    func fill(_ row: UnsafeMutablePointer<Float>, image: Int, pixel: Int) {
        let taps = placement.rows.kernel * placement.columns.kernel
        let pixels = placement.rows.count * placement.columns.count
        for offsetGroup in 0..<offsetGroups {
            for tap in 0..<taps {
                let number = (image * offsetGroups + offsetGroup) * taps + tap
                let shift = offsets.floats + number * 2 * pixels + pixel
                let place = place(ofTap: tap, at: pixel, shift[0], shift[pixels])
                let mask = masks.map { $0.floats[number * pixels + pixel] } ?? 1
                read(row, offsetGroup, tap, of: taps, Corners(place, mask, in: x), image: image)
            }
        }
    }

    private func place(ofTap tap: Int, at pixel: Int, _ down: Float, _ right: Float) -> (y: Float, x: Float) {
        let rows = placement.rows, columns = placement.columns
        let y = pixel / columns.count * rows.stride - rows.before + tap / columns.kernel * rows.dilation
        let x = pixel % columns.count * columns.stride - columns.before + tap % columns.kernel * columns.dilation
        return (Float(y) + down, Float(x) + right)
    }

    /// The four pixels around a place, as offsets into an image, and their weights; 0 outside.
    private struct Corners {
        var offsets = (0, 0, 0, 0)
        var weights: (Float, Float, Float, Float) = (0, 0, 0, 0)

        init(_ place: (y: Float, x: Float), _ mask: Float, in image: Value) {
            let height = image.shape[2], width = image.shape[3], stride = image.pixelStride
            guard place.y > -1, place.y < Float(height), place.x > -1, place.x < Float(width) else { return }
            let top = Int(place.y.rounded(.down)), left = Int(place.x.rounded(.down))
            let down = place.y - Float(top), right = place.x - Float(left)
            func corner(_ y: Int, _ x: Int, _ weight: Float) -> (Int, Float) {
                guard (0..<height).contains(y), (0..<width).contains(x) else { return (0, 0) }
                return ((y * width + x) * stride, weight * mask)
            }
            (offsets.0, weights.0) = corner(top, left, (1 - down) * (1 - right))
            (offsets.1, weights.1) = corner(top, left + 1, (1 - down) * right)
            (offsets.2, weights.2) = corner(top + 1, left, down * (1 - right))
            (offsets.3, weights.3) = corner(top + 1, left + 1, down * right)
        }
    }

    private func read(
        _ row: UnsafeMutablePointer<Float>, _ offsetGroup: Int, _ tap: Int, of taps: Int, _ corners: Corners, image: Int
    ) {
        let source = x.floats + image * x.shape[2] * x.shape[3] * x.pixelStride
        let size = x.shape[1] / groups, run = x.shape[1] / offsetGroups
        var channel = offsetGroup * run
        while channel < (offsetGroup + 1) * run {
            let group = channel / size, end = min((group + 1) * size, (offsetGroup + 1) * run)
            let target = row + (group * taps + tap) * size - group * size
            let (a, b, c, d) = corners.offsets, (p, q, r, s) = corners.weights
            for index in channel..<end {
                target[index] =
                    p * source[a + index] + q * source[b + index] + r * source[c + index] + s * source[d + index]
            }
            channel = end
        }
    }
}
