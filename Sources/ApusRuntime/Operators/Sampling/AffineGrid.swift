import ApusCore
import ApusONNX

/// The grid that an affine map makes of the places of an image or a volume, for `GridSample`.
/// <https://onnx.ai/onnx/operators/onnx__AffineGrid.html>
///
/// - Inputs: maps `[N, 2, 3]` or `[N, 3, 4]`, and the size `[N, C, (D,) H, W]` of the image
/// - Output: `[N, (D,) H, W, axes]`, innermost axis first
struct AffineGrid: Operator {
    static let type = OperatorType("AffineGrid", since: 20)
    private let alignsCorners: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        alignsCorners = try node.flag("align_corners", default: false)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let maps = try context.rowMajor(try inputs.required(0)), size = try inputs.required(1).indices(context)
        try maps.requireReal()
        let axes = size.count - 2
        try expect(axes == 2 || axes == 3, "a size of 4 or 5 numbers", found: "\(size)")
        try expect(
            maps.shape == [size[0], axes, axes + 1], "maps [\(size[0]), \(axes), \(axes + 1)]", found: "\(maps.shape)")
        let grid = try context.make(Shape([size[0]] + size[2...] + [axes]), maps.dataType)
        let run = Run(
            maps: maps, grid: grid, extents: Array(size[2...]), alignsCorners: alignsCorners, context: context)
        try maps.dataType.accept(real: run)
        return [grid]
    }
}

private struct Run: RealVisitor {
    let maps, grid: Value
    let extents: [Int]
    let alignsCorners: Bool
    let context: ExecutionContext

    func visit<Element: Real>(_ type: Element.Type) {
        let axes = extents.count, places = extents.reduce(1, *)
        context.forEachRange(below: maps.shape[0] * places, of: 4096) { range in
            for index in range {
                let map = maps.pointer(type) + index / places * axes * (axes + 1)
                let place = position(of: index % places)
                for row in 0..<axes {
                    let line = map + row * (axes + 1)
                    var sum = Double(line[axes])
                    for column in 0..<axes { sum += Double(line[column]) * place[column] }
                    grid.pointer(type)[index * axes + row] = Element(sum)
                }
            }
        }
    }

    /// The coordinates of a place before the map, innermost axis first.
    private func position(of place: Int) -> [Double] {
        var rest = place
        return extents.reversed().map { extent in
            let index = Double(rest % extent)
            rest /= extent
            guard alignsCorners else { return (2 * index + 1) / Double(extent) - 1 }
            return extent > 1 ? 2 * index / Double(extent - 1) - 1 : -1
        }
    }
}
