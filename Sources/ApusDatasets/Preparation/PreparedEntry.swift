import ApusVision

/// A sample that goes into a prepared version: what is large about it lies elsewhere.
struct PreparedEntry: Sendable {
    /// Where the image's bytes are.
    enum Content: Sendable {
        case file(String)
        /// What a recipe made.
        case spilled(SpillFile.Place)
    }

    var name: String
    /// The image that it was cut from, where it is a part of one.
    var origin: String?
    /// What the source says; `nil` where it says nothing.
    var declaredSplit: Split?
    var split = Split.train
    var width: Int
    var height: Int
    var hash: ContentHash
    var byteCount: Int
    var content: Content
    /// Of its `LabelBlock`.
    var labels: SpillFile.Place

    init(_ sample: SourceSample, _ image: CheckedImage, content: Content, labels: SpillFile.Place) {
        (name, origin, declaredSplit, split) = (sample.name, sample.origin, sample.split, sample.split ?? .train)
        (width, height, hash, byteCount) = (image.width, image.height, image.hash, image.byteCount)
        (self.content, self.labels) = (content, labels)
    }
}

extension SpillFile {
    func block(of entry: PreparedEntry) throws(DatasetError) -> LabelBlock { LabelBlock(bytes: try read(entry.labels)) }
}

extension PreparedHeader {
    /// The header with the digest, and so the id, of a version of these entries.
    func named(by entries: [PreparedEntry], in spill: SpillFile) throws(DatasetError) -> PreparedHeader {
        var digest = VersionDigest(self)
        for entry in entries {
            let block = try spill.block(of: entry)
            let record = PreparedDataset.Record(
                name: entry.name, split: entry.split, width: entry.width, height: entry.height, boxes: block.boxes)
            digest.add(record, annotations: block.annotations, contentHash: entry.hash)
        }
        var header = self
        header.digest = digest.finalize()
        header.id = String(header.digest.prefix(16))
        return header
    }
}
