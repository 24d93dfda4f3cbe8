/// A number by name; `nil` where there is nothing to count.
public struct NamedValue: Hashable, Sendable {
    public var name: String
    public var value: Double?

    public init(_ name: String, _ value: Double?) { (self.name, self.value) = (name, value) }
}

/// How good a model is at its task: what a training run logs after each epoch.
public protocol TaskMetrics: Sendable {
    /// What one line of a log shows, in its order.
    var headline: [NamedValue] { get }
    /// All there is, by name, for a tracking store or a gate; numbers of one class or keypoint as `AP/CLASS`.
    var values: [String: Double] { get }
    /// The one of `values` that "best" means.
    var fitnessName: String { get }
    /// JSON with sorted keys: equal metrics give equal bytes.
    func jsonData() -> [UInt8]
}

extension TaskMetrics {
    /// Higher is better; 0 where there is nothing to count.
    public var fitness: Double { values[fitnessName] ?? 0 }
}

extension DetectionMetrics: TaskMetrics {
    public var headline: [NamedValue] {
        [
            NamedValue("precision", precision), NamedValue("recall", recall), NamedValue("mAP50", mAP50),
            NamedValue("mAP50-95", mAP50_95),
        ]
    }
    public var fitnessName: String { "mAP50-95" }
}

extension DetectionMetrics {
    /// `values` under names that begin with `prefix`.
    func values(prefix: String) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: values.map { (prefix + $0.key, $0.value) })
    }
}
