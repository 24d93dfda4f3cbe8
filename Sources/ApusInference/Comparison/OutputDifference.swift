/// How far two runtimes are apart on one part of an output.
public struct OutputDifference: Codable, Equatable, Sendable {
    /// What was compared, such as `output0 boxes`.
    public var name: String
    /// The largest absolute difference; infinite where one of the two is not a number. Scores are in `0...1`, boxes
    /// relative to the image's size.
    public var largest: Float
    /// How many elements were compared.
    public var count: Int

    public init(_ name: String, largest: Float = 0, count: Int = 0) {
        (self.name, self.largest, self.count) = (name, largest, count)
    }

    /// Takes two rows of equal length into account, their difference divided by `unit`.
    public mutating func add(_ a: some Collection<Float>, _ b: some Collection<Float>, unit: Float = 1) {
        for (x, y) in zip(a, b) {
            let difference = abs(x - y) / unit
            largest = max(largest, difference.isNaN ? .infinity : difference)
        }
        count += a.count
    }
}
