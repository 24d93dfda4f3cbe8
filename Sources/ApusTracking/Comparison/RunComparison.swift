/// Runs side by side: what went in, what came out, and where they differ.
public struct RunComparison: Sendable {
    /// One key and its value in each run; `nil` where a run has none.
    public struct Row<Value: Equatable & Sendable>: Equatable, Sendable {
        public var key: String
        public var values: [Value?]

        public var isDifferent: Bool { values.contains { $0 != values[0] } }
    }

    public var runs: [RunSummary]
    public var parameters: [Row<String>]
    /// The latest values; NaN equals NaN here.
    public var metrics: [Row<MetricValue>]
    public var tags: [Row<String>]
    /// `name digest` by context.
    public var datasets: [Row<String>]

    public init(_ runs: [RunSummary], datasets: [[DatasetInput]] = []) {
        self.runs = runs
        parameters = Self.rows(runs.map(\.parameters))
        metrics = Self.rows(runs.map { $0.metrics.mapValues { MetricValue(number: $0.value, step: $0.step) } })
        tags = Self.rows(runs.map(\.tags))
        self.datasets = Self.rows(
            datasets.map { inputs in
                Dictionary(grouping: inputs) { $0.context ?? "dataset" }
                    .mapValues { $0.map { "\($0.name) \($0.digest)" }.joined(separator: ", ") }
            })
    }

    /// Tags that differ between any two runs and say nothing about what they did.
    public static let incidentalTags: Set = [RunTag.name, RunTag.process, RunTag.sourceName]

    /// Whether a metric measures the machine and not the model: equal runs differ in it.
    public static func isIncidental(metric key: String) -> Bool {
        ["time/", "system/", "memory/"].contains { key.hasPrefix($0) } || key == "images_per_second"
    }

    private static func rows<Value>(_ values: [[String: Value]]) -> [Row<Value>] {
        Set(values.flatMap(\.keys)).sorted().map { key in Row(key: key, values: values.map { $0[key] }) }
    }
}

/// A metric's value that can be compared as recorded.
public struct MetricValue: Equatable, Sendable {
    public var number: Double
    public var step: Int64

    public static func == (a: MetricValue, b: MetricValue) -> Bool {
        a.number == b.number || (a.number.isNaN && b.number.isNaN)
    }
}
