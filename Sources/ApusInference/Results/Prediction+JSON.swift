import ApusVision

/// How masks are written.
public enum MaskForm: String, Sendable, CaseIterable {
    /// COCO's compressed runs: `"segmentation": {"size": [height, width], "counts": "…"}`.
    case rle
    /// `"polygons": [[x0, y0, x1, y1, …], …]`: the outer edges, within half a pixel.
    case polygons
    case both, none

    var hasRuns: Bool { self == .rle || self == .both }
    var hasPolygons: Bool { self == .polygons || self == .both }
}

extension Prediction {
    /// One object: boxes as COCO writes them (x, y, width, height in pixels), categories by index and name, and what
    /// else the model tells of an object.
    ///
    /// - `segmentation`, `polygons`: its mask, as `masks` asks.
    /// - `keypoints`: x, y and visibility (2, or 0 with zeros where the score is below 0.5); `points`: name, x, y and
    ///   score of every point.
    /// - `obb`: centre, size and angle (radians, clockwise as seen); `corners`: four pairs of x and y.
    ///
    /// A classifier gives `classifications`, a segmentation of the whole image `class_map`: the classes that there are,
    /// with their pixels and shares.
    public func json(labels: LabelMap, keypoints: KeypointLayout? = nil, masks: MaskForm = .rle) -> JSONText {
        let writer = PredictionWriter(labels: labels, keypoints: keypoints, masks: masks)
        return .object([
            ("image", .string(image)), ("width", .integer(width)), ("height", .integer(height)), writer.found(result),
            ("milliseconds", .number((milliseconds * 1000).rounded() / 1000)),
        ])
    }
}

private typealias Members = [(key: String, value: JSONText)]

private struct PredictionWriter {
    let labels: LabelMap
    let keypoints: KeypointLayout?
    let masks: MaskForm

    func found(_ result: Prediction.Result) -> (key: String, value: JSONText) {
        switch result {
        case .detections(let all): ("detections", .array(all.map { .object(members($0)) }))
        case .segments(let all): ("detections", .array(all.map { .object(members($0)) }))
        case .poses(let all): ("detections", .array(all.map { .object(members($0)) }))
        case .oriented(let all): ("detections", .array(all.map { .object(members($0)) }))
        case .classifications(let all): ("classifications", .array(all.map { .object(members($0)) }))
        case .classMap(let map): ("class_map", .object([("classes", .array(classes(map)))]))
        }
    }

    private func category(_ label: Int) -> Members {
        [("category_id", .integer(label)), ("category_name", .string(labels.name(of: label)))]
    }

    private func head(_ label: Int, _ box: BoundingBox, _ score: Float) -> Members {
        category(label) + [("bbox", .floats(box.coco)), ("score", .float(score))]
    }

    private func members(_ classification: Classification) -> Members {
        category(classification.label) + [("score", .float(classification.score))]
    }

    private func members(_ detection: Detection) -> Members {
        head(detection.label, detection.box, detection.score)
            + (detection.keypoints.map { [("keypoints", .floats($0.coco))] } ?? [])
    }

    private func members(_ segment: Segment) -> Members {
        var members = head(segment.label, segment.box, segment.score)
        if masks.hasRuns { members.append(("segmentation", segment.mask.runs)) }
        if masks.hasPolygons { members.append(("polygons", segment.mask.polygonText)) }
        return members
    }

    private func members(_ pose: Pose) -> Members {
        let points = pose.points.enumerated().map { index, point in
            JSONText.object([
                ("name", .string(name(index))), ("x", .float(point.x)), ("y", .float(point.y)),
                ("score", .float(point.score)),
            ])
        }
        let seen = pose.points.flatMap { point -> [Float] in
            point.score >= Pose.seenScore ? [point.x, point.y, 2] : [0, 0, 0]
        }
        return head(pose.label, pose.box, pose.score) + [("keypoints", .floats(seen)), ("points", .array(points))]
    }

    private func name(_ point: Int) -> String {
        guard let names = keypoints?.names, names.indices.contains(point) else { return "point \(point)" }
        return names[point]
    }

    private func members(_ found: OrientedDetection) -> Members {
        let box = found.box
        return head(found.label, box.boundingBox, found.score) + [
            (
                "obb",
                .object([
                    ("center", .floats([box.centerX, box.centerY])), ("size", .floats([box.width, box.height])),
                    ("angle", .float(box.angle)),
                ])
            ),
            ("corners", .floats(box.corners.flatMap { [$0.x, $0.y] })),
        ]
    }

    private func classes(_ map: IndexImage) -> [JSONText] {
        let pixels = Double(map.indices.count)
        return map.pixelCounts.enumerated().filter { $1 > 0 }.map { label, count in
            .object(
                category(label) + [
                    ("pixels", .integer(count)), ("share", .number((Double(count) / pixels * 1e6).rounded() / 1e6)),
                ])
        }
    }
}

extension JSONText {
    static func floats(_ values: [Float]) -> JSONText { .array(values.map(JSONText.float)) }
}

extension BoundingBox {
    /// Left, top, width, height.
    var coco: [Float] { [minX, minY, width, height] }
}

extension IndexImage {
    /// How many pixels each index has.
    public var pixelCounts: [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for index in indices { counts[Int(index)] += 1 }
        return counts
    }
}

extension RegionMask {
    /// COCO's compressed runs.
    var runs: JSONText {
        .object([
            ("size", .array([.integer(imageHeight), .integer(imageWidth)])),
            ("counts", .string(RunLengthMask(self).compressed)),
        ])
    }

    /// Within half a pixel: what is closer than that to a straight line has no corners.
    var smoothPolygons: [[SIMD2<Float>]] { polygons(tolerance: 0.5) }

    var polygonText: JSONText { .array(smoothPolygons.map { .floats($0.flatMap { [$0.x, $0.y] }) }) }
}
