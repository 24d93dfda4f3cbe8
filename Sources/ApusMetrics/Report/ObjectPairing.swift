import ApusVision

/// Which detection of one image has which object, as COCO's profile matches them at overlap 0.5.
public struct ObjectPairing: Sendable {
    /// For each detection, the object that it has; `nil` where it is wrong or lies in a crowd.
    public private(set) var objects: [Int?]
    /// For each detection, whether it lies in a crowd and so is neither right nor wrong.
    public private(set) var isInCrowd: [Bool]
    /// For each object, whether nothing has it; crowds are not missed.
    public private(set) var isMissed: [Bool]

    public static func boxes(_ truths: [LabeledBox], _ detections: [Detection]) -> ObjectPairing {
        func shape(_ box: BoundingBox) -> COCOBox {
            COCOBox(
                x: Double(box.minX), y: Double(box.minY), width: Double(box.width), height: Double(box.height))
        }
        return ObjectPairing(
            truths.map { MarkedObject(label: $0.label, shape: shape($0.box), area: 0, isCrowd: $0.isCrowd) },
            detections.map { FoundObject(label: $0.label, shape: shape($0.box), score: $0.score) })
    }

    public static func masks(_ truths: [LabeledMask], _ detections: [DetectedMask]) -> ObjectPairing {
        ObjectPairing(
            truths.map { MarkedObject(label: $0.label, shape: MaskShape($0.mask), area: 0, isCrowd: $0.isCrowd) },
            detections.map {
                FoundObject(label: $0.detection.label, shape: MaskShape($0.mask), score: $0.detection.score)
            })
    }

    public static func rectangles(
        _ truths: [LabeledRectangle], _ detections: [DetectedRectangle]
    ) -> ObjectPairing {
        ObjectPairing(
            truths.map {
                MarkedObject(label: $0.label, shape: OrientedShape($0.rectangle), area: 0, isCrowd: $0.isCrowd)
            },
            detections.map { FoundObject(label: $0.label, shape: OrientedShape($0.rectangle), score: $0.score) })
    }

    /// - Throws: `EvaluationError` for sigmas that are not above 0, another number of points and numbers that are not
    ///   finite.
    public static func poses(
        _ truths: [LabeledPose], _ detections: [Detection], sigmas: [Double]
    ) throws(EvaluationError) -> ObjectPairing {
        let variances = try KeypointSigmas.variances(sigmas)
        let marked = try truths.map { (truth) throws(EvaluationError) in
            let box = try COCOBox(truth.box, "a pose")
            let shape = PoseShape(
                truth: try truth.keypoints.checked(count: variances.count, "a pose"),
                isMarked: truth.keypoints.points.map { $0.visibility != .absent }, box: box,
                area: truth.area ?? box.area, variances: variances, profile: .coco)
            let isRegion = truth.isCrowd || shape.markedCount == 0
            return MarkedObject(label: truth.label, shape: shape, area: 0, isCrowd: isRegion)
        }
        let found = try detections.map { (detection) throws(EvaluationError) in
            let points = try (detection.keypoints ?? Keypoints([])).checked(count: variances.count, "a found pose")
            return FoundObject(
                label: detection.label, shape: PoseShape(found: points, area: 0), score: detection.score)
        }
        return ObjectPairing(marked, found)
    }

    private init<Shape: EvaluatedShape>(_ truths: [MarkedObject<Shape>], _ detections: [FoundObject<Shape>]) {
        objects = Array(repeating: nil, count: detections.count)
        isInCrowd = Array(repeating: false, count: detections.count)
        isMissed = truths.map { !$0.isCrowd }
        let order = detections.indices.sorted {
            let (first, second) = (detections[$0].score, detections[$1].score)
            return first != second ? first > second : $0 < $1
        }
        for index in order {
            let best = nearest(detections[index], among: truths)
            if let best, !truths[best].isCrowd {
                objects[index] = best
                isMissed[best] = false
            } else {
                isInCrowd[index] = best != nil
            }
        }
    }

    /// The free object of its class that a detection overlaps most, else a crowd that it lies in.
    private func nearest<Shape: EvaluatedShape>(
        _ detection: FoundObject<Shape>, among truths: [MarkedObject<Shape>]
    ) -> Int? {
        var best: (index: Int, overlap: Double)?
        for (index, truth) in truths.enumerated() where truth.label == detection.label {
            guard truth.isCrowd || isMissed[index] else { continue }
            let overlap = detection.shape.overlap(with: truth.shape, isCrowd: truth.isCrowd)
            guard overlap >= 0.5 else { continue }
            if let known = best {
                let isCrowdier = truth.isCrowd && !truths[known.index].isCrowd
                let isFirstObject = !truth.isCrowd && truths[known.index].isCrowd
                guard !isCrowdier, isFirstObject || overlap >= known.overlap else { continue }
            }
            best = (index, overlap)
        }
        return best?.index
    }
}
