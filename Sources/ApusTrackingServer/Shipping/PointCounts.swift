import ApusTracking

/// Points and how often each occurs, as servers keep them: a database has no infinities and tells all NaN alike.
struct PointCounts {
    private struct Key: Hashable {
        var timestamp, step: Int64
        var bits: UInt64

        init(_ point: MetricPoint) {
            (timestamp, step) = (point.timestamp, point.step)
            // MLflow's databases hold the largest number for infinity, and 0 for -0 is as good.
            let largest = Double.greatestFiniteMagnitude
            let value = max(-largest, min(largest, point.value))
            bits = point.value.isNaN ? .max : value == 0 ? 0 : value.bitPattern
        }
    }

    private var counts: [Key: Int] = [:]

    init(_ points: [MetricPoint]) {
        for point in points { counts[Key(point), default: 0] += 1 }
    }

    var isEmpty: Bool { counts.isEmpty }

    /// Takes one such point out.
    ///
    /// - Returns: `false` where there is none.
    mutating func remove(_ point: MetricPoint) -> Bool {
        let key = Key(point)
        guard let count = counts[key] else { return false }
        counts[key] = count > 1 ? count - 1 : nil
        return true
    }
}
