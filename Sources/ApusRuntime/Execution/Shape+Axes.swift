import ApusCore

extension Shape {
    /// `axis`, counted from the end where it is negative.
    func resolve(axis: Int) throws(OperatorError) -> Int {
        guard (-max(rank, 1)..<max(rank, 1)).contains(axis) else {
            throw .mismatch(expected: "an axis within \(rank) dimensions", found: "\(axis)")
        }
        return axis < 0 ? axis + max(rank, 1) : axis
    }

    /// Distinct axes, counted from the end where they are negative.
    func resolve(axes: [Int]) throws(OperatorError) -> [Int] {
        var result: [Int] = []
        for axis in axes {
            guard (-rank..<rank).contains(axis) else {
                throw .mismatch(expected: "an axis within \(rank) dimensions", found: "\(axis)")
            }
            result.append(axis < 0 ? axis + rank : axis)
        }
        try expect(Set(result).count == result.count, "distinct axes", found: "\(axes)")
        return result
    }
}
