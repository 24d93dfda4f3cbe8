import ApusVision

/// A table with one row a label: `filename,label,split` where images are labelled as wholes, with `width,height` and
/// the edges of a box where there are boxes; `images/SPLIT/NAME` beside it.
final class CSVWriter: DatasetWriter {
    let naming = OutputNaming(ignoresExtension: false)
    private let folder: String
    private let classes: [AnnotationClass]
    private let hasBoxes: Bool
    private let hasSplits: Bool
    private let file: OutputFile

    init(folder: String, classes: [AnnotationClass], survey: DatasetSurvey) throws(DatasetError) {
        (self.folder, self.classes) = (folder, classes)
        hasBoxes = survey.wholeImageLabels < survey.annotations
        hasSplits = !survey.declaredSplits.isEmpty
        file = try OutputFile(folder + "/labels.csv")
        try file.write(
            CSVTable.line(
                ["filename"] + (hasBoxes ? ["width", "height"] : []) + ["label"]
                    + (hasBoxes ? ["xmin", "ymin", "xmax", "ymax"] : []) + (hasSplits ? ["split"] : [])))
    }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        if image.id != nil { losses.add(.imageID, image.sourceName) }
        for annotation in image.annotations {
            count(annotation, image.sourceName, &losses)
            try file.write(row(image, annotation))
        }
        if image.annotations.isEmpty { try file.write(row(image, nil)) }
        return true
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        try file.close()
        try ClassList.write(classes.map(\.name), to: folder, losses: &losses)
        for kind in classes where kind.hasDetails { losses.add(.classDetails, kind.name) }
    }

    private func row(_ image: OutputImage, _ annotation: Annotation?) -> String {
        let path = imagePath(image.name, split: image.split) ?? image.name
        let size = hasBoxes ? ["\(image.size.width)", "\(image.size.height)"] : []
        let label = annotation.map { classes[$0.label].name } ?? ""
        var edges = [String](repeating: "", count: hasBoxes ? 4 : 0)
        if hasBoxes, let annotation, !annotation.isWholeImage {
            edges = annotation.bounds(in: image.size).edges.map(pixelText)
        }
        return CSVTable.line([path] + size + [label] + edges + (hasSplits ? [image.split?.rawValue ?? ""] : []))
    }

    private func count(_ annotation: Annotation, _ image: String, _ losses: inout LossLedger) {
        losses.add(annotation.flags, image)
        if annotation.id != nil { losses.add(.annotationID, image) }
        if annotation.pose != nil { losses.add(.pose, image) }
        if annotation.rotatedBox != nil { losses.add(.rotatedBox, image) }
        if !annotation.keypoints.isEmpty { losses.add(.keypoints, image) }
        if let region = annotation.region { losses.add(region.isMask ? .mask : .outline, image) }
    }
}
