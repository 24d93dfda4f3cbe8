/// What a classifier took each image for, in the order of image ids.
struct ClassMatches: Hashable, Sendable {
    /// Indices into the class names.
    var labels: [Int32] = []
    var predictions: [Int32] = []
    /// Whether the label is among the five classes that score highest.
    var isTop5: [Bool] = []
    /// The probability of the prediction.
    var confidences: [Float] = []

    subscript(image: Int) -> (isCorrect: Bool, confidence: Double) {
        (labels[image] == predictions[image], Double(confidences[image]))
    }
}

/// Measures classified images under any weights.
struct ClassificationSampler: Sendable, MatchSampler {
    private let matches: ClassMatches
    private let classCount: Int
    private let binCount = 15
    let names: [String]

    init(_ matches: ClassMatches, classNames: [String]) {
        (self.matches, classCount) = (matches, classNames.count)
        names =
            ["top1", "top5", "accuracy", "balanced_accuracy", "macro_F1", "ECE"]
            + ["F1/", "precision/", "recall/"].flatMap { prefix in classNames.map { prefix + $0 } }
    }

    func instances(_ weights: [Int32]) -> [Int] {
        var counts = [Int](repeating: 0, count: classCount)
        for (label, weight) in zip(matches.labels, weights) { counts[Int(label)] += Int(weight) }
        return counts
    }

    func values(_ draws: [[Int32]]) -> [[Double]] { draws.map(values) }

    private func values(_ weights: [Int32]) -> [Double] {
        let instances = instances(weights)
        var found = [Int](repeating: 0, count: classCount)
        var predicted = found
        var top5 = 0
        var calibration = Calibration(bins: binCount)
        for (image, weight) in weights.enumerated() where weight > 0 {
            let (isCorrect, confidence) = matches[image]
            predicted[Int(matches.predictions[image])] += Int(weight)
            if isCorrect { found[Int(matches.predictions[image])] += Int(weight) }
            if matches.isTop5[image] { top5 += Int(weight) }
            calibration.update(confidence: confidence, isCorrect: isCorrect, weight: Int(weight))
        }
        let total = instances.reduce(0, +)
        let top1 = ratio(found.reduce(0, +), total)
        let precisions = found.indices.map { ratio(found[$0], predicted[$0]) }
        let recalls = found.indices.map { ratio(found[$0], instances[$0]) }
        let f1 = found.indices.map { ratio(2 * found[$0], instances[$0] + predicted[$0]) }
        return [top1, ratio(top5, total), top1, mean(recalls), mean(f1), calibration.value.expectedError ?? .nan]
            + f1 + precisions + recalls
    }

    private func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? .nan : Double(part) / Double(whole) }

    private func mean(_ values: [Double]) -> Double {
        let present = values.filter { !$0.isNaN }
        return present.isEmpty ? .nan : present.reduce(0, +) / Double(present.count)
    }
}
