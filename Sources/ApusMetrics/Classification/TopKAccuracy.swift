/// The fraction of samples whose labeled class is among the `k` that score highest.
///
/// Of equal scores the higher class index ranks first, as in scikit-learn; a NaN ranks last.
public struct TopKAccuracy: Metric, Hashable {
    public let k: Int
    private var correctCount = 0
    private var totalCount = 0

    public init(k: Int) {
        precondition(k > 0, "k is \(k), expected at least 1")
        self.k = k
    }

    /// - Parameter scores: `[labels.count, classes]`, row-major.
    public mutating func update(scores: [Float], labels: [Int]) {
        guard !labels.isEmpty else { return }
        precondition(scores.count % labels.count == 0, "one row of scores for each label")
        let classes = scores.count / labels.count
        for (row, label) in labels.enumerated() where (0..<classes).contains(label) {
            if contains(label, in: scores[row * classes..<(row + 1) * classes]) { correctCount += 1 }
        }
        totalCount += labels.count
    }

    /// Whether `label` is among the `k` classes of a row that score highest.
    func contains(_ label: Int, in row: ArraySlice<Float>) -> Bool { rank(of: label, in: row) < k }

    private func rank(of label: Int, in row: ArraySlice<Float>) -> Int {
        let score = row[row.startIndex + label]
        guard !score.isNaN else { return .max }
        return row.enumerated().count { $0.element > score || ($0.element == score && $0.offset > label) }
    }

    public mutating func merge(_ other: TopKAccuracy) {
        precondition(k == other.k, "top \(k) cannot take in top \(other.k)")
        correctCount += other.correctCount
        totalCount += other.totalCount
    }

    /// `nil` until the first sample arrives.
    public var value: Double? { totalCount == 0 ? nil : Double(correctCount) / Double(totalCount) }
}
