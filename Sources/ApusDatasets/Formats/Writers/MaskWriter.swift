import ApusAugmentation
import ApusVision

/// Semantic masks: `images/SPLIT/NAME`, `masks/SPLIT/NAME.png` with a palette, and `classes.csv`.
final class MaskWriter: DatasetWriter {
    let naming = OutputNaming()
    private let folder: String
    private let classes: [AnnotationClass]
    /// The value of each class.
    private let values: [UInt8]

    /// Values that masks hold beside 0, the background.
    private static let limit = 255

    init(folder: String, classes: [AnnotationClass]) throws(DatasetError) {
        (self.folder, self.classes) = (folder, classes)
        guard classes.count <= Self.limit else {
            throw .unwritable(path: folder, reason: "\(classes.count) classes, a mask holds \(Self.limit)")
        }
        let ids = classes.compactMap(\.id)
        let areUsable = Set(ids).count == classes.count && ids.allSatisfy { (1...Self.limit).contains($0) }
        values = areUsable ? ids.map { UInt8($0) } : classes.indices.map { UInt8($0 + 1) }
    }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        if image.id != nil { losses.add(.imageID, image.sourceName) }
        var canvas = IndexImage(
            width: image.size.width, height: image.size.height,
            indices: [UInt8](repeating: 0, count: image.size.width * image.size.height))
        var seen = Set<Int>()
        for annotation in image.annotations {
            count(annotation, image.sourceName, &losses)
            guard let region = annotation.region ?? annotation.rotatedBox.map({ .polygons([$0.corners]) }) else {
                continue
            }
            if !seen.insert(annotation.label).inserted { losses.add(.mergedObject, image.sourceName) }
            let covered = canvas.paint(region.mask(size: image.size), values[annotation.label])
            if covered { losses.add(.coveredPixels, image.sourceName) }
        }
        let path = "\(folder)/masks/\(image.split.map { $0.rawValue + "/" } ?? "")\(stem(of: image.name)).png"
        let file = try OutputFile(path)
        try file.write(canvas.pngData(palette: palette))
        try file.close()
        return true
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        let rows = zip(values, classes).map { CSVTable.line(["\($0)", $1.name]) }
        try writeText((["value,name\n"] + rows).joined(), to: "\(folder)/\(MaskLegend.fileName)")
        for kind in classes where kind.group != nil || !kind.keypoints.isEmpty || !kind.mirrored.isEmpty {
            losses.add(.classDetails, kind.name)
        }
    }

    private var palette: [Color] {
        var colors = [Color](repeating: .black, count: 256)
        for (index, value) in values.enumerated() { colors[Int(value)] = .palette(index) }
        return colors
    }

    private func count(_ annotation: Annotation, _ image: String, _ losses: inout LossLedger) {
        losses.add(annotation.flags, image)
        if annotation.id != nil { losses.add(.annotationID, image) }
        if annotation.pose != nil { losses.add(.pose, image) }
        if !annotation.keypoints.isEmpty { losses.add(.keypoints, image) }
        switch annotation.region {
        case .polygons: losses.add(.outlineAsMask, image)
        case .mask: break
        case nil where annotation.rotatedBox != nil: losses.add(.outlineAsMask, image)
        case nil: losses.add(annotation.isWholeImage ? .secondLabel : .box, image)
        }
        if annotation.region != nil && annotation.rotatedBox != nil { losses.add(.rotatedBox, image) }
        let hull = annotation.region?.bounds ?? annotation.rotatedBox.flatMap { AnnotatedBox(around: $0.corners) }
        if let box = annotation.box, let hull, !box.isNear(hull) { losses.add(.looseBox, image) }
    }
}

extension IndexImage {
    /// Gives the pixels of a mask a value; true where some had another class's.
    fileprivate mutating func paint(_ mask: RunLengthMask, _ value: UInt8) -> Bool {
        var covered = false
        var position = 0
        for (index, count) in mask.counts.enumerated() {
            if index % 2 == 1 {
                for pixel in position..<position + count {
                    let place = pixel % height * width + pixel / height
                    covered = covered || (indices[place] != 0 && indices[place] != value)
                    indices[place] = value
                }
            }
            position += count
        }
        return covered
    }
}
