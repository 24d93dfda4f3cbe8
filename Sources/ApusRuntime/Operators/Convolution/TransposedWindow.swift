import ApusCore
import ApusONNX

/// How a transposed convolution enlarges the spatial axes of its input.
struct TransposedWindow: Sendable {
    private let strides, dilations, outputPadding, pads, outputShape: [Int]?
    private let automaticPadding: String

    init(_ node: Node) throws(GraphError) {
        strides = try node.extents("strides", from: 1)
        dilations = try node.extents("dilations", from: 1)
        outputPadding = try node.extents("output_padding", from: 0)
        pads = try node.extents("pads", from: 0)
        outputShape = try node.extents("output_shape", from: 1)
        automaticPadding = try node.string("auto_pad", default: "NOTSET")
        guard ["NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(automaticPadding) else {
            throw .attributeValue(
                "auto_pad", expected: "NOTSET, SAME_UPPER, SAME_LOWER or VALID", found: automaticPadding,
                node: node.label)
        }
    }

    /// The window of the convolution that this one reverses: its image is the output, its places are the input's
    /// pixels.
    func axes(on extents: some Collection<Int>, kernel: some Collection<Int>) throws(OperatorError)
        -> [WindowPlacement.Axis]
    {
        let rank = extents.count
        try expect(kernel.count == rank, "a kernel of \(rank) extents", found: "\(Array(kernel))")
        let lists = try [strides, dilations, outputPadding].map { list throws(OperatorError) in
            try expect(list?.count ?? rank == rank, "\(rank) numbers an attribute", found: "\(list ?? [])")
            return list
        }
        try expect(outputShape?.count ?? rank == rank, "\(rank) output extents", found: "\(outputShape ?? [])")
        try expect(pads?.count ?? 2 * rank == 2 * rank, "\(2 * rank) pads", found: "\(pads ?? [])")
        var axes: [WindowPlacement.Axis] = []
        for (index, (extent, kernel)) in zip(extents, kernel).enumerated() {
            axes.append(
                try axis(
                    index, of: rank, extent: extent, kernel: kernel, stride: lists[0]?[index] ?? 1,
                    dilation: lists[1]?[index] ?? 1, room: lists[2]?[index] ?? 0))
        }
        return axes
    }

    private func axis(
        _ index: Int, of rank: Int, extent: Int, kernel: Int, stride: Int, dilation: Int, room: Int
    ) throws(OperatorError) -> WindowPlacement.Axis {
        try expect(
            (1...1 << 36).contains(extent) && (1...1 << 24).contains(kernel),
            "1 to \(1 << 36) pixels and a kernel of 1 to \(1 << 24)", found: "\(extent) and \(kernel)")
        let full = stride * (extent - 1) + room + (kernel - 1) * dilation + 1
        var (before, after) = (0, 0)
        if let wanted = wanted(index, extent: extent, stride: stride) {
            let total = max(0, full - wanted)
            before = automaticPadding == "SAME_UPPER" ? total / 2 : total - total / 2
            after = full - wanted - before
        } else if automaticPadding != "VALID", let pads {
            (before, after) = (pads[index], pads[index + rank])
        }
        let result = full - before - after
        try expect(result > 0, "padding smaller than the \(full) pixels of the output", found: "\([before, after])")
        return WindowPlacement.Axis(
            extent: result, count: extent, kernel: kernel, stride: stride, dilation: dilation, before: before,
            after: after)
    }

    /// The extent that the output must have, where padding follows from it.
    private func wanted(_ index: Int, extent: Int, stride: Int) -> Int? {
        outputShape?[index] ?? (automaticPadding.hasPrefix("SAME") ? extent * stride : nil)
    }
}
