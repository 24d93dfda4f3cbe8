/// Counts which classes are taken for which, and what follows from that: accuracy, balanced accuracy, per-class F1.
public struct ClassificationCounts: Metric, Hashable {
    public let classNames: [String]
    /// Row-major, `[truth, prediction]`.
    private var counts: [Int]

    public init(classNames: [String]) {
        self.classNames = classNames
        counts = Array(repeating: 0, count: classNames.count * classNames.count)
    }

    /// - Precondition: predictions and labels are indices into `classNames`.
    public mutating func update(predictions: [Int], labels: [Int]) {
        precondition(predictions.count == labels.count, "one prediction for each label")
        for (prediction, label) in zip(predictions, labels) {
            precondition(classNames.indices.contains(prediction), "no class \(prediction)")
            precondition(classNames.indices.contains(label), "no class \(label)")
            counts[label * classNames.count + prediction] += 1
        }
    }

    public mutating func merge(_ other: ClassificationCounts) {
        precondition(classNames == other.classNames, "counts over different classes cannot be merged")
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    public var value: ClassificationMetrics {
        ClassificationMetrics(
            classNames: classNames,
            counts: classNames.indices.map { row in
                Array(counts[row * classNames.count..<(row + 1) * classNames.count])
            })
    }
}

/// How good a classifier is; `nil` where there is nothing to count.
public struct ClassificationMetrics: Codable, Hashable, Sendable {
    public struct Class: Codable, Hashable, Sendable {
        public var name: String
        public var instances: Int
        /// `nil` where nothing was predicted as this class.
        public var precision: Double?
        /// `nil` where there is no instance.
        public var recall: Double?
        /// 2·TP / (2·TP + FP + FN); `nil` where the class is neither there nor predicted.
        public var f1: Double?

        enum CodingKeys: String, CodingKey {
            case name, instances, precision, recall
            case f1 = "F1"
        }
    }

    public var accuracy: Double?
    /// The recalls of the classes that have instances, averaged.
    public var balancedAccuracy: Double?
    /// The F1 of the classes that are there or predicted, averaged.
    public var macroF1: Double?
    public var perClass: [Class]
    /// `confusion[truth][prediction]`.
    public var confusion: [[Int]]

    enum CodingKeys: String, CodingKey {
        case accuracy, confusion
        case balancedAccuracy = "balanced_accuracy"
        case macroF1 = "macro_F1"
        case perClass = "per_class"
    }

    init(classNames: [String], counts: [[Int]]) {
        confusion = counts
        perClass = classNames.indices.map { index in
            let found = counts[index][index]
            let instances = counts[index].reduce(0, +)
            let predicted = counts.reduce(0) { $0 + $1[index] }
            return Class(
                name: classNames[index], instances: instances, precision: ratio(found, predicted),
                recall: ratio(found, instances), f1: ratio(2 * found, instances + predicted))
        }
        accuracy = ratio(counts.indices.reduce(0) { $0 + counts[$1][$1] }, counts.reduce(0) { $0 + $1.reduce(0, +) })
        balancedAccuracy = average(perClass.compactMap(\.recall))
        macroF1 = average(perClass.compactMap(\.f1))
    }

    /// What there is, by name, for a tracking store or a gate.
    public var values: [String: Double] {
        var values: [String: Double] = [:]
        values["accuracy"] = accuracy
        values["balanced_accuracy"] = balancedAccuracy
        values["macro_F1"] = macroF1
        for metrics in perClass { values["F1/" + metrics.name] = metrics.f1 }
        return values
    }

    /// JSON with sorted keys: equal metrics give equal bytes.
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}

private func ratio(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }

private func average(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
