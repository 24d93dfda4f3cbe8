import ApusVision

/// One folder of images a class: `SPLIT/CLASS/NAME`, or `CLASS/NAME` where there are no splits.
final class FolderWriter: DatasetWriter {
    let naming = OutputNaming(ignoresExtension: false)
    private let folder: String
    private let classes: [AnnotationClass]

    init(folder: String, classes: [AnnotationClass]) { (self.folder, self.classes) = (folder, classes) }

    /// The class folder is part of the name.
    func imagePath(_ name: String, split: Split?) -> String? { (split.map { $0.rawValue + "/" } ?? "") + name }

    /// The name that an image gets: below its class's folder, unless it is there already.
    static func name(_ name: String, annotations: [Annotation], classes: [AnnotationClass]) -> String {
        guard let first = annotations.first else { return name }
        let folder = folderName(classes[first.label].name) + "/"
        return name.hasPrefix(folder) ? name : folder + name
    }

    /// A class's name without what would lead elsewhere.
    static func folderName(_ name: String) -> String {
        let clean = String(name.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
        return clean.hasPrefix(".") ? "_" + clean : clean
    }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        guard let first = image.annotations.first else {
            losses.add(.unlabelledImage, image.sourceName)
            return false
        }
        if image.id != nil { losses.add(.imageID, image.sourceName) }
        losses.addAllButLabels(of: image)
        losses.add(.secondLabel, image.sourceName, count: image.annotations.count { $0.label != first.label })
        return true
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        let names = classes.map { Self.folderName($0.name) }
        for (kind, name) in zip(classes, names) where kind.name != name { losses.add(.className, kind.name) }
        try ClassList.write(names, to: folder, losses: &losses)
        for kind in classes where kind.hasDetails { losses.add(.classDetails, kind.name) }
    }
}

extension LossLedger {
    /// Counts all that an image-level class leaves out.
    mutating func addAllButLabels(of image: OutputImage) {
        for annotation in image.annotations {
            add(annotation.flags, image.sourceName)
            if annotation.box != nil { add(.box, image.sourceName) }
            if annotation.rotatedBox != nil { add(.rotatedBox, image.sourceName) }
            if let region = annotation.region { add(region.isMask ? .mask : .outline, image.sourceName) }
            if !annotation.keypoints.isEmpty { add(.keypoints, image.sourceName) }
            if annotation.pose != nil { add(.pose, image.sourceName) }
            if annotation.id != nil { add(.annotationID, image.sourceName) }
        }
    }
}
