import ApusAugmentation
import ApusCore
import ApusVision

/// Pascal VOC: `Annotations/ID.xml`, `JPEGImages/ID.jpg` and `ImageSets/Main/SPLIT.txt`.
///
/// Edges are written as they stand, without the offset of 1 of the first VOC files; rotated boxes as `robndbox`.
final class VOCWriter: DatasetWriter {
    let naming = OutputNaming(isFlat: true, isSharedBySplits: true)
    private let folder: String
    private let classes: [AnnotationClass]
    private var sets: [Split: OutputFile] = [:]

    init(folder: String, classes: [AnnotationClass]) { (self.folder, self.classes) = (folder, classes) }

    func imagePath(_ name: String, split: Split?) -> String? { "JPEGImages/" + name }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        let id = stem(of: image.name)
        if image.id != nil { losses.add(.imageID, image.sourceName) }
        for annotation in image.annotations { count(annotation, image.sourceName, &losses) }
        try writeText(text(image), to: "\(folder)/Annotations/\(id).xml")
        if let split = image.split { try set(of: split).write(id + "\n") }
        return true
    }

    private func set(of split: Split) throws(DatasetError) -> OutputFile {
        if let file = sets[split] { return file }
        let file = try OutputFile("\(folder)/ImageSets/Main/\(split.rawValue).txt")
        sets[split] = file
        return file
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        for file in sets.values { try file.close() }
        try ClassList.write(classes.map(\.name), to: folder, losses: &losses)
        for kind in classes where kind.hasDetails { losses.add(.classDetails, kind.name) }
    }

    private func count(_ annotation: Annotation, _ image: String, _ losses: inout LossLedger) {
        losses.add(annotation.flags.intersection(.crowd), image)
        if annotation.id != nil { losses.add(.annotationID, image) }
        if !annotation.keypoints.isEmpty { losses.add(.keypoints, image) }
        if let region = annotation.region { losses.add(region.isMask ? .mask : .outline, image) }
        if annotation.isWholeImage { losses.add(.wholeImageLabel, image) }
        if annotation.box != nil && annotation.rotatedBox != nil { losses.add(.box, image) }
    }

    private func text(_ image: OutputImage) -> String {
        var lines = [
            "<annotation>", "  <filename>\(escaped(image.name))</filename>",
            "  <size><width>\(image.size.width)</width><height>\(image.size.height)</height><depth>3</depth></size>",
        ]
        for annotation in image.annotations { lines += object(annotation, size: image.size) }
        return (lines + ["</annotation>", ""]).joined(separator: "\n")
    }

    private func object(_ annotation: Annotation, size: ImageSize) -> [String] {
        var lines = ["  <object>", "    <name>\(escaped(classes[annotation.label].name))</name>"]
        if let pose = annotation.pose { lines.append("    <pose>\(escaped(pose))</pose>") }
        for (name, flag) in VOCFile.Object.flags {
            lines.append("    <\(name)>\(annotation.flags.contains(flag) ? 1 : 0)</\(name)>")
        }
        if let box = annotation.rotatedBox {
            let values = zip(
                ["cx", "cy", "w", "h", "angle"], [box.center.x, box.center.y, box.size.x, box.size.y, box.angle])
            lines.append("    <robndbox>\(values.map { "<\($0)>\(fractionText($1))</\($0)>" }.joined())</robndbox>")
        } else {
            let values = zip(["xmin", "ymin", "xmax", "ymax"], annotation.bounds(in: size).edges)
            lines.append("    <bndbox>\(values.map { "<\($0)>\(pixelText($1))</\($0)>" }.joined())</bndbox>")
        }
        return lines + ["  </object>"]
    }
}

extension AnnotationClass {
    /// Whether more is known of it than its name.
    var hasDetails: Bool { id != nil || group != nil || !keypoints.isEmpty || !skeleton.isEmpty || !mirrored.isEmpty }
}
