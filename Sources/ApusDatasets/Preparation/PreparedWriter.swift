import ApusCore
import ApusVision
import CApusHDF5
import Glibc

/// Writes a version under a temporary name, syncs it and renames it: a file under its final name is whole.
///
/// Images that a pack beside it holds already are not written again.
struct PreparedWriter {
    let header: PreparedHeader
    let entries: [PreparedEntry]
    /// Where the entries' labels and generated images lie.
    let spill: SpillFile
    var form = ImageForm.encoded
    var packByteLimit = 1 << 30
    var threads = availableCores

    func write(to path: String) throws(DatasetError) {
        let places = try places(besideVersion: path)
        let temporary = "\(path).\(getpid()).tmp"
        do throws(DatasetError) {
            try fill(temporary, final: path, places: places)
            try verify(temporary, final: path)
            do throws(FileError) { try publish(temporary, as: path) } catch { throw .file(error) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Reads everything back: what a disk did not take must not get a final name.
    private func verify(_ temporary: String, final path: String) throws(DatasetError) {
        do throws(DatasetError) { try PreparedDataset(path: temporary).verifyLabels() } catch {
            throw .unwritable(path: path, reason: "it does not read back as it was written (\(error))")
        }
    }

    // MARK: Images

    /// Where each entry's image lies, once what no pack holds has been written into new ones.
    func places(besideVersion path: String) throws(DatasetError) -> [PackPlace] {
        let store = PackStore(besideVersion: path)
        var known = wholePlaces(in: store.places(of: form))
        let missing = entries.filter { known[$0.hash] == nil }
        let writer = PackWriter(store: store, spill: spill, form: form, byteLimit: packByteLimit, threads: threads)
        for pack in try writer.write(missing) {
            for item in 0..<pack.count { known[pack.sourceHash(item)] = PackPlace(pack: pack, item: item) }
        }
        return entries.compactMap { known[$0.hash] }
    }

    /// Those of the places that the entries want and whose bytes still have their hash.
    private func wholePlaces(in places: [ContentHash: PackPlace]) -> [ContentHash: PackPlace] {
        let wanted = entries.compactMap { entry in places[entry.hash].map { (entry.hash, $0) } }
        let isWhole = parallelMap(wanted.count, threads: threads) { index in
            let place = wanted[index].1
            defer { place.pack.evict(place.item) }
            return place.pack.isWhole(place.item)
        }
        let whole = zip(wanted, isWhole).filter(\.1).map(\.0)
        return Dictionary(whole, uniquingKeysWith: { first, _ in first })
    }

    // MARK: The version

    /// Writes the version to `temporary`; errors name `path`.
    func fill(_ temporary: String, final path: String, places: [PackPlace]) throws(DatasetError) {
        do throws(WriteFailure) {
            let file = try WriteFailure.wrap { () throws(HDF5Error) in
                let file = try HDF5File.create(temporary)
                try writeAttributes(file)
                try writePlaces(file, places)
                try writeImageColumns(file)
                return file
            }
            try LabelColumnWriter(file: file, places: entries.map(\.labels), spill: spill).write()
            try WriteFailure.wrap { () throws(HDF5Error) in try file.close() }
        } catch {
            throw error.datasetError(path: path)
        }
    }

    private func writeAttributes(_ file: HDF5File) throws(HDF5Error) {
        try file.set(PreparedFormat.Attribute.format, to: PreparedFormat.name)
        try file.set(PreparedFormat.Attribute.version, to: PreparedFormat.version)
        try file.set(PreparedFormat.Attribute.name, to: header.name)
        try file.set(PreparedFormat.Attribute.id, to: header.id)
        try file.set(PreparedFormat.Attribute.digest, to: header.digest)
        try file.set(PreparedFormat.Attribute.classes, to: PreparationJSON.text(header.classNames, pretty: false))
        if let details = header.classDetails { try file.set(PreparedFormat.Attribute.classDetails, to: details) }
        try file.set(PreparedFormat.Attribute.recipe, to: header.recipe)
    }

    /// The packs in the order in which the images first need them, each with a link that other readers follow.
    private func writePlaces(_ file: HDF5File, _ places: [PackPlace]) throws(HDF5Error) {
        var numbers = [String: Int](), ids = [String]()
        for place in places where numbers[place.pack.id] == nil {
            numbers[place.pack.id] = ids.count
            ids.append(place.pack.id)
        }
        for (number, id) in ids.enumerated() {
            try file.link(
                "\(PreparedFormat.Path.packs)/\(number)", to: "/", in: "\(PackFormat.folder)/\(id).h5")
        }
        try file.set(PreparedFormat.Attribute.packs, to: PreparationJSON.text(ids, pretty: false))
        let packs = places.map { Int32(numbers[$0.pack.id] ?? 0) }
        try file.column(PreparedFormat.Path.pack, APUS_H5_INT32, packs)
        try file.column(PreparedFormat.Path.item, APUS_H5_INT32, places.map { Int32($0.item) })
    }

    private func writeImageColumns(_ file: HDF5File) throws(HDF5Error) {
        try file.column(PreparedFormat.Path.width, APUS_H5_INT32, entries.map { Int32($0.width) })
        try file.column(PreparedFormat.Path.height, APUS_H5_INT32, entries.map { Int32($0.height) })
        try file.column(PreparedFormat.Path.split, APUS_H5_UINT8, entries.map(\.split.code))
        let length = max(1, entries.lazy.map(\.name.utf8.count).max() ?? 1)
        var padded = [UInt8]()
        padded.reserveCapacity(entries.count * length)
        for entry in entries {
            padded += entry.name.utf8
            padded += repeatElement(0, count: length - entry.name.utf8.count)
        }
        try file.add(PreparedFormat.Path.name, type: APUS_H5_STRING, elementSize: length, dimensions: [entries.count])
        try file.write(padded, to: PreparedFormat.Path.name, rows: entries.count)
    }
}
