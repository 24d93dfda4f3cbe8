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
        var found: [(index: Int, result: Prediction.Result)] = []
        // Few enough at once that progress is seen, and a fault ends the work soon.
        let chunk = 16 * max(threads, 1)
        for first in stride(from: 0, to: indices.count, by: chunk) {
            let part = Array(indices[first..<min(first + chunk, indices.count)])
            for (index, result) in zip(part, results(of: model, part, threads)) {
                found.append((index, try result.get()))
            }
            progress(found.count, indices.count)
        }
        return try measured(found) { (ContinuousClock.now - start).inSeconds }
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

    private func measured(
        _ found: [(index: Int, result: Prediction.Result)], _ seconds: () -> Double
    ) throws -> any TaskEvaluation {
        switch task {
        case .detect:
            let predictions = found.map { ImagePredictions(index: $0.index, detections: $0.result.boxes) }
            let (metrics, matches) = try measure(predictions)
            return Evaluation(metrics: metrics, matches: matches, predictions: predictions, seconds: seconds())
        case .classify:
            var evaluator = ClassificationEvaluator(classNames: dataset.classNames)
            for (index, result) in found {
                guard let label = dataset.annotations(of: index).first?.label else { continue }
                let probabilities = result.probabilities(classCount: dataset.classNames.count)
                try evaluator.add(imageID: index, probabilities: probabilities, label: label)
            }
            let (metrics, matches) = evaluator.evaluateWithMatches()
            return ResultEvaluation(
                taskMetrics: metrics, matches: matches, seconds: seconds(), samples: shown(found))
        case .segment, .pose, .obb, .keypoints:
            var measure = try objectMeasure()
            for (index, result) in found { try measure.add(result, of: index, in: dataset) }
            let (metrics, matches) = measure.evaluate()
            return ResultEvaluation(
                taskMetrics: metrics, matches: matches, seconds: seconds(), samples: shown(found),
                findsBoxes: task != .keypoints)
        }
    }

    private func shown(
        _ found: [(index: Int, result: Prediction.Result)]
    ) -> [(index: Int, result: Prediction.Result)] {
        found.map { ($0.index, $0.result.shown) }
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
        case .classMap: self
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
