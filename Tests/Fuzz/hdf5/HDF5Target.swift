import ApusCore
import ApusVision
import Glibc

@testable import ApusDatasets

/// A whole version and its pack, made once, and a folder to damage copies of them in.
private final class Workplace: @unchecked Sendable {
    let folder, version, pack: String
    let wholeVersion, wholePack: [UInt8]
    let versionSums, packSums: Checksums

    init() throws {
        folder = (FileSystem.isFolder("/dev/shm") ? "/dev/shm" : "/tmp") + "/apus-fuzz-\(getpid())"
        try FileSystem.createFolder(folder)
        version = folder + "/version.h5"
        try Self.write(to: version)
        let packs = PackStore(besideVersion: version)
        pack = packs.path(packs.ids[0])
        (wholeVersion, wholePack) = (try FileSystem.read(version), try FileSystem.read(pack))
        (versionSums, packSums) = (Checksums(wholeVersion), Checksums(wholePack))
        precondition(versionSums.count > 8 && packSums.count > 3, "no checksums were found")
    }

    /// Two images with an object of every kind.
    private static func write(to path: String) throws {
        var full = Annotation(label: 0)
        full.rotatedBox = .init(center: [4, 4], size: SIMD2(3, 2), angle: 0.5)
        full.region = .polygons([[[1, 1], [5, 1], [5, 5]]])
        full.keypoints = [Landmark([2, 2])]
        var masked = Annotation(label: 1)
        masked.region = RunLengthMask(width: 8, height: 8, counts: [3, 9, 52]).map(Region.mask)
        let box = BoundingBox(minX: 1, minY: 1, maxX: 6, maxY: 6)
        let boxes = [LabeledBox(box, label: 0), LabeledBox(box, label: 1)]
        let spill = SpillFile(folder: "/tmp")
        let labels = try spill.add(LabelBlock(boxes, zip([full, masked], boxes).map { $0.stored(as: $1) }).bytes)
        let entries = try (0..<2).map { index in
            let bytes = Image(width: 8, height: 8, color: [UInt8(index), 9, 99]).jpegData()
            let image = CheckedImage(
                hash: bytes.withUnsafeBytes { ContentHash(of: $0) }, byteCount: bytes.count, width: 8, height: 8)
            let sample = SourceSample(name: "\(index)", content: .file(""), labelFile: "")
            return PreparedEntry(sample, image, content: .spilled(try spill.add(bytes)), labels: labels)
        }
        var header = PreparedHeader(id: "", digest: "", name: "x", classNames: ["a", "b"], recipe: "{}")
        header.classDetails = "[]"
        try PreparedWriter(
            header: try header.named(by: entries, in: spill), entries: entries, spill: spill, threads: 1
        ).write(to: path)
    }
}

private let workplace = Result { try Workplace() }

/// Removes the folder when the run ends, unless it ends with a finding.
private let cleaning = atexit { if let place = try? workplace.get() { removeTree(place.folder) } }

/// Damages a version or its pack and reads all of it. The input says how: its first byte which of the two, and
/// whether checksums are mended afterwards, so that the damage is not found by them; then places and bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard let place = try? workplace.get(), cleaning == 0, size > 0 else { return 0 }
    let input = UnsafeBufferPointer(start: data, count: size)
    let damagesPack = input[0] & 1 != 0
    var bytes = damagesPack ? place.wholePack : place.wholeVersion
    for start in stride(from: 1, to: size - 2, by: 3) {
        let position = Int(input[start]) | Int(input[start + 1]) << 8
        bytes[position % bytes.count] = input[start + 2]
    }
    if input[0] & 2 != 0 { (damagesPack ? place.packSums : place.versionSums).mend(&bytes) }
    if input[0] & 4 != 0 { bytes.removeLast(min(Int(input[size - 1]) * 16, bytes.count)) }
    do {
        try overwrite(damagesPack ? place.pack : place.version, with: bytes)
        touch(place.version)
        if damagesPack { try overwrite(place.pack, with: place.wholePack) }
    } catch {
        _ = "\(error)"
    }
    return 0
}

/// Everything that a version holds.
private func touch(_ path: String) {
    do throws(DatasetError) {
        let dataset = try PreparedDataset(path: path)
        for index in 0..<min(dataset.imageCount, 64) {
            _ = (dataset.record(index), dataset.annotations(index), dataset.storedSize(index))
            _ = try? dataset.image(index)
        }
        _ = dataset.classes
        try dataset.verify(threads: 1)
    } catch {
        _ = error.description
    }
}

/// Not synced, unlike what the library writes.
private func overwrite(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw FileError("write", path) }
}
