import ApusCore
import ApusDatasets
import ApusInference
import ApusMetrics
import ApusAugmentation
import ApusModels
import ApusTorch
import ApusVision

/// Runs a network of any task over images of a prepared dataset and measures what it finds.
///
/// Training, `apus evaluate` and `apus-infer` read outputs by the same code, so their numbers are comparable.
public struct SplitEvaluator: Sendable {
    let task: ModelTask
    let dataset: PreparedDataset
    let indices: [Int]
    private let configuration: ValidationConfiguration
    /// Of an object, where objects have points.
    private let keypointCount: Int
    private let loader: BatchLoader

    /// - Parameters:
    ///   - shorterSide: classifiers: to which images are resized before the middle is cut out, if not to cover the input.
    ///   - input: keypoint networks: the extents of what they see, in pixels.
    public init(
        _ task: ModelTask, dataset: PreparedDataset, indices: [Int], settings: LoaderSettings,
        configuration: ValidationConfiguration, shorterSide: Int? = nil, input: ImageSize
    ) throws {
        (self.task, self.dataset, self.indices, self.configuration) = (task, dataset, indices, configuration)
        keypointCount = dataset.keypointLayout?.count ?? 0
        loader =
            switch task {
            case .classify:
                try BatchLoader(
                    evaluatingClasses: dataset, indices: indices, shorterSide: shorterSide, settings: settings)
            case .keypoints:
                try BatchLoader(
                    evaluatingCrops: dataset, indices: indices, width: input.width, height: input.height,
                    settings: settings)
            case .detect, .segment, .pose, .obb:
                try BatchLoader(
                    evaluating: ObjectTask(task), dataset: dataset, indices: indices, settings: settings)
            }
    }

    public func evaluate(
        _ predictor: some BatchPredictor, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> any TaskEvaluation {
        let start = ContinuousClock.now
        if task == .detect {
            var evaluation = try boxes(predictor, progress)
            evaluation.seconds = (ContinuousClock.now - start).seconds
            return evaluation
        }
        var evaluation: ResultEvaluation
        switch task {
        case .classify: evaluation = try classes(predictor, progress)
        case .keypoints: evaluation = try crops(predictor, progress)
        case .detect, .segment, .pose, .obb: evaluation = try objects(predictor, progress)
        }
        evaluation.seconds = (ContinuousClock.now - start).seconds
        return evaluation
    }

    /// The first images, as many as a batch holds: what a network's speed is measured on.
    public func firstBatch() throws -> Batch? { try loader.epoch(0).next() }

    /// Computes this process's batches for the evaluation that the group's main process makes.
    func assist(_ predictor: some BatchPredictor, _ group: ProcessGroup) throws {
        let all = (loader.imageCount + loader.batchSize - 1) / loader.batchSize
        let batches = loader.epoch(0)
        for _ in 0..<(all + group.size - 1) / group.size {
            let found = try batches.next().map { try outputs(of: predictor, for: $0) }
            _ = try group.gather(found.map(ArrayBytes.bytes) ?? [])
        }
    }

    private var reader: OutputReader {
        OutputReader(
            task: ModelDescription.Task(task), classCount: dataset.classNames.count,
            keypointCount: keypointCount,
            thresholds: Thresholds(
                confidence: configuration.confidence, iou: configuration.iou,
                maximum: configuration.maximumDetections))
    }

    private func boxes(_ predictor: some BatchPredictor, _ progress: (Int, Int) -> Void) throws -> Evaluation {
        var predictions: [ImagePredictions] = []
        try forEachBatch(predictor, progress) { batch, outputs -> [ImagePredictions] in
            outputs.first.map { decode($0.elements(), of: batch) } ?? []
        } collect: {
            predictions += $0
        }
        let (metrics, matches) = try measure(predictions)
        return Evaluation(metrics: metrics, matches: matches, predictions: predictions, seconds: 0)
    }

    private func objects(
        _ predictor: some BatchPredictor, _ progress: (Int, Int) -> Void
    ) throws -> ResultEvaluation {
        var measure = try objectMeasure()
        var samples: [(index: Int, result: Prediction.Result)] = []
        try forEachBatch(predictor, progress) { batch, outputs -> [(index: Int, result: Prediction.Result)] in
            try (0..<batch.count).map { place in
                let own = outputs.map { $0.image(place, of: batch.count) }
                return (batch.indices[place], try reader.result(of: own, in: batch.letterboxes[place]))
            }
        } collect: {
            for (index, result) in $0 {
                try measure.add(result, of: index, in: dataset)
                samples.append((index, result.shown))
            }
        }
        let (metrics, matches) = measure.evaluate()
        return ResultEvaluation(taskMetrics: metrics, matches: matches, seconds: 0, samples: samples)
    }

    func objectMeasure() throws -> any ObjectMeasure {
        switch task {
        case .pose, .keypoints: try PoseMeasure(dataset: dataset, findsBoxes: task == .pose)
        case .obb: OrientedMeasure(classNames: dataset.classNames)
        default: SegmentMeasure(classNames: dataset.classNames)
        }
    }

    private func classes(
        _ predictor: some BatchPredictor, _ progress: (Int, Int) -> Void
    ) throws -> ResultEvaluation {
        var evaluator = ClassificationEvaluator(classNames: dataset.classNames)
        var samples: [(index: Int, result: Prediction.Result)] = []
        try forEachBatch(predictor, progress) { batch, outputs -> [(index: Int, label: Int, scores: [Float])] in
            batch.labels.map { share in
                let own = outputs.first?.image(share.image, of: batch.count)
                return (batch.indices[share.image], share.label, own?.elements() ?? [])
            }
        } collect: {
            for (index, label, scores) in $0 {
                try evaluator.add(imageID: index, probabilities: scores, label: label)
                samples.append((index, .classifications(scores.best(3))))
            }
        }
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return ResultEvaluation(taskMetrics: metrics, matches: matches, seconds: 0, samples: samples)
    }

    private func crops(
        _ predictor: some BatchPredictor, _ progress: (Int, Int) -> Void
    ) throws -> ResultEvaluation {
        var found: [Int: [Pose]] = [:]
        try forEachBatch(predictor, progress) { batch, outputs -> [(index: Int, pose: Pose)] in
            let whole = Letterbox(
                LetterboxSpecification(width: batch.width, height: batch.height), imageWidth: batch.width,
                imageHeight: batch.height)
            return try (0..<batch.count).compactMap { place in
                let own = outputs.map { $0.image(place, of: batch.count) }
                guard case .poses(let poses) = try reader.result(of: own, in: whole), let pose = poses.first
                else { return nil }
                let (index, crop) = (batch.indices[place], batch.crops[place])
                return (index, placed(pose, by: crop, index: index))
            }
        } collect: {
            for (index, pose) in $0 { found[index, default: []].append(pose) }
        }
        var measure = try objectMeasure()
        for index in indices { try measure.add(.poses(found[index] ?? []), of: index, in: dataset) }
        let samples = indices.map { ($0, Prediction.Result.poses(found[$0] ?? []).shown) }
        let (metrics, matches) = measure.evaluate()
        return ResultEvaluation(
            taskMetrics: metrics, matches: matches, seconds: 0, samples: samples)
    }

    /// A crop's pose in its image, in the box that the dataset gives; the points' mean score is the pose's.
    private func placed(_ pose: Pose, by crop: ObjectCrop, index: Int) -> Pose {
        let points = pose.points.map { point in
            let place = crop.toImage(Point(Double(point.x), Double(point.y)))
            return PosePoint(x: Float(place.x), y: Float(place.y), score: point.score)
        }
        let score = points.reduce(0) { $0 + $1.score } / Float(max(points.count, 1))
        return Pose(dataset.boxes(index)[crop.object].box, label: crop.label, score: score, points: points)
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

    func measure(
        _ predictions: [ImagePredictions]
    ) throws -> (metrics: DetectionMetrics, matches: MatchedResults) {
        var evaluator = DetectionEvaluator(classNames: dataset.classNames)
        for prediction in predictions {
            let record = dataset.record(prediction.index)
            try evaluator.add(
                imageID: prediction.index, width: record.width, height: record.height, truths: record.boxes,
                detections: prediction.detections)
        }
        return evaluator.evaluateWithMatches()
    }

    /// What the network says of a batch, in the shapes that the task has.
    private func outputs(of predictor: some BatchPredictor, for batch: Batch) throws -> [NDArray] {
        let found = try predictor.outputs(for: batch)
        let first = [batch.count] + firstRows
        let fits = found.enumerated().allSatisfy { index, array in
            let extents = array.shape.dimensions
            let isWhole = array.dataType == .float32 && extents.count > 1 && extents[0] == batch.count
            return isWhole && (index > 0 || extents.starts(with: first) && extents.count == firstRank)
        }
        guard fits, !found.isEmpty else {
            let expected = first.map(String.init) + (firstRank > 2 ? ["anchors"] : [])
            throw TrainingError.outputs(
                found: found.map { "\($0.dataType) \($0.shape)" },
                expected: "float32 [\(expected.joined(separator: ", "))]")
        }
        return found
    }

    /// The second extent of the first output, where the task tells.
    private var firstRows: [Int] {
        switch task {
        case .detect: [4 + dataset.classNames.count]
        case .classify: [dataset.classNames.count]
        case .obb: [5 + dataset.classNames.count]
        case .pose: [4 + dataset.classNames.count + 3 * keypointCount]
        case .keypoints: [keypointCount]
        case .segment: []
        }
    }

    private var firstRank: Int { task == .classify ? 2 : 3 }

    /// What `read` makes of the network's outputs for each batch, to `collect` in the order of the batches.
    private func forEachBatch<Part: Sendable>(
        _ predictor: some BatchPredictor, _ progress: (Int, Int) -> Void,
        read: @escaping @Sendable (Batch, [NDArray]) throws -> Part, collect: (Part) throws -> Void
    ) throws {
        let batches = loader.epoch(0)
        var done = 0
        func take(_ part: Part, _ count: Int) throws {
            try collect(part)
            done += count
            progress(min(done, indices.count), indices.count)
        }
        guard let single = try predictor.onOneThread() else {
            while let batch = try batches.next() {
                try take(try read(batch, try outputs(of: predictor, for: batch)), batch.count)
            }
            return
        }
        let pipeline = BatchPipeline(batches) { batch in
            (try read(batch, try outputs(of: single, for: batch)), batch.count)
        }
        try pipeline.run(threads: loader.settings.threads) { try take($0.0, $0.1) }
    }
}

extension [Float] {
    /// The largest, with their places as labels.
    fileprivate func best(_ limit: Int) -> [Classification] {
        enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(limit).map {
            Classification(label: $0.offset, score: $0.element)
        }
    }
}

extension ObjectTask {
    /// Boxes for tasks that know no objects.
    init(_ task: ModelTask) {
        switch task {
        case .segment: self = .segment
        case .pose: self = .pose
        case .obb: self = .obb
        case .detect, .classify, .keypoints: self = .detect
        }
    }
}

extension ModelDescription.Task {
    public init(_ task: ModelTask) {
        switch task {
        case .classify: self = .classify
        case .detect: self = .detect
        case .segment: self = .segment
        case .pose: self = .pose
        case .keypoints: self = .keypoints
        case .obb: self = .obb
        }
    }
}
