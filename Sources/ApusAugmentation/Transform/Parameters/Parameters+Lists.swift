import ApusConfiguration

/// What a single number stands for where a range is expected.
public enum SingleNumber: Sendable {
    /// `5` is `5...5`.
    case exactly
    /// `5` is `-5...5`.
    case symmetric
    /// `5` is `low...5`.
    case upTo(Double)
    /// `0.5` is `1 - 0.5 ... 1 + 0.5`.
    case around(Double)
}

extension Parameters {
    /// `[low, high]`, or one number as `single` says; written as a list.
    public mutating func range(
        _ key: String, _ value: inout ClosedRange<Double>, single: SingleNumber = .symmetric,
        in bounds: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.range(single: single, in: bounds) },
            write: { .list([.number($0.lowerBound), .number($0.upperBound)]) })
    }

    /// `[low, high]` of whole numbers, or one as `single` says; written as a list.
    public mutating func range(
        _ key: String, _ value: inout ClosedRange<Int>, single: SingleNumber = .exactly,
        in bounds: ClosedRange<Int> = -(1 << 31)...(1 << 31)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.wholeRange(single: single, in: bounds) },
            write: { .list([.integer($0.lowerBound), .integer($0.upperBound)]) })
    }

    /// A list of numbers, as many as `counts` allows.
    public mutating func numbers(
        _ key: String, _ value: inout [Double], count counts: ClosedRange<Int> = 0...4096,
        in bounds: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.numbers(count: counts, in: bounds) },
            write: { .list($0.map(YAMLNode.number)) })
    }

    /// A list of whole numbers, as many as `counts` allows.
    public mutating func integers(
        _ key: String, _ value: inout [Int], count counts: ClosedRange<Int> = 0...4096,
        in bounds: ClosedRange<Int> = -(1 << 31)...(1 << 31)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.integers(count: counts, in: bounds) },
            write: { .list($0.map(YAMLNode.integer)) })
    }

    /// `[height, width]` in pixels.
    public mutating func size(_ key: String, _ value: inout ImageSize) throws(ConfigurationError) {
        var sides = [value.height, value.width]
        try integers(key, &sides, count: 2...2, in: 1...32_766)
        value = ImageSize(width: sides[1], height: sides[0])
    }

    /// A list of texts; `null` in the file is `nil`.
    public mutating func texts(_ key: String, _ value: inout [String]?) throws(ConfigurationError) {
        try self.value(
            key, &value,
            read: { node throws(ConfigurationError) in node.isNull ? nil : try node.decoded([String].self) },
            write: { value in value.map { .list($0.map(YAMLNode.text)) } ?? .nothing })
    }

    /// A number for all channels, or a list with one for each.
    public mutating func fill(_ key: String, _ value: inout Fill) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.fill() },
            write: { YAMLNode.fill($0) })
    }

    /// A number, a pair, or `{x: …, y: …}` of either; written as pairs under `x` and `y`.
    public mutating func axes(
        _ key: String, _ value: inout AxisRanges, single: SingleNumber, missing: Double,
        in bounds: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value,
            read: { node throws(ConfigurationError) in try node.axes(single: single, missing: missing, in: bounds) },
            write: { $0.node })
    }

    /// The same; `null` in the file is `nil`.
    public mutating func axes(
        _ key: String, _ value: inout AxisRanges?, single: SingleNumber, missing: Double,
        in bounds: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value,
            read: { node throws(ConfigurationError) in
                node.isNull ? nil : try node.axes(single: single, missing: missing, in: bounds)
            },
            write: { $0?.node ?? .nothing })
    }
}

/// A range along each axis.
public struct AxisRanges: Hashable, Sendable {
    public var x, y: ClosedRange<Double>

    public init(x: ClosedRange<Double>, y: ClosedRange<Double>) { (self.x, self.y) = (x, y) }
    public init(_ both: ClosedRange<Double>) { self.init(x: both, y: both) }
    public init(_ number: Double) { self.init(number...number) }

    fileprivate var node: YAMLNode {
        func pair(_ range: ClosedRange<Double>) -> YAMLNode {
            .list([.number(range.lowerBound), .number(range.upperBound)])
        }
        return YAMLNode(.mapping([YAMLEntry("x", pair(x)), YAMLEntry("y", pair(y))]))
    }
}
