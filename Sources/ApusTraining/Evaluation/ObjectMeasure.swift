import ApusDatasets
import ApusInference
import ApusMetrics
import ApusVision

/// The numbers of a set of images, and what was found on each.
typealias MeasuredObjects = (metrics: any TaskMetrics, matches: MatchedResults)

/// Compares what was found with what is there, image by image.
protocol ObjectMeasure {
    mutating func add(_ result: Prediction.Result, of index: Int, in dataset: PreparedDataset) throws
    func evaluate() -> MeasuredObjects
}

struct SegmentMeasure: ObjectMeasure {
    private var evaluator: SegmentationEvaluator

    init(classNames: [String]) { evaluator = SegmentationEvaluator(classNames: classNames) }

    mutating func add(_ result: Prediction.Result, of index: Int, in dataset: PreparedDataset) throws {
        let record = dataset.record(index)
        guard case .segments(let segments) = result else { return }
        try evaluator.add(
            imageID: index, width: record.width, height: record.height, truths: try dataset.labeledMasks(index),
            detections: try segments.map { try $0.detectedMask })
    }

    func evaluate() -> MeasuredObjects {
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return (metrics, matches)
    }
}

struct PoseMeasure: ObjectMeasure {
    private var evaluator: PoseEvaluator

    /// - Parameter findsBoxes: false for a model that is told them.
    init(dataset: PreparedDataset, findsBoxes: Bool) throws {
        let names = dataset.classes.first { !$0.keypoints.isEmpty }?.keypoints ?? []
        evaluator = try PoseEvaluator(
            classNames: dataset.classNames, keypointNames: names, sigmas: try dataset.keypointSigmas(),
            findsBoxes: findsBoxes)
    }

    mutating func add(_ result: Prediction.Result, of index: Int, in dataset: PreparedDataset) throws {
        guard case .poses(let poses) = result else { return }
        let record = dataset.record(index)
        try evaluator.add(
            imageID: index, width: record.width, height: record.height, truths: dataset.labeledPoses(index),
            detections: poses.map(\.detection))
    }

    func evaluate() -> MeasuredObjects {
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return (metrics, matches)
    }
}

struct OrientedMeasure: ObjectMeasure {
    private var evaluator: OrientedEvaluator

    init(classNames: [String]) { evaluator = OrientedEvaluator(classNames: classNames) }

    mutating func add(_ result: Prediction.Result, of index: Int, in dataset: PreparedDataset) throws {
        guard case .oriented(let found) = result else { return }
        try evaluator.add(
            imageID: index, truths: dataset.labeledRectangles(index), detections: found.map(\.detectedRectangle))
    }

    func evaluate() -> MeasuredObjects {
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return (metrics, matches)
    }
}

extension Segment {
    var detectedMask: DetectedMask {
        get throws { DetectedMask(Detection(box, label: label, score: score), mask: try InstanceMask(mask)) }
    }
}

extension Pose {
    /// The pose as metrics take it: every point counts, however sure the model is of it.
    var detection: Detection {
        Detection(
            box, label: label, score: score,
            keypoints: Keypoints(points.map { Keypoint(x: $0.x, y: $0.y, visibility: .visible) }))
    }
}

extension OrientedDetection {
    var detectedRectangle: DetectedRectangle {
        let rectangle = OrientedRectangle(
            centerX: Double(box.centerX), centerY: Double(box.centerY), width: Double(box.width),
            height: Double(box.height), angle: Double(box.angle))
        return DetectedRectangle(rectangle, label: label, score: score)
    }
}
