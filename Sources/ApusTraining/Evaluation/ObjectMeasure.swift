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
        let truths = try zip(record.boxes, dataset.annotations(index)).compactMap { box, annotation in
            try annotation.instanceMask(width: record.width, height: record.height).map {
                LabeledMask($0, box: box.box, label: box.label, isCrowd: box.isCrowd)
            }
        }
        try evaluator.add(
            imageID: index, width: record.width, height: record.height, truths: truths,
            detections: try segments.map {
                DetectedMask(
                    Detection($0.box, label: $0.label, score: $0.score), mask: try InstanceMask($0.mask))
            })
    }

    func evaluate() -> MeasuredObjects {
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return (metrics, matches)
    }
}

struct PoseMeasure: ObjectMeasure {
    private var evaluator: PoseEvaluator

    init(dataset: PreparedDataset) throws {
        let names = dataset.classes.first { !$0.keypoints.isEmpty }?.keypoints ?? []
        evaluator = try PoseEvaluator(
            classNames: dataset.classNames, keypointNames: names, sigmas: try dataset.keypointSigmas())
    }

    mutating func add(_ result: Prediction.Result, of index: Int, in dataset: PreparedDataset) throws {
        guard case .poses(let poses) = result else { return }
        let record = dataset.record(index)
        let truths = zip(record.boxes, dataset.annotations(index)).map { box, annotation in
            LabeledPose(
                Keypoints(annotation.keypoints.map(\.keypoint)), box: box.box, label: box.label,
                area: annotation.region?.area, isCrowd: box.isCrowd)
        }
        try evaluator.add(
            imageID: index, width: record.width, height: record.height,
            truths: truths.filter { !$0.keypoints.points.isEmpty }, detections: poses.map(\.detection))
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
        let truths = zip(dataset.record(index).boxes, dataset.annotations(index)).map { box, annotation in
            LabeledRectangle(annotation.rectangle(box), label: box.label, isCrowd: box.isCrowd)
        }
        try evaluator.add(
            imageID: index, truths: truths,
            detections: found.map { DetectedRectangle($0.rectangle, label: $0.label, score: $0.score) })
    }

    func evaluate() -> MeasuredObjects {
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return (metrics, matches)
    }
}

extension Annotation {
    /// `nil` where the object has no outline and no mask.
    fileprivate func instanceMask(width: Int, height: Int) throws -> InstanceMask? {
        switch region {
        case .polygons(let rings):
            try InstanceMask(rings: rings.map { ring in ring.flatMap { [$0.x, $0.y] } }, width: width, height: height)
        case .mask(let mask): try InstanceMask(mask)
        case nil: nil
        }
    }

    /// What turned boxes are learnt from.
    fileprivate func rectangle(_ box: LabeledBox) -> OrientedRectangle {
        let turned = turnedBox(box)
        return OrientedRectangle(
            centerX: turned.center.x, centerY: turned.center.y, width: turned.width, height: turned.height,
            angle: turned.angle)
    }
}

extension InstanceMask {
    fileprivate init(_ mask: RegionMask) throws {
        var bytes = [UInt8](repeating: 0, count: mask.width * mask.height)
        mask.forEachRun { column, rows in
            for row in rows { bytes[row * mask.width + column] = 1 }
        }
        try self.init(
            width: mask.imageWidth, height: mask.imageHeight, left: mask.left, top: mask.top, windowWidth: mask.width,
            windowHeight: mask.height, bytes: bytes)
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
    fileprivate var rectangle: OrientedRectangle {
        OrientedRectangle(
            centerX: Double(box.centerX), centerY: Double(box.centerY), width: Double(box.width),
            height: Double(box.height), angle: Double(box.angle))
    }
}
