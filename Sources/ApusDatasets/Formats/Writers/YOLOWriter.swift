import ApusAugmentation
import ApusConfiguration
import ApusCore
import ApusVision

/// YOLO's text labels: `images/SPLIT/NAME`, `labels/SPLIT/NAME.txt` and `data.yaml`.
///
/// One task for the whole dataset: pose where objects have keypoints, else segment where they have outlines, else
/// detect.
final class YOLOWriter: DatasetWriter {
    let naming = OutputNaming()
    private let folder: String
    private let classes: [AnnotationClass]
    private let survey: DatasetSurvey
    private let task: Task
    private var splits = Set<Split>()

    private enum Task { case detect, segment, pose }

    init(folder: String, classes: [AnnotationClass], survey: DatasetSurvey) {
        (self.folder, self.classes, self.survey) = (folder, classes, survey)
        task = survey.keypointSets > 0 ? .pose : survey.regions + survey.rotatedBoxes > 0 ? .segment : .detect
    }

    func imagePath(_ name: String, split: Split?) -> String? { "images/\((split ?? .train).rawValue)/\(name)" }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        if image.split == nil { losses.add(.split, image.sourceName) }
        if image.id != nil { losses.add(.imageID, image.sourceName) }
        splits.insert(image.split ?? .train)
        let rows = image.annotations.map { row($0, image: image, losses: &losses) }
        let path = "\(folder)/labels/\((image.split ?? .train).rawValue)/\(stem(of: image.name)).txt"
        try writeText(rows.joined(), to: path)
        return true
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        for kind in classes where kind.id != nil || kind.group != nil || !kind.skeleton.isEmpty {
            losses.add(.classDetails, kind.name)
        }
        // Without `path:` folders are beside this file; other readers take a relative one from their working folder.
        var text = ""
        for split in Split.allCases where splits.contains(split) {
            text += "\(split.rawValue): images/\(split.rawValue)\n"
        }
        text += "nc: \(classes.count)\nnames:\n"
        for (index, kind) in classes.enumerated() { text += "  \(index): \(YAMLWriter.quoted(kind.name))\n" }
        if task == .pose { text += keypointSettings }
        try writeText(text, to: folder + "/data.yaml")
    }

    private var keypointSettings: String {
        var text = "kpt_shape: [\(survey.keypointCount), 3]\n"
        let mirrored = classes.lazy.map(\.mirrored).first { $0.count == self.survey.keypointCount }
        if let mirrored { text += "flip_idx: [\(mirrored.map(String.init).joined(separator: ", "))]\n" }
        let named = classes.enumerated().filter { !$0.element.keypoints.isEmpty }
        if !named.isEmpty { text += "kpt_names:\n" }
        for (index, kind) in named {
            text += "  \(index): [\(kind.keypoints.map(YAMLWriter.quoted).joined(separator: ", "))]\n"
        }
        return text
    }
}

// MARK: - Rows

extension YOLOWriter {
    private func row(_ annotation: Annotation, image: OutputImage, losses: inout LossLedger) -> String {
        losses.add(annotation.flags, image.sourceName)
        if annotation.pose != nil { losses.add(.pose, image.sourceName) }
        if annotation.id != nil { losses.add(.annotationID, image.sourceName) }
        if annotation.isWholeImage { losses.add(.wholeImageLabel, image.sourceName) }
        if annotation.rotatedBox != nil { losses.add(.rotatedBox, image.sourceName) }
        let scale = Point(Double(image.size.width), Double(image.size.height))
        var values: [String]
        if task == .segment, let outline = outline(of: annotation, image: image, losses: &losses) {
            values = outline.flatMap { [fractionText($0.x / scale.x), fractionText($0.y / scale.y)] }
        } else {
            values = box(annotation.bounds(in: image.size), scale: scale)
            if let region = annotation.region { losses.add(region.isMask ? .mask : .outline, image.sourceName) }
        }
        if task == .pose { values += keypoints(of: annotation, scale: scale) }
        return ([String(annotation.label)] + values).joined(separator: " ") + "\n"
    }

    private func box(_ box: AnnotatedBox, scale: Point) -> [String] {
        [
            (box.minX + box.maxX) / 2 / scale.x, (box.minY + box.maxY) / 2 / scale.y, box.width / scale.x,
            box.height / scale.y,
        ].map(fractionText)
    }

    /// Points beyond those of the object are absent.
    private func keypoints(of annotation: Annotation, scale: Point) -> [String] {
        (0..<survey.keypointCount).flatMap { index in
            guard annotation.keypoints.indices.contains(index) else { return ["0", "0", "0"] }
            let point = annotation.keypoints[index]
            return [
                fractionText(point.position.x / scale.x), fractionText(point.position.y / scale.y),
                "\(point.visibility.rawValue)",
            ]
        }
    }

    /// One polygon; `nil` where the object has a box only.
    private func outline(of annotation: Annotation, image: OutputImage, losses: inout LossLedger) -> [Point]? {
        guard let region = annotation.region else { return annotation.rotatedBox?.corners }
        let parts: [[Point]]
        switch region {
        case .polygons(let polygons): parts = polygons
        case .mask(let mask):
            parts = MaskOutline.polygons(of: mask.mask)
            losses.add(.maskAsOutline, image.sourceName)
        }
        if parts.count > 1, !region.isMask { losses.add(.joinedParts, image.sourceName) }
        if let box = annotation.box, let hull = region.bounds, !box.isNear(hull) {
            losses.add(.looseBox, image.sourceName)
        }
        let joined = MaskOutline.joined(parts)
        return joined.count >= 3 ? joined : nil
    }
}

extension Region {
    var isMask: Bool { if case .mask = self { true } else { false } }
}

extension AnnotatedBox {
    /// Whether no edge is more than a pixel away.
    func isNear(_ other: AnnotatedBox) -> Bool { zip(edges, other.edges).allSatisfy { abs($0 - $1) <= 1 } }
}

/// Writes a text file and the folders above it.
func writeText(_ text: String, to path: String) throws(DatasetError) {
    let file = try OutputFile(path)
    try file.write(text)
    try file.close()
}
