import ApusVision

/// Draws what a model says of an image: masks, boxes at their angle, skeletons, classes.
public struct ResultPainter: Sendable {
    private let labels: LabelMap
    private let keypoints: KeypointLayout?
    /// What scores less is left out.
    private let confidence: Float

    /// Small images are enlarged to this.
    private static let side = 512

    public init(labels: LabelMap, keypoints: KeypointLayout?, confidence: Float = 0) {
        (self.labels, self.keypoints, self.confidence) = (labels, keypoints, confidence)
    }

    public func drawing(_ result: Prediction.Result, on image: Image) -> Image {
        switch result {
        case .detections(let all): image.drawing(objects: sure(all, \.score).map(drawn), enlargedTo: Self.side)
        case .segments(let all): image.drawing(objects: drawn(sure(all, \.score)), enlargedTo: Self.side)
        case .poses(let all): image.drawing(objects: sure(all, \.score).map(drawn), enlargedTo: Self.side)
        case .oriented(let all): image.drawing(objects: sure(all, \.score).map(drawn), enlargedTo: Self.side)
        case .classifications(let all): image.drawing(lines: all.map(line), enlargedTo: Self.side)
        case .classMap(let map): legend(map, on: image.drawing(classes: map) { $0 == 0 ? nil : .palette($0) })
        }
    }

    private func sure<Found>(_ all: [Found], _ score: (Found) -> Float) -> [Found] {
        all.filter { score($0) >= confidence }
    }

    private func caption(_ label: Int, _ score: Float) -> String {
        "\(labels.name(of: label)) \(fixed(Double(score), 2))"
    }

    private func drawn(_ detection: Detection) -> DrawnObject {
        var object = DrawnObject(
            detection.box, caption: caption(detection.label, detection.score), color: .palette(detection.label))
        let points = (detection.keypoints?.points ?? []).enumerated().filter { $1.visibility != .absent }
        object.points = points.map { (SIMD2($1.x, $1.y), .palette($0 + 1)) }
        return object
    }

    /// Objects that may overlap: each in a colour of its own where the model has one class.
    private func drawn(_ segments: [Segment]) -> [DrawnObject] {
        segments.enumerated().map { index, segment in
            let color = Color.palette(labels.count == 1 ? index : segment.label)
            var object = DrawnObject(segment.box, caption: caption(segment.label, segment.score), color: color)
            object.mask = segment.mask
            return object
        }
    }

    /// Points and bones of those that the model is sure of.
    private func drawn(_ pose: Pose) -> DrawnObject {
        var object = DrawnObject(pose.box, caption: caption(pose.label, pose.score), color: .palette(pose.label))
        let seen = { (index: Int) in pose.points.indices.contains(index) && pose.points[index].isDrawn }
        let place = { (index: Int) in SIMD2(pose.points[index].x, pose.points[index].y) }
        for (index, bone) in (keypoints?.skeleton ?? []).enumerated() where bone.count == 2 && bone.allSatisfy(seen) {
            object.bones.append((place(bone[0]), place(bone[1]), .palette(index + 1)))
        }
        object.points = pose.points.indices.filter(seen).map { (place($0), .palette($0 + 1)) }
        return object
    }

    private func drawn(_ found: OrientedDetection) -> DrawnObject {
        var object = DrawnObject(
            found.box.boundingBox, caption: caption(found.label, found.score), color: .palette(found.label))
        object.outline = found.box.corners
        return object
    }

    private func line(_ classification: Classification) -> (text: String, share: Float, color: Color) {
        let (label, score) = (classification.label, classification.score)
        return ("\(fixed(Double(score), 2)) \(labels.name(of: label))", score, .palette(label))
    }

    /// The classes there are beside the background, largest first.
    private func legend(_ map: IndexImage, on image: Image) -> Image {
        let total = Double(max(map.indices.count, 1))
        let found = map.pixelCounts.enumerated().filter { $0 > 0 && $1 > 0 }
            .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
        let lines = found.prefix(10).map { label, count in
            let share = fixed(Double(count) / total * 100, 1)
            return (text: "\(share) % \(labels.name(of: label))", share: Float(1), color: Color.palette(label))
        }
        return image.drawing(lines: lines, enlargedTo: Self.side)
    }
}

extension PosePoint {
    /// Surer than not where scores are probabilities, well above nothing where they are not.
    fileprivate var isDrawn: Bool { score >= 0.3 }
}
