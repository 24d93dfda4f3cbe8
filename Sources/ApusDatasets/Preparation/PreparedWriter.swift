import ApusCore
import ApusVision
import CApusHDF5
import Glibc

/// Writes a version under a temporary name, syncs it and renames it: a file under its final name is whole.
struct PreparedWriter {
    let header: PreparedHeader
    let entries: [PreparedEntry]

    func write(to path: String) throws(DatasetError) {
        let temporary = "\(path).\(getpid()).tmp"
        do throws(DatasetError) {
            try fill(temporary, final: path)
            try verify(temporary, final: path)
            do throws(FileError) { try publish(temporary, as: path) } catch { throw .file(error) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Reads everything back: what a disk did not take must not get a final name.
    private func verify(_ temporary: String, final path: String) throws(DatasetError) {
        do throws(DatasetError) { try PreparedDataset(path: temporary).verify() } catch {
            throw .unwritable(path: path, reason: "it does not read back as it was written (\(error))")
        }
    }

    /// Writes the version to `temporary`; errors name `path`.
    func fill(_ temporary: String, final path: String) throws(DatasetError) {
        do throws(WriteFailure) {
            let file = try HDF5File.creating(temporary)
            try writeColumns(file)
            try writeImages(file)
            try WriteFailure.wrap { () throws(HDF5Error) in try file.close() }
        } catch {
            switch error {
            case .hdf5(let error): throw Self.error(error, path: path)
            case .dataset(let error): throw error
            }
        }
    }

    /// A full disk is named as such; libhdf5 says it in its own words.
    private static func error(_ error: HDF5Error, path: String) -> DatasetError {
        if error.message.contains("No space left") { return .file(FileError("write", path, code: ENOSPC)) }
        return .unwritable(path: path, reason: error.message)
    }

    // MARK: Columns

    private func writeColumns(_ file: HDF5File) throws(WriteFailure) {
        do throws(HDF5Error) {
            try writeAttributes(file)
            try writeImageColumns(file)
            try writeBoxColumns(file)
        } catch {
            throw .hdf5(error)
        }
    }

    private func writeAttributes(_ file: HDF5File) throws(HDF5Error) {
        try file.set(PreparedFormat.Attribute.format, to: PreparedFormat.name)
        try file.set(PreparedFormat.Attribute.version, to: PreparedFormat.version)
        try file.set(PreparedFormat.Attribute.name, to: header.name)
        try file.set(PreparedFormat.Attribute.id, to: header.id)
        try file.set(PreparedFormat.Attribute.digest, to: header.digest)
        try file.set(PreparedFormat.Attribute.classes, to: PreparationJSON.text(header.classNames, pretty: false))
        try file.set(PreparedFormat.Attribute.recipe, to: header.recipe)
    }

    private func writeImageColumns(_ file: HDF5File) throws(HDF5Error) {
        let records = entries.map(\.record)
        try file.column(PreparedFormat.Path.width, APUS_H5_INT32, records.map { Int32($0.width) })
        try file.column(PreparedFormat.Path.height, APUS_H5_INT32, records.map { Int32($0.height) })
        try file.column(PreparedFormat.Path.split, APUS_H5_UINT8, records.map(\.split.code))
        try file.column(
            PreparedFormat.Path.offset, APUS_H5_UINT64, starts(entries.map(\.image.byteCount)).map(UInt64.init))
        try file.column(PreparedFormat.Path.sha256, APUS_H5_UINT8, entries.flatMap(\.image.hash.bytes), width: 32)
        let length = max(1, records.map(\.name.utf8.count).max() ?? 1)
        let padded = records.flatMap { record in
            Array(record.name.utf8) + [UInt8](repeating: 0, count: length - record.name.utf8.count)
        }
        try file.add(PreparedFormat.Path.name, type: APUS_H5_STRING, elementSize: length, dimensions: [records.count])
        try file.write(padded, to: PreparedFormat.Path.name, rows: records.count)
    }

    private func writeBoxColumns(_ file: HDF5File) throws(HDF5Error) {
        let boxes = entries.flatMap(\.record.boxes)
        let edges = boxes.flatMap { [$0.box.minX, $0.box.minY, $0.box.maxX, $0.box.maxY] }
        try file.column(
            PreparedFormat.Path.boxStart, APUS_H5_INT64, starts(entries.map(\.record.boxes.count)).map(Int64.init))
        try file.column(PreparedFormat.Path.xyxy, APUS_H5_FLOAT32, edges, width: 4)
        try file.column(PreparedFormat.Path.label, APUS_H5_INT32, boxes.map { Int32($0.label) })
        try file.column(PreparedFormat.Path.isCrowd, APUS_H5_UINT8, boxes.map { $0.isCrowd ? UInt8(1) : 0 })
    }

    /// Where each part begins when they lie one after another, and the total.
    private func starts(_ counts: [Int]) -> [Int] { counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) } }

    // MARK: Images

    private func writeImages(_ file: HDF5File) throws(WriteFailure) {
        let total = entries.reduce(0) { $0 + $1.image.byteCount }
        try WriteFailure.wrap { () throws(HDF5Error) in
            try file.add(PreparedFormat.Path.data, type: APUS_H5_UINT8, dimensions: [total])
        }
        var start = 0
        for entry in entries {
            let bytes = try encodedBytes(of: entry)
            try WriteFailure.wrap { () throws(HDF5Error) in
                try file.write(bytes, to: PreparedFormat.Path.data, start: start, rows: bytes.count)
            }
            start += bytes.count
        }
    }

    /// The bytes that were checked; a file that changed meanwhile is refused.
    private func encodedBytes(of entry: PreparedEntry) throws(WriteFailure) -> [UInt8] {
        if let generated = entry.image.generated { return generated.bytes }
        guard case .file(let path) = entry.content else { return [] }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path) } catch { throw .dataset(.file(error)) }
        guard bytes.withUnsafeBytes({ ContentHash(of: $0) }) == entry.image.hash else {
            throw .dataset(.unreadableSource(path: path, line: nil, reason: "the file changed while it was prepared"))
        }
        return bytes
    }
}

/// Either kind of failure while a version is written.
private enum WriteFailure: Error {
    case hdf5(HDF5Error)
    case dataset(DatasetError)

    static func wrap<R>(_ body: () throws(HDF5Error) -> R) throws(WriteFailure) -> R {
        do throws(HDF5Error) { return try body() } catch { throw .hdf5(error) }
    }
}

extension HDF5File {
    fileprivate static func creating(_ path: String) throws(WriteFailure) -> HDF5File {
        try WriteFailure.wrap { () throws(HDF5Error) in try create(path) }
    }

    /// Adds a dataset of rows of `width` elements and writes it whole.
    fileprivate func column<Element: BitwiseCopyable>(
        _ name: String, _ type: apus_h5_type, _ elements: [Element], width: Int = 1
    ) throws(HDF5Error) {
        let rows = elements.count / width
        try add(name, type: type, dimensions: width == 1 ? [rows] : [rows, width])
        try write(elements, to: name, rows: rows)
    }
}

/// Syncs a temporary file and gives it its final name.
private func publish(_ temporary: String, as path: String) throws(FileError) {
    let descriptor = open(temporary, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", temporary) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
    guard rename(temporary, path) == 0 else { throw FileError("rename", temporary) }
    let folder = open(FileSystem.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
}
