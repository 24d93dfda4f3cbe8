import ApusAugmentation
import ApusCore
import ApusVision

extension VersionCatalog {
    /// Writes a version's images and labels as the files of a format, into a new folder that is there whole or not at
    /// all.
    ///
    /// Files come back byte for byte, kept pixels as PNG at the size they are kept at. What the format cannot hold is
    /// counted in the result. A damaged version is not restored: nothing would say which of its files are good.
    public func restore(
        _ name: String, to format: SourceFormat, output: String, threads: Int = availableCores,
        progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> ConversionResult {
        let dataset = try open(name)
        try dataset.verify(threads: threads)
        return try DatasetConversion.write(
            dataset.listing, to: format, output: output, threads: threads, progress: progress)
    }
}

extension PreparedDataset {
    /// What a source of the same images and labels would list.
    var listing: SourceListing {
        SourceListing(classes: classes, samples: (0..<imageCount).map(sample), faults: [])
    }

    private func sample(_ index: Int) -> SourceSample {
        let (name, isEncoded) = (columns.imageName(index), form == .encoded)
        return SourceSample(
            name: isEncoded ? name : stem(of: name) + ".png",
            content: .generated {
                let bytes = isEncoded ? Array(self.storedImage(index)) : (try? self.image(index).pngData()) ?? []
                return GeneratedSample(
                    bytes: bytes, labels: SourceLabels(annotations: self.storedAnnotations(index)))
            },
            split: Split(code: columns.split[index]), declaredSize: storedSize(index), labelFile: name)
    }

    /// In the pixels of the image as it is kept.
    private func storedAnnotations(_ index: Int) -> [Annotation] {
        let (record, size) = (record(index), storedSize(index))
        guard (size.width, size.height) != (record.width, record.height) else { return annotations(index) }
        let scale = Point(Double(size.width) / Double(record.width), Double(size.height) / Double(record.height))
        return annotations(index).map { $0.scaled(by: scale) }
    }
}

extension Annotation {
    /// The annotation of an image that was resized; a mask becomes its outline.
    func scaled(by scale: Point) -> Annotation {
        var result = self
        result.box = box.map {
            AnnotatedBox(
                minX: $0.minX * scale.x, minY: $0.minY * scale.y, maxX: $0.maxX * scale.x, maxY: $0.maxY * scale.y)
        }
        result.rotatedBox = rotatedBox.flatMap { TurnedBox(corners: $0.corners.map { $0 * scale }) }
        result.region = region.map { .polygons($0.outline.map { part in part.map { $0 * scale } }) }
        result.keypoints = keypoints.map { Landmark($0.position * scale, visibility: $0.visibility) }
        return result
    }
}
