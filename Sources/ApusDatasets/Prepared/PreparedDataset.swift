import ApusAugmentation
import ApusCore
import ApusVision
import FoundationEssentials

/// One version of a dataset, as `apus prepare` wrote it: immutable, and read by any number of threads at once.
///
/// libhdf5 is asked once, on opening, where the columns lie; after that everything is read from a mapping of the
/// file, without a lock.
public final class PreparedDataset: Sendable {
    /// What is known of an image without decoding it.
    public struct Record: Hashable, Sendable {
        /// The name in the source; unique within the dataset.
        public var name: String
        public var split: Split
        /// Pixels, after EXIF orientation.
        public var width: Int
        public var height: Int
        /// In pixels; clipped to the image, never empty.
        public var boxes: [LabeledBox]
    }

    public let path: String
    /// 16 hexadecimal digits that name this version: the beginning of `digest`.
    public let id: String
    /// SHA-256 of everything this version holds, as 64 hexadecimal digits.
    public let digest: String
    public let name: String
    public let classNames: [String]
    /// The recipe it was prepared with, as JSON.
    public let recipe: String
    /// What is kept of each image.
    public let form: ImageForm
    let classDetails: String?
    public var imageCount: Int { columns.width.count }
    public var boxCount: Int { columns.label.count }

    let columns: PreparedColumns
    private let indicesBySplit: [Split: [Int]]

    /// Opens a prepared file and checks its header, sizes and order; `verify()` checks every byte.
    public init(path: String) throws(DatasetError) {
        let (header, columns) = try PreparedColumns.open(path)
        self.path = path
        (id, digest, name, classNames) = (header.id, header.digest, header.name, header.classNames)
        (recipe, classDetails) = (header.recipe, header.classDetails)
        form = columns.packs.first?.form ?? .encoded
        self.columns = columns
        var indices = [Split: [Int]]()
        for index in 0..<columns.width.count {
            if let split = Split(code: columns.split[index]) { indices[split, default: []].append(index) }
        }
        indicesBySplit = indices
    }

    /// The images of a split, ascending; empty where the split has none.
    public func indices(of split: Split) -> [Int] { indicesBySplit[split] ?? [] }

    public func record(_ index: Int) -> Record {
        Record(
            name: columns.imageName(index), split: Split(code: columns.split[index]) ?? .train,
            width: Int(columns.width[index]), height: Int(columns.height[index]), boxes: boxes(index))
    }

    public func boxes(_ index: Int) -> [LabeledBox] { columns.boxRange(index).map(columns.box) }

    /// What is known of each box's object, in the order of the record's boxes: those that were checked, with the
    /// outlines, masks, turned boxes, keypoints and flags of their source.
    public func annotations(_ index: Int) -> [Annotation] { columns.boxRange(index).map(columns.annotation) }

    /// The classes with what is known of them.
    public var classes: [AnnotationClass] {
        let details = classDetails.flatMap { try? JSONDecoder().decode([ClassDetails].self, from: Data($0.utf8)) }
        guard let details, details.count == classNames.count else { return classNames.map { AnnotationClass($0) } }
        return zip(classNames, details).map { $1.described(name: $0) }
    }

    /// The image as it is kept: a JPEG or PNG file, or rows of RGB pixels; valid for as long as this dataset lives.
    public func storedImage(_ index: Int) -> UnsafeRawBufferPointer {
        let place = columns.place(index)
        return place.pack.bytes(place.item)
    }

    /// The extents of `image(index)`: smaller than the record's where the version keeps shrunk pixels.
    public func storedSize(_ index: Int) -> ImageSize {
        let place = columns.place(index)
        return place.pack.size(place.item)
            ?? ImageSize(width: Int(columns.width[index]), height: Int(columns.height[index]))
    }

    /// An image in RGB: decoded, or copied where the version keeps pixels.
    public func image(_ index: Int) throws(DatasetError) -> Image {
        let place = columns.place(index)
        let bytes = place.pack.bytes(place.item)
        if let size = place.pack.size(place.item) {
            return Image(width: size.width, height: size.height, channels: 3, pixels: Array(bytes))
        }
        do {
            return try Image(decoding: bytes, name: columns.imageName(index))
        } catch {
            throw .undecodableImage(path: path, image: columns.imageName(index), reason: "\(error)")
        }
    }

    /// SHA-256 of the file that an image came from, as 64 hexadecimal digits.
    public func imageDigest(_ index: Int) -> String { contentHash(index).hexadecimal }

    func contentHash(_ index: Int) -> ContentHash {
        let place = columns.place(index)
        return place.pack.sourceHash(place.item)
    }

    /// The images whose bytes no longer have their hash, ascending.
    public func damagedImages(threads: Int = availableCores) -> [Int] {
        let wrong = Mutex<[Int]>([])
        parallelFor(imageCount, threads: threads) { index in
            let place = self.columns.place(index)
            if !place.pack.isWhole(place.item) { wrong.withLock { $0.append(index) } }
            place.pack.evict(place.item)
        }
        return wrong.withLock { $0.sorted() }
    }

    /// Hashes every image and label and compares with what the file says of itself.
    ///
    /// - Throws: `DatasetError.damaged`, naming the first image that differs.
    public func verify(threads: Int = availableCores) throws(DatasetError) {
        if let first = damagedImages(threads: threads).first {
            let place = columns.place(first)
            throw .damaged(
                path: place.pack.path, reason: "image \(columns.imageName(first)) does not match its hash")
        }
        try verifyLabels()
    }

    /// The part of `verify` that reads no image: labels, names, recipe, and the packs' lists of hashes.
    public func verifyLabels() throws(DatasetError) {
        if let pack = columns.packs.first(where: { !$0.hasItsDigest }) {
            throw .damaged(path: pack.path, reason: "the hashes of the images do not match the digest")
        }
        guard computedDigest() == digest else {
            throw .damaged(path: path, reason: "the labels or the recipe do not match the digest")
        }
    }

    private func computedDigest() -> String {
        let header = PreparedHeader(
            id: id, digest: digest, name: name, classNames: classNames, classDetails: classDetails, recipe: recipe)
        var hasher = VersionDigest(header)
        for index in 0..<imageCount {
            hasher.add(record(index), annotations: annotations(index), contentHash: contentHash(index))
            if index % 1024 == 1023 { columns.evict() }
        }
        return hasher.finalize()
    }
}
