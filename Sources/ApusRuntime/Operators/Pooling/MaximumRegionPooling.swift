import ApusCore
import ApusONNX
import Glibc

/// The largest element of each cell of a grid laid on regions of images, corners rounded to pixels (Fast R-CNN).
/// <https://onnx.ai/onnx/operators/onnx__MaxRoiPool.html>
struct MaximumRegionPooling: Operator {
    static let type = OperatorType("MaxRoiPool")
    private let rows, columns: Int
    private let scale: Float

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        guard let shape = try node.extents("pooled_shape", from: 1) else {
            throw .missingAttribute("pooled_shape", node: node.label)
        }
        guard shape.count == 2 else {
            throw .attributeValue("pooled_shape", expected: "2 numbers", found: "\(shape)", node: node.label)
        }
        (rows, columns) = (shape[0], shape[1])
        scale = try node.float("spatial_scale", default: 1)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0)), regions = try inputs.required(1)
        try x.requireReal()
        try regions.require(x.dataType)
        try expect(x.rank == 4 && x.count > 0, "an image [N, C, H, W]", found: "\(x.shape)")
        try expect(regions.rank == 2 && regions.shape[1] == 5, "regions [R, 5]", found: "\(regions.shape)")
        let y = try context.make([regions.shape[0], x.shape[1], rows, columns], x.dataType)
        let grids = try grids(of: regions, on: x.shape, context)
        try x.dataType.accept(real: Run(x: x, y: y, grids: grids, context: context))
        return [y]
    }

    /// A region's cells: the rows and columns of pixels that each takes.
    private struct Grid {
        let image: Int
        let rows, columns: [Range<Int>]
    }

    private func grids(of regions: Value, on shape: Shape, _ context: ExecutionContext) throws(OperatorError) -> [Grid]
    {
        let numbers = try regions.doubles(context)
        var grids: [Grid] = []
        for start in stride(from: 0, to: numbers.count, by: 5) {
            let image = numbers[start]
            try expect(image >= 0 && image < Double(shape[0]), "an image below \(shape[0])", found: "\(image)")
            grids.append(
                Grid(
                    image: Int(image), rows: parts(numbers[start + 2], numbers[start + 4], rows, extent: shape[2]),
                    columns: parts(numbers[start + 1], numbers[start + 3], columns, extent: shape[3])))
        }
        return grids
    }

    /// The pixels from `first` to `last` inclusive in `count` parts that may overlap, cut at the image's edge.
    private func parts(_ first: Double, _ last: Double, _ count: Int, extent: Int) -> [Range<Int>] {
        let start = (Float(first) * scale).rounded(), end = (Float(last) * scale).rounded()
        let size = max(end - start + 1, 1) / Float(count)
        return (0..<count).map { part in
            let low = Self.pixel((Float(part) * size).rounded(.down) + start, extent)
            let high = Self.pixel((Float(part + 1) * size).rounded(.up) + start, extent)
            return low..<max(low, high)
        }
    }

    private static func pixel(_ place: Float, _ extent: Int) -> Int {
        place.isNaN ? 0 : Int(min(max(place, 0), Float(extent)))
    }

    private struct Run: RealVisitor {
        let x, y: Value
        let grids: [Grid]
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) {
            let channels = x.shape[1], cells = y.shape[2] * y.shape[3]
            context.forEachRange(below: y.shape[0] * channels, of: 16) { planes in
                for plane in planes {
                    fill(y.pointer(type) + plane * cells, from: grids[plane / channels], channel: plane % channels)
                }
            }
        }

        private func fill<Element: Real>(_ plane: UnsafeMutablePointer<Element>, from grid: Grid, channel: Int) {
            let pixels = x.pointer(Element.self) + (grid.image * x.shape[1] + channel) * x.shape[2] * x.shape[3]
            for (row, ys) in grid.rows.enumerated() {
                for (column, xs) in grid.columns.enumerated() {
                    plane[row * grid.columns.count + column] = largest(pixels, ys, xs)
                }
            }
        }

        /// 0 where the cell is empty.
        private func largest<Element: Real>(
            _ pixels: UnsafePointer<Element>, _ rows: Range<Int>, _ columns: Range<Int>
        ) -> Element {
            guard !rows.isEmpty, !columns.isEmpty else { return 0 }
            var best = Element.lowest
            for row in rows {
                for column in columns { best = max(best, pixels[row * x.shape[3] + column]) }
            }
            return best
        }
    }
}
