import ApusCore
import CApusHDF5
import Glibc

/// Writes images that no pack holds yet into new packs, none larger than a limit where it holds more than one image.
struct PackWriter {
    let store: PackStore
    let spill: SpillFile
    let form: ImageForm
    let byteLimit: Int
    let threads: Int

    /// Images are made and written so many bytes at a time.
    private static let chunkBytes = 16 << 20

    private var maker: StoredImageMaker { StoredImageMaker(form: form, spill: spill) }

    func write(_ entries: [PreparedEntry]) throws(DatasetError) -> [ImagePack] {
        var packs = [ImagePack]()
        for part in parts(of: entries, limit: byteLimit) { packs.append(try writePack(part)) }
        return packs
    }

    /// Cuts a list where the next entry would exceed the limit.
    private func parts(of entries: [PreparedEntry], limit: Int) -> [[PreparedEntry]] {
        var (parts, bytes) = ([[PreparedEntry]](), 0)
        for entry in entries {
            let count = maker.byteCount(of: entry)
            if parts.isEmpty || bytes + count > limit {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(entry)
            bytes += count
        }
        return parts
    }

    private func writePack(_ entries: [PreparedEntry]) throws(DatasetError) -> ImagePack {
        do throws(FileError) { try FileSystem.createFolder(store.folder) } catch { throw .file(error) }
        let temporary = "\(store.folder)/pack.\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        do throws(DatasetError) {
            let id = try fill(temporary, with: entries)
            try readBack(temporary)
            do throws(FileError) { try publish(temporary, as: store.path(id)) } catch { throw .file(error) }
            return try ImagePack(path: store.path(id))
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// What a disk did not take must not get a final name.
    private func readBack(_ path: String) throws(DatasetError) {
        let pack = try ImagePack(path: path)
        let isWhole = parallelMap(pack.count, threads: threads) { item in
            defer { pack.evict(item) }
            return pack.isWhole(item)
        }
        guard !isWhole.contains(false), pack.hasItsDigest else {
            throw .unwritable(path: store.folder, reason: "a pack does not read back as it was written")
        }
    }

    /// Writes the pack and returns its id.
    private func fill(_ path: String, with entries: [PreparedEntry]) throws(DatasetError) -> String {
        do throws(WriteFailure) {
            let file = try WriteFailure.wrap { () throws(HDF5Error) in try HDF5File.create(path) }
            try WriteFailure.wrap { () throws(HDF5Error) in try writeColumns(file, entries) }
            let hashes = try writeImages(file, entries)
            let digest = digest(entries, hashes)
            try WriteFailure.wrap { () throws(HDF5Error) in
                try file.column(PackFormat.Path.sha256, APUS_H5_UINT8, hashes.flatMap(\.bytes), width: 32)
                try writeAttributes(file, digest: digest)
                try file.close()
            }
            return String(digest.prefix(16))
        } catch {
            throw error.datasetError(path: store.folder)
        }
    }

    private func digest(_ entries: [PreparedEntry], _ hashes: [ContentHash]) -> String {
        var hasher = PackDigest(form: form)
        for (entry, hash) in zip(entries, hashes) { hasher.add(source: entry.hash, stored: hash) }
        return hasher.finalize()
    }

    private func writeAttributes(_ file: HDF5File, digest: String) throws(HDF5Error) {
        try file.set(PackFormat.Attribute.format, to: PackFormat.name)
        try file.set(PackFormat.Attribute.version, to: PackFormat.version)
        try file.set(PackFormat.Attribute.form, to: form.text)
        try file.set(PackFormat.Attribute.digest, to: digest)
        try file.set(PackFormat.Attribute.id, to: String(digest.prefix(16)))
    }

    private func writeColumns(_ file: HDF5File, _ entries: [PreparedEntry]) throws(HDF5Error) {
        let starts = entries.map(maker.byteCount).starts
        try file.column(PackFormat.Path.offset, APUS_H5_UINT64, starts.map(UInt64.init))
        try file.add(PackFormat.Path.data, type: APUS_H5_UINT8, dimensions: [starts.last ?? 0])
        guard form != .encoded else { return }
        let sizes = entries.map(maker.size)
        try file.column(PackFormat.Path.source, APUS_H5_UINT8, entries.flatMap(\.hash.bytes), width: 32)
        try file.column(PackFormat.Path.width, APUS_H5_INT32, sizes.map { Int32($0.width) })
        try file.column(PackFormat.Path.height, APUS_H5_INT32, sizes.map { Int32($0.height) })
    }

    /// Makes the images on several threads, a chunk at a time; returns the hash of each.
    private func writeImages(_ file: HDF5File, _ entries: [PreparedEntry]) throws(WriteFailure) -> [ContentHash] {
        var (hashes, start) = ([ContentHash](), 0)
        for chunk in parts(of: entries, limit: Self.chunkBytes) {
            let made = parallelMap(chunk.count, threads: threads) { index in
                Result { () throws(DatasetError) in
                    let bytes = try maker.bytes(of: chunk[index])
                    return (bytes, bytes.withUnsafeBytes { ContentHash(of: $0) })
                }
            }
            for result in made {
                let (bytes, hash) = try WriteFailure.wrap { () throws(DatasetError) in try result.get() }
                try WriteFailure.wrap { () throws(HDF5Error) in
                    try file.write(bytes, to: PackFormat.Path.data, start: start, rows: bytes.count)
                }
                hashes.append(hash)
                start += bytes.count
            }
        }
        return hashes
    }
}
