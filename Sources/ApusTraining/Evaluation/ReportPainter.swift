import ApusDatasets
import ApusInference
import ApusMetrics
import ApusVision

/// An image with what was found, what is wrong and what was missed, for a report.
struct ReportPainter: Sendable {
    private let dataset: PreparedDataset
    private let keypoints: KeypointLayout?
    /// What scores less is left out.
    private let confidence: Float
    private let sigmas: [Double]

    /// The longer side of a picture, in pixels: a page of 24 stays below 2 MB.
    private static let longestSide = 480

    /// - Throws: `DatasetError` for a dataset whose keypoints have no sigmas.
    init(_ dataset: PreparedDataset, confidence: Float) throws {
        (self.dataset, self.confidence) = (dataset, confidence)
        keypoints = dataset.keypointLayout
        sigmas = keypoints == nil ? [] : try dataset.keypointSigmas()
    }

    func picture(of index: Int, result: Prediction.Result?, caption: String) throws -> ReportImage {
        let record = dataset.record(index)
        let objects = try result.map { try self.objects($0, of: index) } ?? []
        return ReportImage(
            name: record.name, bytes: try dataset.image(index).shrunk(to: Self.longestSide).jpegData(quality: 85),
            width: record.width, height: record.height, objects: objects, caption: caption)
    }

    private func objects(_ result: Prediction.Result, of index: Int) throws -> [ReportObject] {
        switch result {
        case .detections(let all): boxes(sure(all, \.score), index)
        case .segments(let all): try masks(sure(all, \.score), index)
        case .poses(let all): try poses(sure(all, \.score), index)
        case .oriented(let all): rectangles(sure(all, \.score), index)
        case .classifications, .classMap: []
        }
    }

    private func sure<Found>(_ all: [Found], _ score: (Found) -> Float) -> [Found] {
        all.filter { score($0) >= confidence }
    }

    private func name(_ label: Int) -> String {
        dataset.classNames.indices.contains(label) ? dataset.classNames[label] : "class \(label)"
    }

    private func text(_ label: Int, _ score: Float) -> String { "\(name(label)) \(Int((score * 100).rounded())) %" }

    /// A detection as it is to be shown; `nil` for one in a crowd.
    private func found(
        _ place: Int, _ pairing: ObjectPairing, _ box: BoundingBox, _ label: Int, _ score: Float
    ) -> ReportObject? {
        guard !pairing.isInCrowd[place] else { return nil }
        return ReportObject(pairing.objects[place] == nil ? .invented : .found, box: box, text: text(label, score))
    }

    private func boxes(_ detections: [Detection], _ index: Int) -> [ReportObject] {
        let truths = dataset.boxes(index)
        let pairing = ObjectPairing.boxes(truths, detections)
        let shown = detections.enumerated().compactMap { found($0, pairing, $1.box, $1.label, $1.score) }
        let missed = zip(truths, pairing.isMissed).filter(\.1).map {
            ReportObject(.missed, box: $0.0.box, text: name($0.0.label))
        }
        return missed + shown
    }

    private func masks(_ segments: [Segment], _ index: Int) throws -> [ReportObject] {
        let truths = try dataset.labeledMasks(index)
        let pairing = ObjectPairing.masks(truths, try segments.map { try $0.detectedMask })
        let shown = segments.enumerated().compactMap { place, segment -> ReportObject? in
            var object = found(place, pairing, segment.box, segment.label, segment.score)
            object?.outlines = segment.mask.polygons(tolerance: 0.5)
            object?.isFilled = true
            return object
        }
        let outlines = zip(dataset.boxes(index), dataset.annotations(index)).filter { $1.region != nil }.map(
            \.1.outlines)
        let missed = truths.indices.filter { pairing.isMissed[$0] }.map { place -> ReportObject in
            var object = ReportObject(.missed, box: truths[place].box, text: name(truths[place].label))
            (object.outlines, object.isFilled) = (outlines[place], true)
            return object
        }
        return missed + shown
    }

    private func poses(_ poses: [Pose], _ index: Int) throws -> [ReportObject] {
        let truths = dataset.labeledPoses(index)
        let pairing = try ObjectPairing.poses(truths, poses.map(\.detection), sigmas: sigmas)
        let bones = (keypoints?.skeleton ?? []).filter { $0.count == 2 }.map { SIMD2($0[0], $0[1]) }
        let shown = poses.enumerated().compactMap { place, pose -> ReportObject? in
            var object = found(place, pairing, pose.box, pose.label, pose.score)
            object?.points = pose.points.map { SIMD2($0.x, $0.y) }
            object?.bones = bones
            object?.marks = pairing.objects[place].map { truths[$0].marks } ?? []
            return object
        }
        let missed = zip(truths, pairing.isMissed).filter(\.1).map { truth, _ -> ReportObject in
            var object = ReportObject(.missed, box: truth.box, text: name(truth.label))
            object.marks = truth.marks
            return object
        }
        return missed + shown
    }

    private func rectangles(_ found: [OrientedDetection], _ index: Int) -> [ReportObject] {
        let truths = dataset.labeledRectangles(index)
        let pairing = ObjectPairing.rectangles(truths, found.map(\.detectedRectangle))
        let shown = found.enumerated().compactMap { place, detection -> ReportObject? in
            let box = detection.box.boundingBox
            var object = self.found(place, pairing, box, detection.label, detection.score)
            object?.outlines = [detection.box.corners]
            return object
        }
        let missed = zip(truths, pairing.isMissed).filter(\.1).map { truth, _ -> ReportObject in
            let box = truth.rectangle.orientedBox
            var object = ReportObject(.missed, box: box.boundingBox, text: name(truth.label))
            object.outlines = [box.corners]
            return object
        }
        return missed + shown
    }
}

extension LabeledPose {
    fileprivate var marks: [SIMD2<Float>] {
        keypoints.points.filter { $0.visibility != .absent }.map { SIMD2($0.x, $0.y) }
    }
}

extension Annotation {
    /// Of what a person outlined.
    fileprivate var outlines: [[SIMD2<Float>]] {
        switch region {
        case .polygons(let rings): rings.map { ring in ring.map { SIMD2(Float($0.x), Float($0.y)) } }
        case .mask(let mask): RegionMask(mask.mask).polygons(tolerance: 0.5)
        case nil: []
        }
    }
}

extension OrientedRectangle {
    fileprivate var orientedBox: OrientedBox {
        OrientedBox(
            centerX: Float(centerX), centerY: Float(centerY), width: Float(width), height: Float(height),
            angle: Float(angle))
    }
}

extension Image {
    /// The image with a longer side of at most `side` pixels, halved as often as it takes before the last step, so
    /// that no pixel is passed over.
    fileprivate func shrunk(to side: Int) -> Image {
        var image = self
        while max(image.width, image.height) >= 2 * side {
            image = image.resized(width: max(image.width / 2, 1), height: max(image.height / 2, 1))
        }
        let longer = max(image.width, image.height)
        guard longer > side else { return image }
        return image.resized(
            width: max(image.width * side / longer, 1), height: max(image.height * side / longer, 1))
    }
}
