import ApusCore
import ApusONNX

/// The anchors of a detector in a graph: centres and strides of all cells, level by level, row by row.
struct AnchorGrid {
    /// `[1, 2, anchors]`: x and y of the cells' centres, in model pixels.
    let centers: GraphValue
    /// `[1, 1, anchors]`: model pixels a cell.
    let strides: GraphValue

    /// Constants, for images of one size.
    init(width: Int, height: Int, strides: [Int], in graph: inout GraphBuilder) {
        let cells = strides.flatMap { stride in
            (0..<height / stride).flatMap { y in (0..<width / stride).map { x in (x, y, Float(stride)) } }
        }
        let xs = cells.map { (Float($0.0) + 0.5) * $0.2 }
        let ys = cells.map { (Float($0.1) + 0.5) * $0.2 }
        centers = graph.constant(NDArray(xs + ys, shape: [1, 2, cells.count]), name: "anchors")
        self.strides = graph.constant(NDArray(cells.map(\.2), shape: [1, 1, cells.count]), name: "strides")
    }

    /// Computed from the levels' features `[N, C, H, W]` each time, for images of any size.
    init(levels: [GraphValue], strides: [Int], in graph: inout GraphBuilder) {
        let grids = zip(levels, strides).map { level, stride in
            graph.scope("stride\(stride)") { Self.grid(of: level, stride: Float(stride), in: &$0) }
        }
        centers = graph.concatenated(grids.map(\.centers), axis: 2)
        self.strides = graph.concatenated(grids.map(\.strides), axis: 2)
    }

    private static func grid(
        of level: GraphValue, stride: Float, in graph: inout GraphBuilder
    ) -> (centers: GraphValue, strides: GraphValue) {
        let extents = graph.node("Shape", [level], attributes: ["start": 2, "end": 4])
        let half = graph.constant(NDArray(scalar: stride / 2), name: "half")
        let step = graph.constant(NDArray(scalar: stride), name: "stride")
        let rows = positions(axis: 0, extents, step: step, offset: half, in: &graph)
        let columns = positions(axis: 1, extents, step: step, offset: half, in: &graph)
        let xs = graph.node("Expand", [graph.reshaped(columns, to: [1, -1]), extents])
        let ys = graph.node("Expand", [graph.reshaped(rows, to: [-1, 1]), extents])
        let flat = [xs, ys].map { graph.reshaped($0, to: [1, 1, -1]) }
        let zero = graph.constant(NDArray(scalar: Float(0)), name: "zero")
        let strides = graph.node("Add", [graph.node("Mul", [flat[0], zero]), step])
        return (graph.concatenated(flat, axis: 1), strides)
    }

    /// Centres of the cells along one axis, in model pixels.
    private static func positions(
        axis: Int, _ extents: GraphValue, step: GraphValue, offset: GraphValue, in graph: inout GraphBuilder
    ) -> GraphValue {
        let index = graph.constant(NDArray(scalar: Int64(axis)), name: "axis")
        let count = graph.node("Gather", [extents, index], attributes: ["axis": 0])
        let zero = graph.constant(NDArray(scalar: Int64(0)), name: "zero")
        let one = graph.constant(NDArray(scalar: Int64(1)), name: "one")
        let cells = graph.node("Range", [zero, count, one])
        let floats = graph.node("Cast", [cells], attributes: ["to": .int(ElementType.float.rawValue)])
        return graph.node("Add", [graph.node("Mul", [floats, step]), offset])
    }
}
