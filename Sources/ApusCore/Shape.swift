/// The extents of a dense array, outermost dimension first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public var dimensions: [Int]

    public init(_ dimensions: [Int]) { self.dimensions = dimensions }
    public init(arrayLiteral elements: Int...) { dimensions = elements }

    public var rank: Int { dimensions.count }

    /// The number of elements; 1 for a scalar.
    public var count: Int { dimensions.reduce(1, *) }

    /// The number of elements, or `nil` where a dimension is negative or the product overflows, even if only that of
    /// the dimensions beside a 0, which strides are made of.
    public var checkedCount: Int? {
        var total = 1
        for extent in dimensions where extent != 0 {
            guard extent > 0 else { return nil }
            let (product, overflow) = total.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= 1 << 56 else { return nil }
            total = product
        }
        return dimensions.contains(0) ? 0 : total
    }

    /// Row-major strides, in elements.
    public var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * dimensions[axis + 1]
        }
        return strides
    }

    public subscript(axis: Int) -> Int {
        get { dimensions[axis < 0 ? axis + rank : axis] }
        set { dimensions[axis < 0 ? axis + rank : axis] = newValue }
    }

    /// The shape both operands stretch to under NumPy's broadcasting rules, or `nil`.
    public func broadcast(with other: Shape) -> Shape? {
        let rank = max(self.rank, other.rank)
        var result = [Int](repeating: 1, count: rank)
        for axis in 1...max(rank, 1) where axis <= rank {
            let a = axis <= self.rank ? self[-axis] : 1
            let b = axis <= other.rank ? other[-axis] : 1
            guard a == b || a == 1 || b == 1 else { return nil }
            result[rank - axis] = a == 1 ? b : a
        }
        return Shape(result)
    }

    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
