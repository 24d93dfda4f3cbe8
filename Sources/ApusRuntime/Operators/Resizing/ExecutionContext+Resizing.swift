import ApusCore
import CApusKernels

/// For each output place along an axis: the input index, the step to its neighbour, and the neighbour's weight.
struct ResizeTable {
    private(set) var indices: [Int32] = []
    private(set) var steps: [Int32] = []
    private(set) var weights: [Float] = []

    init(from extent: Int, to count: Int, scale: Double, _ method: ResizeMethod) {
        for place in 0..<count {
            let coordinate = method.source(of: place, from: extent, to: count, scale: scale)
            guard method.interpolation == .linear else {
                indices.append(Int32(method.nearest(to: coordinate, extent: extent)))
                continue
            }
            let inside = min(max(coordinate, 0), Double(extent - 1))
            let low = Int(inside)
            indices.append(Int32(low))
            steps.append(low + 1 < extent ? 1 : 0)
            weights.append(Float(inside - Double(low)))
        }
    }
}

extension ExecutionContext {
    /// Resizes the last two axes of an image with the kernels; other axes, by the nearest element, by copies.
    func resize(
        _ value: Value, to shape: Shape, scales: [Double], _ method: ResizeMethod
    ) throws(OperatorError) -> Value {
        try expect(
            shape.dimensions.allSatisfy { (0..<1 << 31).contains($0) }, "extents that fit in memory", found: "\(shape)")
        try expect(
            value.count > 0 && value.shape.dimensions.allSatisfy { $0 < 1 << 31 }, "at least one element",
            found: "\(value.shape)")
        guard value.rank == 4, value.dataType == .float32, shape[0] == value.shape[0], shape[1] == value.shape[1] else {
            return try resizeByIndex(value, to: shape, scales, method)
        }
        let x = try channelsLast(value), y = try makeChannelsLast(shape)
        guard y.count > 0 else { return y }
        let rows = ResizeTable(from: x.shape[2], to: shape[2], scale: scales[2], method)
        let columns = ResizeTable(from: x.shape[3], to: shape[3], scale: scales[3], method)
        rows.withPointers { rowIndices, rowSteps, rowWeights in
            columns.withPointers { columnIndices, columnSteps, columnWeights in
                var call = apus_resizing(
                    batch: shape[0], channels: shape[1], in_height: x.shape[2], in_width: x.shape[3],
                    in_stride: x.pixelStride, out_height: shape[2], out_width: shape[3], out_stride: y.pixelStride,
                    rows: rowIndices, row_steps: rowSteps, columns: columnIndices, column_steps: columnSteps,
                    row_weights: method.interpolation == .linear ? rowWeights : nil,
                    column_weights: columnWeights, input: x.floats, output: y.floats)
                apus_resize(pool, &call)
            }
        }
        return y
    }

    private func resizeByIndex(
        _ value: Value, to shape: Shape, _ scales: [Double], _ method: ResizeMethod
    ) throws(OperatorError) -> Value {
        guard method.interpolation == .nearest else { throw .unsupported("linear resizing of other than two axes") }
        let x = try rowMajor(value), y = try make(shape, value.dataType)
        let tables = (0..<shape.rank).map {
            ResizeTable(from: x.shape[$0], to: shape[$0], scale: scales[$0], method).indices
        }
        let own = x.shape.strides, strides = shape.strides, size = x.dataType.size
        for position in 0..<y.count {
            var source = 0
            for axis in 0..<shape.rank {
                source += Int(tables[axis][position / strides[axis] % shape[axis]]) * own[axis]
            }
            (y.base + position * size).copyMemory(from: x.base + source * size, byteCount: size)
        }
        return y
    }
}

extension ResizeTable {
    fileprivate func withPointers(
        _ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Float>?) -> Void
    ) {
        indices.withUnsafeBufferPointer { indices in
            steps.withUnsafeBufferPointer { steps in
                weights.withUnsafeBufferPointer { weights in
                    body(indices.baseAddress, steps.baseAddress, weights.baseAddress)
                }
            }
        }
    }
}
