import ApusCore
import Glibc

/// The prepared versions of one dataset, and the packs of images that they share.
public struct VersionCatalog: Sendable {
    /// What is known of a version without reading its images.
    public struct Entry: Codable, Hashable, Sendable {
        public var id: String
        /// When it was written, in seconds since 1970.
        public var time: Int
        /// Whether it was prepared last.
        public var isLatest = false
        public var images = 0
        public var boxes = 0
        public var classes: [String] = []
        /// Images by the names train, val and test.
        public var splits: [String: Int] = [:]
        /// `encoded`, or `rgb8 SIDE`.
        public var form = ""
        /// Bytes of its labels and manifest, which it shares with no other version.
        public var ownBytes = 0
        /// Bytes of its images, as they are kept.
        public var imageBytes = 0
        /// Bytes of those of its images that no older version has.
        public var newImageBytes = 0
        /// Why it cannot be opened; the counts are 0 then.
        public var fault: String?
    }

    let folder: PreparedFolder

    /// - Parameter descriptionPath: a dataset.yaml, or a folder of prepared versions.
    public init(_ descriptionPath: String) {
        let isFolder = FileSystem.isFolder(descriptionPath)
        folder = PreparedFolder(
            path: isFolder ? descriptionPath : PreparedFolder.path(ofDescription: descriptionPath))
    }

    public var path: String { folder.path }

    /// The ids of the versions that are there, sorted.
    public var ids: [String] {
        ((try? FileSystem.names(in: folder.path)) ?? []).filter { $0.hasSuffix(".h5") }.map { String($0.dropLast(3)) }
    }

    /// Every version, the oldest first.
    public func entries() -> [Entry] {
        let latest = try? FileSystem.readText(folder.latest).trimmed
        var seen = Set<PackedImage>()
        return ids.map { ($0, time(of: folder.dataset($0))) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map { id, time in
            var entry = Entry(id: id, time: time, isLatest: id == latest)
            entry.ownBytes = [folder.dataset(id), folder.manifest(id)].reduce(0) { $0 + bytes(of: $1) }
            do throws(DatasetError) {
                entry.describe(try PreparedDataset(path: folder.dataset(id)), seen: &seen)
            } catch {
                entry.fault = error.description
            }
            return entry
        }
    }

    /// Bytes of everything in the folder that versions are made of.
    public var totalBytes: Int {
        let store = PackStore(prepared: folder.path)
        let versions = ids.flatMap { [folder.dataset($0), folder.manifest($0)] }
        return (versions + store.ids.map(store.path)).reduce(0) { $0 + bytes(of: $1) }
    }

    /// Opens the version that `name` means: `latest`, an id, or the beginning of exactly one.
    public func open(_ name: String) throws(DatasetError) -> PreparedDataset {
        try PreparedDataset(path: folder.dataset(try id(of: name)))
    }

    /// The id that `name` means.
    public func id(of name: String) throws(DatasetError) -> String {
        let there = ids
        let wanted = name == "latest" ? ((try? FileSystem.readText(folder.latest).trimmed) ?? name) : name
        let matches = there.contains(wanted) ? [wanted] : there.filter { $0.hasPrefix(wanted) && !wanted.isEmpty }
        guard matches.count == 1 else { throw .noVersion(name: name, folder: folder.path, there: there) }
        return matches[0]
    }

    /// The packs that no version needs, and their bytes.
    public func unneededPacks() -> [(path: String, bytes: Int)] {
        let store = PackStore(prepared: folder.path)
        let needed = Set(ids.flatMap { PreparedColumns.packs(ofVersion: folder.dataset($0)) })
        return store.ids.filter { !needed.contains($0) }.map { (store.path($0), bytes(of: store.path($0))) }
    }

    /// Deletes the packs that no version needs, while no preparation is under way; returns the bytes that are free.
    ///
    /// Where a version cannot be opened nothing is deleted: nobody knows what it needs.
    public func removeUnneededPacks() throws(DatasetError) -> Int {
        let lock = FolderLock(folder: folder.path)
        defer { withExtendedLifetime(lock) {} }
        for id in ids { _ = try PreparedDataset(path: folder.dataset(id)) }
        var freed = 0
        for (path, bytes) in unneededPacks() {
            guard unlink(path) == 0 else { throw .file(FileError("delete", path)) }
            freed += bytes
        }
        return freed
    }

    private func bytes(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func time(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mtim.tv_sec : 0
    }
}

/// An image in a pack, whichever version asks.
private struct PackedImage: Hashable {
    var pack: String
    var item: Int
}

extension VersionCatalog.Entry {
    fileprivate mutating func describe(_ dataset: PreparedDataset, seen: inout Set<PackedImage>) {
        (images, boxes, classes) = (dataset.imageCount, dataset.boxCount, dataset.classNames)
        form = dataset.form.text
        for split in Split.allCases { splits[split.rawValue] = dataset.indices(of: split).count }
        for index in 0..<dataset.imageCount {
            let (pack, item) = dataset.columns.place(index)
            let bytes = pack.bytes(item).count
            imageBytes += bytes
            if seen.insert(PackedImage(pack: pack.id, item: item)).inserted { newImageBytes += bytes }
        }
    }
}
