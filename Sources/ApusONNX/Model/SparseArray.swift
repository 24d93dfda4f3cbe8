import ApusCore

/// `SparseTensorProto`: an array of which only the elements that are not zero are written down.
public struct SparseArray: Equatable, Sendable {
    public let shape: Shape
    /// One-dimensional.
    public let values: NDArray
    /// Where each value stands: its row-major position, or, with two dimensions, its coordinates.
    public let indices: NDArray

    public init(shape: Shape, values: NDArray, indices: NDArray) {
        (self.shape, self.values, self.indices) = (shape, values, indices)
    }

    /// The whole array; refused where it has more than `limit` bytes or an index lies outside.
    public func dense(name: String, limit: Int = 1 << 28) throws(GraphError) -> NDArray {
        guard let count = shape.checkedCount, count <= limit / values.dataType.size else {
            throw .tensor(name, reason: "a sparse tensor of \(shape), expected at most \(limit) bytes when dense")
        }
        let places = try places(name: name)
        let size = values.dataType.size
        var result = NDArray(zeros: shape, dataType: values.dataType)
        result.withUnsafeMutableBytes { target in
            values.withUnsafeBytes { source in
                for (index, place) in places.enumerated() {
                    for byte in 0..<size { target[place * size + byte] = source[index * size + byte] }
                }
            }
        }
        return result
    }

    private func places(name: String) throws(GraphError) -> [Int] {
        let count = values.count, rank = shape.rank
        let isLinear = indices.shape == [count]
        guard indices.dataType == .int64, values.shape.rank == 1, isLinear || indices.shape == [count, rank] else {
            throw .tensor(name, reason: "indices of \(indices.shape) \(indices.dataType) for \(count) values")
        }
        let numbers = indices.elements(of: Int64.self).map { Int($0) }
        let extents = isLinear ? [shape.count] : shape.dimensions, strides = isLinear ? [1] : shape.strides
        var places = [Int](repeating: 0, count: count)
        for (index, number) in numbers.enumerated() {
            let axis = index % extents.count
            guard (0..<extents[axis]).contains(number) else {
                throw .tensor(name, reason: "the index \(number), expected one below \(extents[axis])")
            }
            places[index / extents.count] += number * strides[axis]
        }
        return places
    }
}
