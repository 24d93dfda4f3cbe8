import ApusVision

/// DeepLabCut's tables: `SPLIT.csv`, or `CollectedData.csv` where there are no splits, with `images/SPLIT/NAME`.
final class KeypointWriter: DatasetWriter {
    let naming = OutputNaming(ignoresExtension: false)
    private let folder: String
    private let classes: [AnnotationClass]
    private let bodyparts: [String]
    private let individualCount: Int
    private var files: [Split?: OutputFile] = [:]

    init(folder: String, classes: [AnnotationClass], survey: DatasetSurvey) throws(DatasetError) {
        guard survey.keypointCount > 0 else {
            throw .unwritable(path: folder, reason: "no object of the source has keypoints")
        }
        (self.folder, self.classes) = (folder, classes)
        individualCount = max(1, survey.individualCount)
        let names = classes.first { $0.keypoints.count == survey.keypointCount }?.keypoints ?? []
        bodyparts = names.isEmpty ? (0..<survey.keypointCount).map { "point\($0 + 1)" } : names
    }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        let file = try file(for: image.split)
        if image.id != nil { losses.add(.imageID, image.sourceName) }
        for annotation in image.annotations { count(annotation, image.sourceName, &losses) }
        let animals = image.annotations.filter { !$0.keypoints.isEmpty }
        let cells = (0..<individualCount).flatMap { index in
            self.cells(of: index < animals.count ? animals[index].keypoints : [])
        }
        try file.write(CSVTable.line([imagePath(image.name, split: image.split) ?? image.name] + cells))
        return true
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        if files.isEmpty { _ = try file(for: nil) }
        for file in files.values { try file.close() }
        if classes.count == 1, classes[0].name != KeypointSource.usualName {
            try ClassList.write([classes[0].name], to: folder, losses: &losses)
        }
        for kind in classes where kind.id != nil || kind.group != nil || !kind.skeleton.isEmpty {
            losses.add(.classDetails, kind.name)
        }
    }

    private func cells(of points: [Landmark]) -> [String] {
        bodyparts.indices.flatMap { index in
            guard points.indices.contains(index), points[index].visibility != .absent else { return ["", ""] }
            return [pixelText(points[index].position.x), pixelText(points[index].position.y)]
        }
    }

    private func file(for split: Split?) throws(DatasetError) -> OutputFile {
        if let file = files[split] { return file }
        let file = try OutputFile("\(folder)/\(split?.rawValue ?? "CollectedData").csv")
        files[split] = file
        let count = individualCount * bodyparts.count
        try file.write(CSVTable.line(["scorer"] + [String](repeating: "apus", count: 2 * count)))
        if individualCount > 1 {
            let names = (1...individualCount).flatMap {
                [String](repeating: "individual\($0)", count: 2 * bodyparts.count)
            }
            try file.write(CSVTable.line(["individuals"] + names))
        }
        let parts = bodyparts.flatMap { [$0, $0] }
        try file.write(CSVTable.line(["bodyparts"] + (0..<individualCount).flatMap { _ in parts }))
        try file.write(CSVTable.line(["coords"] + (0..<count).flatMap { _ in ["x", "y"] }))
        return file
    }

    private func count(_ annotation: Annotation, _ image: String, _ losses: inout LossLedger) {
        losses.add(annotation.flags, image)
        if annotation.id != nil { losses.add(.annotationID, image) }
        if annotation.pose != nil { losses.add(.pose, image) }
        if annotation.box != nil { losses.add(.box, image) }
        if annotation.rotatedBox != nil { losses.add(.rotatedBox, image) }
        if let region = annotation.region { losses.add(region.isMask ? .mask : .outline, image) }
        if annotation.keypoints.isEmpty {
            losses.add(.missingKeypoints, image)
        } else if classes.count > 1 {
            losses.add(.className, image)
        }
        losses.add(.visibility, image, count: annotation.keypoints.count { $0.visibility == .occluded })
    }
}
