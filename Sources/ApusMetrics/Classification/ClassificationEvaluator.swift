/// Collects the probabilities of images one by one and says how good a classifier is.
public struct ClassificationEvaluator: Sendable {
    public let classNames: [String]
    private var counts: ClassificationCounts
    private var top5 = TopKAccuracy(k: 5)
    private var calibration: Calibration
    private var seen: Set<Int> = []
    private var images: [ClassifiedImage] = []
    /// Of each image, whether its label is among the five classes that score highest.
    private var isTop5: [Bool] = []

    /// - Parameter bins: of the calibration, over the confidences 0 to 1.
    public init(classNames: [String], bins: Int = 15) {
        self.classNames = classNames
        counts = ClassificationCounts(classNames: classNames)
        calibration = Calibration(bins: bins)
    }

    public var imageCount: Int { images.count }

    /// Adds one image; nothing is added where it throws.
    ///
    /// - Parameters:
    ///   - imageID: any number that no other image has.
    ///   - probabilities: one for each class; of equal ones the first class is predicted.
    /// - Throws: `EvaluationError` for another number of probabilities, values that are not finite, a class out of
    ///   range and a repeated id.
    public mutating func add(imageID: Int, probabilities: [Float], label: Int) throws(EvaluationError) {
        guard !seen.contains(imageID) else { throw .repeatedImage(imageID) }
        guard classNames.indices.contains(label) else {
            throw .labelOutOfRange(label, classes: classNames.count, imageID: imageID)
        }
        guard probabilities.count == classNames.count else {
            throw .scoreCount(probabilities.count, classes: classNames.count, imageID: imageID)
        }
        guard probabilities.allSatisfy(\.isFinite) else {
            throw .notANumber(field: "score", entry: "image \(imageID)")
        }
        var predicted = 0
        for (index, value) in probabilities.enumerated() where value > probabilities[predicted] { predicted = index }
        let confidence = Double(probabilities[predicted])
        counts.update(predictions: [predicted], labels: [label])
        top5.update(scores: probabilities, labels: [label])
        isTop5.append(top5.contains(label, in: probabilities[...]))
        calibration.update(confidence: confidence, isCorrect: predicted == label)
        seen.insert(imageID)
        images.append(
            ClassifiedImage(imageID: imageID, label: label, prediction: predicted, confidence: confidence))
    }

    /// Takes in the images of another evaluator over the same classes.
    public mutating func merge(_ other: ClassificationEvaluator) throws(EvaluationError) {
        guard classNames == other.classNames else {
            throw .differentClasses(expected: classNames, found: other.classNames)
        }
        if let repeated = other.images.first(where: { seen.contains($0.imageID) }) {
            throw .repeatedImage(repeated.imageID)
        }
        counts.merge(other.counts)
        top5.merge(other.top5)
        calibration.merge(other.calibration)
        seen.formUnion(other.seen)
        images += other.images
        isTop5 += other.isTop5
    }

    /// The metrics, and what they rest on for parts of the images and for statistics.
    public func evaluateWithMatches() -> (metrics: ClassifierMetrics, matches: MatchedResults) {
        let ordered = zip(images, isTop5).sorted { $0.0.imageID < $1.0.imageID }
        let matches = ClassMatches(
            labels: ordered.map { Int32($0.0.label) }, predictions: ordered.map { Int32($0.0.prediction) },
            isTop5: ordered.map(\.1), confidences: ordered.map { Float($0.0.confidence) })
        return (
            evaluate(),
            MatchedResults(
                profile: nil, classNames: classNames, imageIDs: ordered.map(\.0.imageID), parts: [.classes(matches)])
        )
    }

    public func evaluate() -> ClassifierMetrics {
        ClassifierMetrics(
            classes: counts.value, top5: top5.value, calibration: calibration.value,
            images: images.sorted { $0.isWorse(than: $1) })
    }
}

/// What one image was taken for.
public struct ClassifiedImage: Codable, Hashable, Sendable {
    public var imageID: Int
    /// Indices into the class names.
    public var label, prediction: Int
    /// The probability of the prediction.
    public var confidence: Double

    public var isCorrect: Bool { label == prediction }

    /// A mistake before what is right, the more confident first, then by id.
    fileprivate func isWorse(than other: ClassifiedImage) -> Bool {
        guard isCorrect == other.isCorrect else { return !isCorrect }
        return confidence == other.confidence ? imageID < other.imageID : confidence > other.confidence
    }
}

/// How good a classifier is, with its calibration and its worst mistakes.
public struct ClassifierMetrics: TaskMetrics, Codable, Hashable {
    /// Accuracy, balanced accuracy, precision, recall and F1 of each class, confusion.
    public var classes: ClassificationMetrics
    public var top5: Double?
    public var calibration: CalibrationMetrics
    /// Mistakes first, the most confident one at the top.
    public var images: [ClassifiedImage]

    public var top1: Double? { classes.accuracy }

    public var headline: [NamedValue] {
        [
            NamedValue("top1", top1), NamedValue("top5", top5), NamedValue("macro_F1", classes.macroF1),
            NamedValue("ECE", calibration.expectedError),
        ]
    }
    /// `top1`, `top5`, `accuracy` (which is top1), `balanced_accuracy`, `F1`, `ECE`, and `F1/CLASS`,
    /// `precision/CLASS`, `recall/CLASS`.
    public var values: [String: Double] {
        var values = classes.values
        values["top1"] = top1
        values["top5"] = top5
        values["ECE"] = calibration.expectedError
        for metrics in classes.perClass {
            values["precision/" + metrics.name] = metrics.precision
            values["recall/" + metrics.name] = metrics.recall
        }
        return values
    }
    public var fitnessName: String { "top1" }
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}
