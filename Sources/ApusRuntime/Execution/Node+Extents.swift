import ApusONNX

extension Node {
    /// A list of extents, each at least `minimum` and small enough that products of two do not overflow.
    func extents(_ name: String, from minimum: Int) throws(GraphError) -> [Int]? {
        guard let values = try optionalInts(name) else { return nil }
        for value in values { try check(value, name, from: minimum) }
        return values
    }

    /// A count of at least one.
    func count(_ name: String, default value: Int) throws(GraphError) -> Int {
        let value = try int(name, default: value)
        try check(value, name, from: 1)
        return value
    }

    private func check(_ value: Int, _ name: String, from minimum: Int) throws(GraphError) {
        guard (minimum...1 << 24).contains(value) else {
            throw .attributeValue(name, expected: "\(minimum) to \(1 << 24)", found: "\(value)", node: label)
        }
    }
}
