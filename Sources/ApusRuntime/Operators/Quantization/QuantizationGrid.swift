import ApusCore

/// Which of the scales belongs to which element: one for all, one a place along an axis, or one a block of such places.
struct QuantizationGrid {
    let count: Int
    /// Elements behind each place along the axis, places along it, and places that share a scale.
    private let inner, extent, block: Int

    init(_ shape: Shape, scale: Shape, axis: Int, blockSize: Int) throws(OperatorError) {
        count = scale.count
        guard scale.count != 1 || scale.rank > 1 else {
            (inner, extent, block) = (1, 1, 1)
            return
        }
        try expect(shape.rank > 0, "at least one dimension", found: "a scalar")
        let axis = try shape.resolve(axis: axis)
        inner = shape.dimensions[(axis + 1)...].reduce(1, *)
        extent = shape[axis]
        if scale.rank == 1 {
            try expect(blockSize == 0 && scale[0] == extent, "\(extent) scales, one a place", found: "\(scale)")
            block = 0
        } else {
            try expect(blockSize > 0, "a block_size above 0 for scales of shape \(scale)", found: "\(blockSize)")
            block = blockSize
            var blocks = shape
            blocks[axis] = (extent + blockSize - 1) / blockSize
            try expect(scale == blocks, "scales of shape \(blocks)", found: "\(scale)")
        }
    }

    /// The scale of the element at `position`, in the order of the shape.
    func index(_ position: Int) -> Int {
        guard count > 1 else { return 0 }
        let place = position / inner % extent
        guard block > 0 else { return place }
        let blocks = (extent + block - 1) / block
        return (position / (inner * extent) * blocks + place / block) * inner + position % inner
    }
}
