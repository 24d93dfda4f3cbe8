/// The metrics of images that count more or less often than once.
public struct SampledMetrics: Hashable, Sendable {
    /// Images, each as often as it weighs.
    public let imageCount: Int
    /// What counts of each class in the order of the class names: objects, or a classifier's images.
    public let instances: [Int]
    /// What there is to say, under the names of `TaskMetrics.values`.
    public let values: [String: Double]

    public var instanceCount: Int { instances.reduce(0, +) }

    /// `nil` where there is nothing to count.
    public subscript(name: String) -> Double? { values[name] }
}
