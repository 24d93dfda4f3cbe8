import ApusAugmentation
import ApusVision

/// MNIST's binary arrays: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, the same for `t10k` and `val`.
///
/// Images become grey; those of another size than the first, and those without a label, are left out.
final class IDXWriter: DatasetWriter {
    let naming = OutputNaming()
    private let folder: String
    private let classes: [AnnotationClass]
    private var parts: [Split: Part] = [:]
    private var size: ImageSize?

    private struct Part {
        var images, labels: OutputFile
        var count = 0
    }

    init(folder: String, classes: [AnnotationClass]) throws(DatasetError) {
        (self.folder, self.classes) = (folder, classes)
        guard classes.count <= 256 else {
            throw .unwritable(path: folder, reason: "\(classes.count) classes, IDX labels hold 256")
        }
    }

    func imagePath(_ name: String, split: Split?) -> String? { nil }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        guard let first = image.annotations.first else { return leaveOut(.unlabelledImage, image, &losses) }
        guard image.size == size ?? image.size else { return leaveOut(.imageOfOtherSize, image, &losses) }
        guard let pixels = pixels() else { return leaveOut(.missingImage, image, &losses) }
        size = image.size
        if image.split == nil { losses.add(.split, image.sourceName) }
        if image.id != nil { losses.add(.imageID, image.sourceName) }
        losses.add(.renamedImage, image.sourceName)
        losses.addAllButLabels(of: image)
        losses.add(.secondLabel, image.sourceName, count: image.annotations.count { $0.label != first.label })
        let (grey, isGrey) = pixels.greyLevels
        if !isGrey { losses.add(.colour, image.sourceName) }
        var part = try part(for: image.split ?? .train)
        try part.images.write(grey)
        try part.labels.write([UInt8(first.label)])
        part.count += 1
        parts[image.split ?? .train] = part
        return true
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        for part in parts.values {
            let size = size ?? ImageSize(square: 0)
            try part.images.overwrite(Self.header([part.count, size.height, size.width]), at: 0)
            try part.labels.overwrite(Self.header([part.count]), at: 0)
            try part.images.close()
            try part.labels.close()
        }
        try ClassList.write(classes.map(\.name), to: folder, losses: &losses)
        for kind in classes where kind.hasDetails { losses.add(.classDetails, kind.name) }
    }

    private func leaveOut(_ kind: ConversionLoss.Kind, _ image: OutputImage, _ losses: inout LossLedger) -> Bool {
        losses.add(kind, image.sourceName)
        return false
    }

    private func part(for split: Split) throws(DatasetError) -> Part {
        if let part = parts[split] { return part }
        let prefix = folder + "/" + (split == .test ? "t10k" : split.rawValue)
        let part = Part(
            images: try OutputFile(prefix + "-images-idx3-ubyte"), labels: try OutputFile(prefix + "-labels-idx1-ubyte")
        )
        try part.images.write(Self.header([0, 0, 0]))
        try part.labels.write(Self.header([0]))
        return part
    }

    private static func header(_ dimensions: [Int]) -> [UInt8] {
        [0, 0, 8, UInt8(dimensions.count)]
            + dimensions.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) } }
    }
}

extension Image {
    /// One byte a pixel (BT.601), and whether the image was grey already.
    var greyLevels: ([UInt8], isGrey: Bool) {
        guard channels >= 3 else { return (pixels, true) }
        var isGrey = true
        let levels = (0..<width * height).map { index in
            let start = index * channels
            let (red, green, blue) = (Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]))
            isGrey = isGrey && red == green && green == blue
            return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
        }
        return (levels, isGrey)
    }
}
