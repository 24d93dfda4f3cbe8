import ApusCore
import ApusONNX

/// The mean (or maximum) of points read between the pixels, on a grid laid on regions of images (Mask R-CNN).
/// <https://onnx.ai/onnx/operators/onnx__RoiAlign.html>
///
/// - Inputs: `[N, C, H, W]`, regions `[R, 4]` as x1, y1, x2, y2, and the image `[R]` of each
/// - Output: `[R, C, output_height, output_width]`
struct RegionAlignment: Operator {
    static let type = OperatorType("RoiAlign", since: 10)
    private let rows, columns, samplingRatio: Int
    private let scale: Float
    private let takesMaximum, movesByHalfPixel: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...3)
        rows = try node.count("output_height", default: 1)
        columns = try node.count("output_width", default: 1)
        samplingRatio = try node.int("sampling_ratio", default: 0)
        scale = try node.float("spatial_scale", default: 1)
        takesMaximum = try Self.choose(node, "mode", ["max": true, "avg": false], default: "avg")
        movesByHalfPixel =
            opset < 16
            ? false
            : try Self.choose(
                node, "coordinate_transformation_mode", ["half_pixel": true, "output_half_pixel": false],
                default: "half_pixel")
    }

    private static func choose(
        _ node: Node, _ name: String, _ choices: [String: Bool], default value: String
    ) throws(GraphError) -> Bool {
        let found = try node.string(name, default: value)
        guard let choice = choices[found.lowercased()] else {
            throw .attributeValue(
                name, expected: choices.keys.sorted().joined(separator: " or "), found: found, node: node.label)
        }
        return choice
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0)), regions = try inputs.required(1)
        try x.requireReal()
        try regions.require(x.dataType)
        let images = try inputs.required(2).indices(context)
        try expect(x.rank == 4 && x.count > 0, "an image [N, C, H, W]", found: "\(x.shape)")
        try expect(regions.shape == [images.count, 4], "regions [\(images.count), 4]", found: "\(regions.shape)")
        let y = try context.make([images.count, x.shape[1], rows, columns], x.dataType)
        let corners = try regions.doubles(context)
        var cells: [RegionCells] = []
        for (index, image) in images.enumerated() {
            try expect(image >= 0 && image < x.shape[0], "an image below \(x.shape[0])", found: "\(image)")
            let corner = Array(corners[index * 4..<index * 4 + 4])
            cells.append(
                RegionCells(
                    image: image, rows: try points(corner[1], corner[3], cells: rows, extent: x.shape[2]),
                    columns: try points(corner[0], corner[2], cells: columns, extent: x.shape[3])))
        }
        try x.dataType.accept(real: Run(x: x, y: y, cells: cells, takesMaximum: takesMaximum, context: context))
        return [y]
    }

    /// The points along one axis at which the cells between two corners are read.
    private func points(
        _ first: Double, _ last: Double, cells: Int, extent: Int
    ) throws(OperatorError) -> RegionCells.Axis {
        let shift: Float = movesByHalfPixel ? 0.5 : 0
        let start = Float(first) * scale - shift, end = Float(last) * scale - shift
        let length = movesByHalfPixel ? end - start : max(end - start, 1)
        try expect(start.isFinite && length.isFinite, "regions of finite corners", found: "\(first) to \(last)")
        let size = length / Float(cells)
        let wanted = samplingRatio > 0 ? Float(samplingRatio) : size.rounded(.up)
        // A region may be larger than the image, but then few of its points lie in it.
        try expect(wanted <= 4096, "at most 4096 points a side of a cell", found: "\(wanted)")
        let count = max(0, Int(wanted))
        return RegionCells.Axis(
            pointsOfCell: count,
            points: (0..<cells * count).map { index in
                let inside = (Float(index % count) + 0.5) * size / Float(count)
                return RegionCells.Point(at: start + Float(index / count) * size + inside, extent: extent)
            })
    }
}

/// Where one region's cells are read.
private struct RegionCells {
    /// Two neighbouring pixels along an axis, and how much each counts; none outside the image.
    struct Point {
        let low, high: Int
        let lowWeight, highWeight: Float

        init(at place: Float, extent: Int) {
            guard place >= -1, place <= Float(extent) else {
                (low, high, lowWeight, highWeight) = (0, 0, 0, 0)
                return
            }
            let inside = max(place, 0), index = Int(inside)
            low = min(index, extent - 1)
            high = min(index + 1, extent - 1)
            highWeight = index >= extent - 1 ? 0 : inside - Float(index)
            lowWeight = 1 - highWeight
        }
    }

    struct Axis {
        let pointsOfCell: Int
        let points: [Point]
    }

    let image: Int
    let rows, columns: Axis
}

private struct Run: RealVisitor {
    let x, y: Value
    let cells: [RegionCells]
    let takesMaximum: Bool
    let context: ExecutionContext

    func visit<Element: Real>(_ type: Element.Type) {
        let channels = x.shape[1], pixels = x.shape[2] * x.shape[3], places = y.shape[2] * y.shape[3]
        context.forEach(below: cells.count * channels) { index in
            let region = cells[index / channels]
            let plane = x.pointer(type) + (region.image * channels + index % channels) * pixels
            for place in 0..<places {
                y.pointer(type)[index * places + place] = read(
                    plane, region, row: place / y.shape[3], column: place % y.shape[3])
            }
        }
    }

    private func read<Element: Real>(
        _ plane: UnsafePointer<Element>, _ region: RegionCells, row: Int, column: Int
    ) -> Element {
        let ys = region.rows.pointsOfCell, xs = region.columns.pointsOfCell, width = x.shape[3]
        guard ys > 0, xs > 0 else { return 0 }
        var sum: Element = 0, best = -Element.infinity
        for i in row * ys..<(row + 1) * ys {
            let v = region.rows.points[i]
            for j in column * xs..<(column + 1) * xs {
                let h = region.columns.points[j]
                let a = Element(v.lowWeight * h.lowWeight) * plane[v.low * width + h.low]
                let b = Element(v.lowWeight * h.highWeight) * plane[v.low * width + h.high]
                let c = Element(v.highWeight * h.lowWeight) * plane[v.high * width + h.low]
                let d = Element(v.highWeight * h.highWeight) * plane[v.high * width + h.high]
                sum += a + b + c + d
                best = max(best, max(max(a, b), max(c, d)))
            }
        }
        return takesMaximum ? best : sum / Element(ys * xs)
    }
}
