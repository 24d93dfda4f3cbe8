import ApusCore

/// How an array `[outer][count][inner]` falls into lines of `count` elements that lie `inner` apart: along one axis,
/// or, in old opsets, along all axes from one on.
struct Lines {
    let outer, count, inner: Int

    init(_ shape: Shape, axis: Int, flattens: Bool) throws(OperatorError) {
        let axis = try shape.resolve(axis: axis), extents = shape.dimensions
        outer = extents[..<axis].reduce(1, *)
        let rest = extents[axis...].reduce(1, *)
        count = flattens || rest == 0 || extents.isEmpty ? rest : extents[axis]
        inner = count == 0 ? 0 : rest / count
    }

    var lineCount: Int { outer * inner }

    func start(of line: Int) -> Int { line / inner * count * inner + line % inner }
}
