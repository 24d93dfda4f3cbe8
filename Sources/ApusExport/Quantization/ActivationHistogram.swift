import ApusCore

/// How often the numbers of one value occurred during calibration: bins over −reach…reach, where `reach` doubles, and
/// bins are merged in pairs, whenever a number lies beyond it.
struct ActivationHistogram: Sendable {
    static let binCount = 4096
    private(set) var least = Float.infinity
    private(set) var largest = -Float.infinity
    private(set) var reach: Float = 1
    private(set) var counts = [Double](repeating: 0, count: binCount)

    var isEmpty: Bool { least > largest }
    var binWidth: Float { 2 * reach / Float(Self.binCount) }
    /// The middle of a bin.
    func center(_ bin: Int) -> Float { (Float(bin) + 0.5) * binWidth - reach }

    /// Numbers that are not finite are left out.
    mutating func add(_ elements: UnsafeBufferPointer<Float>) {
        var (low, high) = (least, largest)
        for element in elements where element.isFinite {
            low = min(low, element)
            high = max(high, element)
        }
        (least, largest) = (low, high)
        while !isEmpty, max(-least, largest) > reach, reach < 0x1p100 { double() }
        let scale = 1 / binWidth, last = Float(Self.binCount - 1), reach = reach
        counts.withUnsafeMutableBufferPointer { counts in
            for element in elements where element.isFinite {
                counts[Int(min(max((element + reach) * scale, 0), last))] += 1
            }
        }
    }

    private mutating func double() {
        reach *= 2
        let half = Self.binCount / 2
        var merged = [Double](repeating: 0, count: Self.binCount)
        for bin in 0..<Self.binCount { merged[half / 2 + bin / 2] += counts[bin] }
        counts = merged
    }
}
