import ApusCore
import ApusVision
import CApusHDF5

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
    public var imageCount: Int { columns.width.count }
    public var boxCount: Int { columns.label.count }

    let columns: PreparedColumns
    private let indicesBySplit: [Split: [Int]]

    /// Opens a prepared file and checks its header, sizes and order; `verify()` checks every byte.
    public init(path: String) throws(DatasetError) {
        let (header, columns) = try PreparedColumns.open(path)
        self.path = path
        (id, digest, name, classNames) = (header.id, header.digest, header.name, header.classNames)
        recipe = header.recipe
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

    /// The JPEG or PNG file as it came; valid for as long as this dataset lives.
    public func encodedImage(_ index: Int) -> UnsafeRawBufferPointer {
        columns.data.bytes(columns.dataRange(index))
    }

    /// Decodes an image to RGB.
    public func image(_ index: Int) throws(DatasetError) -> Image {
        do {
            return try Image(decoding: encodedImage(index), name: columns.imageName(index))
        } catch {
            throw .undecodableImage(path: path, image: columns.imageName(index), reason: "\(error)")
        }
    }

    /// Hashes every image and label and compares with what the file says of itself.
    ///
    /// - Throws: `DatasetError.damaged`, naming the first image that differs.
    public func verify(threads: Int = availableCores) throws(DatasetError) {
        let wrong = Mutex<[Int]>([])
        parallelFor(imageCount, threads: threads) { index in
            let hash = ContentHash(of: self.encodedImage(index))
            if hash != self.columns.contentHash(index) { wrong.withLock { $0.append(index) } }
        }
        if let first = wrong.withLock({ $0.min() }) {
            throw .damaged(path: path, reason: "image \(columns.imageName(first)) does not match its hash")
        }
        guard computedDigest() == digest else {
            throw .damaged(path: path, reason: "the labels or the recipe do not match the digest")
        }
    }

    private func computedDigest() -> String {
        var hasher = VersionDigest(name: name, classNames: classNames, recipe: recipe)
        for index in 0..<imageCount {
            hasher.add(record(index), contentHash: columns.contentHash(index))
        }
        return hasher.finalize()
    }
}
