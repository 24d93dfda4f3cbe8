import ApusCore

/// A metric's values in the order of their steps, few enough to draw.
public struct MetricCurve: Equatable, Sendable {
    public var key: String
    public var points: [MetricPoint]
    /// How many values were recorded.
    public var recorded: Int

    /// - Parameters:
    ///   - points: as recorded; of a step that was recorded more than once the latest value counts.
    ///   - limit: the most points to keep. The smallest and largest of each stretch stay, so that no peak is lost.
    public init(key: String, _ points: [MetricPoint], limit: Int = 1000) {
        self.key = key
        recorded = points.count
        let sorted = points.sorted(by: MetricPoint.isEarlier)
        let last = sorted.indices.filter { $0 + 1 == sorted.count || sorted[$0].step != sorted[$0 + 1].step }
        self.points = MetricCurve.thinned(last.map { sorted[$0] }, limit: limit)
    }

    private static func thinned(_ points: [MetricPoint], limit: Int) -> [MetricPoint] {
        let stretches = (limit - 2) / 2
        guard points.count > max(limit, 4), stretches > 0 else { return points }
        let inner = points.count - 2
        var kept = [points[0]]
        for stretch in 0..<stretches {
            let range = (1 + inner * stretch / stretches)..<(1 + inner * (stretch + 1) / stretches)
            let finite = range.filter { points[$0].value.isFinite }
            guard let low = finite.min(by: { points[$0].value < points[$1].value }),
                let high = finite.max(by: { points[$0].value < points[$1].value })
            else {
                kept.append(points[range.lowerBound])
                continue
            }
            for index in Set([low, high]).sorted() { kept.append(points[index]) }
        }
        return kept + [points[points.count - 1]]
    }
}

extension Run {
    /// A metric's curve; `nil` where nothing was recorded.
    public func curve(of key: String, limit: Int = 1000) throws(TrackingError) -> MetricCurve? {
        // Where another key's folder stands, nothing was recorded.
        guard !FileSystem.isFolder("\(folder)/metrics/\(key)") else { return nil }
        let points = try history(of: key)
        return points.isEmpty ? nil : MetricCurve(key: key, points, limit: limit)
    }

    /// The keys of all metrics, sorted.
    public func metricKeys() throws(TrackingError) -> [String] {
        store.buffer.flushQuietly(id)
        return try onFiles { () throws(FileError) in try KeyFolder(path: folder + "/metrics").keys() }
    }

    /// The folders' names of the datasets that went in.
    func datasetIDs() throws(TrackingError) -> [String] {
        var ids = [String]()
        for name in (try? FileSystem.names(in: folder + "/inputs")) ?? [] {
            let input = try MetaFile(path: "\(folder)/inputs/\(name)/meta.yaml")
            if input.optionalText("source_type") != "MODEL" { ids.append(try input.text("source_id")) }
        }
        return ids
    }
}
