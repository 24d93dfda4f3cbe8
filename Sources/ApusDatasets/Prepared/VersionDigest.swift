import ApusAugmentation
import ApusVision

/// The digest that names a version: a function of the recipe, the images' contents and the labels, and of nothing
/// else, neither of places nor of times, nor of how the file is laid out.
struct VersionDigest {
    private var hasher = LengthPrefixedHasher()

    /// The first number is that of the digest's rules, not of the file's format.
    init(_ header: PreparedHeader) {
        hasher.add(text: PreparedFormat.name)
        hasher.add(number: 1)
        hasher.add(text: header.name)
        hasher.add(number: header.classNames.count)
        for name in header.classNames { hasher.add(text: name) }
        hasher.add(text: header.recipe)
        if let details = header.classDetails { hasher.add(text: details) }
    }

    /// Images come in the order of the file.
    ///
    /// - Parameter annotations: one for each box of the record.
    mutating func add(_ record: PreparedDataset.Record, annotations: [Annotation], contentHash: ContentHash) {
        hasher.add(text: record.name)
        hasher.add(text: record.split.rawValue)
        hasher.add(bytes: contentHash.bytes)
        for number in [record.width, record.height, record.boxes.count] { hasher.add(number: number) }
        for box in record.boxes { add(box) }
        if !annotations.allSatisfy(\.isPlain) { for annotation in annotations { add(annotation) } }
    }

    /// 64 hexadecimal digits.
    func finalize() -> String { hasher.finalize() }

    private mutating func add(_ box: LabeledBox) {
        for value in [box.box.minX, box.box.minY, box.box.maxX, box.box.maxY] {
            hasher.add(number: Int(value.bitPattern))
        }
        hasher.add(number: box.label)
        hasher.add(number: box.isCrowd ? 1 : 0)
    }

    /// What an annotation has beside its box; each part is preceded by how much of it there is.
    private mutating func add(_ annotation: Annotation) {
        hasher.add(number: Int(annotation.storedFlags))
        hasher.add(number: annotation.rotatedBox == nil ? 0 : 1)
        for number in annotation.rotatedBox?.numbers ?? [] { hasher.add(number: number) }
        add(annotation.region)
        hasher.add(number: annotation.keypoints.count)
        for point in annotation.keypoints {
            add(point.position)
            hasher.add(number: point.visibility.rawValue)
        }
    }

    private mutating func add(_ region: Region?) {
        switch region {
        case nil: hasher.add(number: 0)
        case .polygons(let parts):
            hasher.add(number: parts.count)
            for part in parts {
                hasher.add(number: part.count)
                for point in part { add(point) }
            }
        case .mask(let mask):
            hasher.add(number: -1 - mask.counts.count)
            for number in [mask.width, mask.height] + mask.counts { hasher.add(number: number) }
        }
    }

    private mutating func add(_ point: Point) {
        hasher.add(number: point.x)
        hasher.add(number: point.y)
    }
}
