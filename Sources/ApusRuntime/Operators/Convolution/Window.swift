import ApusCore
import ApusONNX

/// How a kernel moves over the spatial axes of `[N, C, D1, D2, …]`: what convolutions and poolings have in common.
struct Window: Sendable {
    fileprivate enum Padding: Sendable {
        /// Before each axis, then after each; empty for none.
        case explicit([Int])
        /// So that the output has ⌈extent / stride⌉ pixels; an odd pixel goes to the end or to the start.
        case same(oddAtStart: Bool)
    }

    /// `nil` where the weights say it.
    let kernel: [Int]?
    private let strides, dilations: [Int]?
    private let padding: Padding
    /// Whether a last, incomplete window counts.
    private let roundsUp: Bool

    init(_ node: Node) throws(GraphError) {
        kernel = try node.extents("kernel_shape", from: 1)
        strides = try node.extents("strides", from: 1)
        dilations = try node.extents("dilations", from: 1)
        roundsUp = try node.flag("ceil_mode", default: false)
        switch try node.string("auto_pad", default: "NOTSET") {
        case "SAME_UPPER": padding = .same(oddAtStart: false)
        case "SAME_LOWER": padding = .same(oddAtStart: true)
        case "VALID": padding = .explicit([])
        case "NOTSET", "": padding = .explicit(try node.extents("pads", from: 0) ?? [])
        case let other:
            throw .attributeValue(
                "auto_pad", expected: "NOTSET, SAME_UPPER, SAME_LOWER or VALID", found: other, node: node.label)
        }
    }

    /// Whether the window moves by single pixels and has no gaps.
    var isUnit: Bool { ((strides ?? []) + (dilations ?? [])).allSatisfy { $0 == 1 } }

    /// Where the window goes on the spatial `extents` of an input.
    func axes(
        on extents: some Collection<Int>, kernel: [Int]
    ) throws(OperatorError) -> [WindowPlacement.Axis] {
        let rank = extents.count
        try expect(kernel.count == rank, "a kernel of \(rank) numbers", found: "\(kernel)")
        if let declared = self.kernel {
            try expect(fit(declared, rank) == kernel, "the declared kernel \(declared)", found: "\(kernel)")
        }
        let strides = try list(self.strides, "strides", rank), dilations = try list(self.dilations, "dilations", rank)
        let pads = try pads(rank)
        var axes: [WindowPlacement.Axis] = []
        for (index, extent) in extents.enumerated() {
            axes.append(
                try axis(
                    extent: extent, kernel: kernel[index], stride: strides[index], dilation: dilations[index],
                    pads: pads.map { ($0[index], $0[index + rank]) }))
        }
        return axes
    }

    /// Where the window goes on an image of `shape` (`[N, C, H, W]`).
    func place(on shape: Shape, kernel: [Int]) throws(OperatorError) -> WindowPlacement {
        let axes = try axes(on: shape.dimensions[2...], kernel: fit(kernel, 2))
        return WindowPlacement(rows: axes[0], columns: axes[1])
    }

    /// A line is an image of one row.
    private func fit(_ values: [Int], _ rank: Int) -> [Int] {
        values.count == 1 && rank == 2 ? [1, values[0]] : values
    }

    private func list(_ values: [Int]?, _ name: String, _ rank: Int) throws(OperatorError) -> [Int] {
        let list = fit(values ?? [Int](repeating: 1, count: rank), rank)
        try expect(list.count == rank, "\(rank) \(name)", found: "\(list)")
        return list
    }

    /// Before each axis and then after each, or `nil` where they follow from the extents.
    private func pads(_ rank: Int) throws(OperatorError) -> [Int]? {
        guard case .explicit(let pads) = padding else { return nil }
        if pads.isEmpty { return [Int](repeating: 0, count: 2 * rank) }
        if pads.count == 2, rank == 2 { return [0, pads[0], 0, pads[1]] }
        try expect(pads.count == 2 * rank, "\(2 * rank) pads", found: "\(pads)")
        return pads
    }

    private func axis(
        extent: Int, kernel: Int, stride: Int, dilation: Int, pads: (before: Int, after: Int)?
    ) throws(OperatorError) -> WindowPlacement.Axis {
        try expect(
            (0...1 << 40).contains(extent) && (1...1 << 24).contains(kernel),
            "at most \(1 << 40) pixels and a kernel of 1 to \(1 << 24)", found: "\(extent) and \(kernel)")
        let reach = (kernel - 1) * dilation + 1
        var (before, after) = pads ?? (0, 0)
        var count = 0
        if pads != nil {
            let room = extent + before + after - reach
            count = room < 0 ? 0 : (room + (roundsUp ? stride - 1 : 0)) / stride + 1
            // A window that would begin in the padding after the image is left out.
            if roundsUp, count > 0, (count - 1) * stride >= extent + before { count -= 1 }
        } else {
            count = (extent + stride - 1) / stride
            let total = max(0, (count - 1) * stride + reach - extent)
            before = padding.putsOddAtStart ? (total + 1) / 2 : total / 2
            after = total - before
        }
        try expect(
            count > 0 && extent > 0, "an image of at least \(reach - before - after) pixels a side", found: "\(extent)")
        return WindowPlacement.Axis(
            extent: extent, count: count, kernel: kernel, stride: stride, dilation: dilation, before: before,
            after: after)
    }
}

extension Window.Padding {
    fileprivate var putsOddAtStart: Bool {
        if case .same(let oddAtStart) = self { oddAtStart } else { false }
    }
}
