import ApusCore
import ApusDatasets
import ApusInference
import ApusMetrics
import ApusModels
import ApusVision

/// A model that takes images of any size as they are and says what it finds in their pixels: any that `Predictor` reads.
public struct ImageModelUnderTest: Sendable {
    private let predictor: Predictor
    /// The dataset's class of each of the model's; `nil` where the dataset does not have it.
    private let classes: [Int?]

    /// - Parameter predictor: it computes on one thread; images are worked on side by side.
    /// - Throws: `TrainingError.classes` where the model lacks a class of the dataset.
    public init(_ predictor: Predictor, for dataset: PreparedDataset) throws(TrainingError) {
        self.predictor = predictor
        let labels = predictor.sidecar.labels
        let missing = dataset.classNames.filter { !labels.contains($0) }
        guard missing.isEmpty else { throw .classes(missing: missing, dataset: dataset.name, found: labels) }
        classes = labels.map { dataset.classNames.firstIndex(of: $0) }
    }

    /// What is in the image, in the dataset's classes; what the dataset has no class for is left out.
    ///
    /// - Parameter objects: for models that look at one object at a time.
    func result(for image: Image, objects: [Detection]) throws(InferenceError) -> Prediction.Result {
        let boxes = predictor.isTopDown ? objects : nil
        return try predictor.result(for: image, boxes: boxes).relabelled {
            classes.indices.contains($0) ? classes[$0] : nil
        }
    }
}

extension SplitEvaluator {
    /// Measures a model that reads images itself, an image a core at a time.
    public func evaluate(
        _ model: ImageModelUnderTest, threads: Int = availableCores,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> any TaskEvaluation {
        let start = ContinuousClock.now
        var collected = CollectedResults(self)
        // Few enough at once that progress is seen, and a fault ends the work soon.
        let chunk = 16 * max(threads, 1)
        for first in stride(from: 0, to: indices.count, by: chunk) {
            let part = Array(indices[first..<min(first + chunk, indices.count)])
            for (index, result) in zip(part, results(of: model, part, threads)) {
                try collected.add(try result.get(), of: index)
            }
            progress(first + part.count, indices.count)
        }
        return try collected.evaluation { (ContinuousClock.now - start).seconds }
    }

    private func results(
        of model: ImageModelUnderTest, _ part: [Int], _ threads: Int
    ) -> [Result<Prediction.Result, any Error>] {
        let dataset = dataset
        return parallelMap(part.count, threads: threads) { place in
            Result {
                let objects = dataset.record(part[place]).boxes.map { Detection($0.box, label: $0.label, score: 1) }
                return try model.result(for: try dataset.image(part[place]), objects: objects)
            }
        }
    }
}

/// What was found on the images so far; of results that take much memory no more is kept than pictures show.
private struct CollectedResults {
    private let evaluator: SplitEvaluator
    private var predictions: [ImagePredictions] = []
    private var samples: [(index: Int, result: Prediction.Result)] = []
    private var classifier: ClassificationEvaluator
    private var measure: (any ObjectMeasure)?

    init(_ evaluator: SplitEvaluator) {
        self.evaluator = evaluator
        classifier = ClassificationEvaluator(classNames: evaluator.dataset.classNames)
    }

    mutating func add(_ result: Prediction.Result, of index: Int) throws {
        let dataset = evaluator.dataset
        switch evaluator.task {
        case .detect: predictions.append(ImagePredictions(index: index, detections: result.boxes))
        case .classify:
            guard let label = dataset.annotations(of: index).first?.label else { return }
            let probabilities = result.probabilities(classCount: dataset.classNames.count)
            try classifier.add(imageID: index, probabilities: probabilities, label: label)
            samples.append((index, result))
        case .segment, .pose, .obb, .keypoints:
            var measure = try self.measure ?? evaluator.measure(for: result)
            try measure.add(result, of: index, in: dataset)
            self.measure = measure
            if case .classMap = result { return }
            samples.append((index, result.shown))
        }
    }

    func evaluation(_ seconds: () -> Double) throws -> any TaskEvaluation {
        switch evaluator.task {
        case .detect:
            let (metrics, matches) = try evaluator.measure(predictions)
            return Evaluation(metrics: metrics, matches: matches, predictions: predictions, seconds: seconds())
        case .classify:
            let (metrics, matches) = classifier.evaluateWithMatches()
            return ResultEvaluation(taskMetrics: metrics, matches: matches, seconds: seconds(), samples: samples)
        case .segment, .pose, .obb, .keypoints:
            let (metrics, matches) = try (measure ?? evaluator.objectMeasure()).evaluate()
            return ResultEvaluation(taskMetrics: metrics, matches: matches, seconds: seconds(), samples: samples)
        }
    }
}

extension SplitEvaluator {
    /// A segmenter may give a class for each pixel instead of objects.
    fileprivate func measure(for result: Prediction.Result) throws -> any ObjectMeasure {
        if case .classMap = result { return try SemanticMeasure(dataset: dataset, indices: indices) }
        return try objectMeasure()
    }
}

extension Prediction.Result {
    /// Labels that `map` has none for are left out.
    fileprivate func relabelled(_ map: (Int) -> Int?) -> Prediction.Result {
        switch self {
        case .detections(let found): .detections(found.compactMap { own($0, \.label, map) })
        case .segments(let found): .segments(found.compactMap { own($0, \.label, map) })
        case .poses(let found): .poses(found.compactMap { own($0, \.label, map) })
        case .oriented(let found): .oriented(found.compactMap { own($0, \.label, map) })
        case .classifications(let found): .classifications(found.compactMap { own($0, \.label, map) })
        case .classMap(let classes): .classMap(classes.relabelled(map))
        }
    }

    /// What boxes there are, whatever else is known of the objects.
    fileprivate var boxes: [Detection] {
        switch self {
        case .detections(let found): found
        case .segments(let found): found.map { Detection($0.box, label: $0.label, score: $0.score) }
        case .poses(let found): found.map { Detection($0.box, label: $0.label, score: $0.score) }
        case .oriented, .classifications, .classMap: []
        }
    }

    fileprivate func probabilities(classCount: Int) -> [Float] {
        var probabilities = [Float](repeating: 0, count: classCount)
        if case .classifications(let found) = self {
            for one in found where probabilities.indices.contains(one.label) { probabilities[one.label] = one.score }
        }
        return probabilities
    }
}

private func own<Found>(_ found: Found, _ label: WritableKeyPath<Found, Int>, _ map: (Int) -> Int?) -> Found? {
    map(found[keyPath: label]).map {
        var own = found
        own[keyPath: label] = $0
        return own
    }
}
