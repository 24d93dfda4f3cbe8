/// The fraction of samples whose highest-scoring class is the labeled one.
public struct Accuracy: Metric, Hashable {
    private var correctCount = 0
    private var totalCount = 0

    public init() {}

    public mutating func update(predictions: [Int], labels: [Int]) {
        precondition(predictions.count == labels.count, "one prediction for each label")
        correctCount += zip(predictions, labels).count { $0 == $1 }
        totalCount += labels.count
    }

    public mutating func merge(_ other: Accuracy) {
        correctCount += other.correctCount
        totalCount += other.totalCount
    }

    /// `nil` until the first sample arrives.
    public var value: Double? { totalCount == 0 ? nil : Double(correctCount) / Double(totalCount) }
}
