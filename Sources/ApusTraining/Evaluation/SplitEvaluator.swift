import ApusCore
import ApusDatasets
import ApusMetrics
import ApusVision

/// What turns a letterboxed batch into raw detector output: LibTorch while training, our runtime once exported.
public protocol BatchPredictor {
    /// `batch.count × (4 + classes) × anchors` numbers: centre x, centre y, width, height in model pixels, then scores.
    func rawDetections(for batch: Batch) throws -> [Float]
}

/// What a model found on one image, in that image's pixels.
public struct ImagePredictions: Sendable {
    /// Into the prepared dataset.
    public var index: Int
    public var detections: [Detection]
}

/// The numbers of a model on a split, and the predictions behind them.
public struct Evaluation: Sendable {
    public var metrics: DetectionMetrics
    public var predictions: [ImagePredictions]
    public var seconds: Double
}

/// Runs a model over images of a prepared dataset and measures what it finds.
///
/// Training, `apus evaluate` and `apus-infer` share its letterbox and its decoder, so their numbers are comparable.
public struct SplitEvaluator: Sendable {
    let dataset: PreparedDataset
    let indices: [Int]
    let configuration: ValidationConfiguration
    let loader: DetectionLoader

    public init(
        dataset: PreparedDataset, indices: [Int], imageSize: Int, batchSize: Int,
        configuration: ValidationConfiguration,
        loaderThreads: Int, cacheBytes: Int = 0
    ) {
        self.dataset = dataset
        self.indices = indices
        self.configuration = configuration
        loader = DetectionLoader(
            evaluating: dataset, indices: indices, imageSize: imageSize, batchSize: batchSize, threads: loaderThreads,
            cacheBytes: cacheBytes)
    }

    public func evaluate(
        _ predictor: some BatchPredictor, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Evaluation {
        let start = ContinuousClock.now
        var predictions: [ImagePredictions] = []
        let batches = loader.epoch(0)
        while let batch = try batches.next() {
            predictions += decode(try predictor.rawDetections(for: batch), of: batch)
            progress(predictions.count, indices.count)
        }
        let metrics = try measure(predictions)
        return Evaluation(metrics: metrics, predictions: predictions, seconds: (ContinuousClock.now - start).inSeconds)
    }

    private func decode(_ raw: [Float], of batch: Batch) -> [ImagePredictions] {
        let decoder = DetectionDecoder(
            classCount: dataset.classNames.count, confidenceThreshold: configuration.confidence,
            iouThreshold: configuration.iou, maximumDetections: configuration.maximumDetections, multiLabel: true)
        let length = raw.count / batch.count
        let anchors = length / (4 + dataset.classNames.count)
        return (0..<batch.count).map { position in
            let found = raw.withUnsafeBufferPointer {
                decoder.decode(
                    UnsafeBufferPointer(rebasing: $0[position * length..<(position + 1) * length]), anchors: anchors)
            }
            let letterbox = batch.letterboxes[position]
            return ImagePredictions(
                index: batch.indices[position],
                detections: found.map { Detection(letterbox.toImage($0.box), label: $0.label, score: $0.score) })
        }
    }

    private func measure(_ predictions: [ImagePredictions]) throws -> DetectionMetrics {
        var evaluator = DetectionEvaluator(classNames: dataset.classNames)
        for prediction in predictions {
            let record = dataset.record(prediction.index)
            try evaluator.add(
                imageID: prediction.index, width: record.width, height: record.height, truths: record.boxes,
                detections: prediction.detections)
        }
        return evaluator.evaluate()
    }
}
