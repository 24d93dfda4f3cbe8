/// Precision, recall and F1 at each confidence step, summed over classes that have instances.
struct ConfidenceSums {
    private var precision = [Double](repeating: 0, count: ConfidenceCounts.steps + 1)
    private var recall = [Double](repeating: 0, count: ConfidenceCounts.steps + 1)
    private var f1 = [Double](repeating: 0, count: ConfidenceCounts.steps + 1)
    private var classCount = 0

    /// - Parameters:
    ///   - found: detections that score at least the step and found something.
    ///   - counted: all that score at least the step and count.
    mutating func add(_ found: [Int32], _ counted: [Int32], instances: Int) {
        classCount += 1
        for step in found.indices {
            let (hits, all) = (Double(found[step]), Double(counted[step]))
            precision[step] += all == 0 ? 0 : hits / all
            recall[step] += hits / Double(instances)
            f1[step] += 2 * hits / (all + Double(instances))
        }
    }

    /// The means at the confidence with the best F1; `nil` where no class has instances.
    func best(smoothing: Bool) -> (precision: Double, recall: Double, f1: Double)? {
        guard classCount > 0 else { return nil }
        let count = Double(classCount)
        let step = bestStep(f1.map { $0 / count }, smoothing: smoothing)
        return (precision[step] / count, recall[step] / count, f1[step] / count)
    }
}
