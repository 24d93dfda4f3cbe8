/// What `torch.save` writes since PyTorch 1.6: a zip archive with the pickle `data.pkl`, a file for each storage and,
/// since 2.0, the order of bytes. An archive of TorchScript is one too.
struct ZipCheckpoint {
    let root: PickleValue
    let heap: PickleHeap
    let isSwapped: Bool
    private let archive: ZipArchive
    private let folder: String

    init(_ bytes: UnsafeRawBufferPointer, limits: ReadingLimits) throws(CheckpointError) {
        archive = try ZipArchive(bytes)
        let pickles = archive.names.filter { $0 == pickleName || $0.hasSuffix("/" + pickleName) }
        guard let name = pickles.min(by: { $0.utf8.count < $1.utf8.count }), let range = try archive.range(of: name)
        else {
            let names = archive.names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
            throw CheckpointError(
                expected: "a zip archive of torch.save with a file '\(pickleName)'",
                found: names.isEmpty ? "an empty archive" : "one with \(names)",
                remedy: "unpack the archive if the weights are a file within it")
        }
        folder = String(name.dropLast(pickleName.utf8.count))
        isSwapped = try archive.range(of: folder + "byteorder").map { bytes[$0].elementsEqual("big".utf8) } ?? false
        // The pickle's place in the file stays what errors name.
        var machine = PickleMachine(
            UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound]), at: range.lowerBound, limits: limits)
        root = try machine.run()
        heap = machine.heap
    }

    /// Where a storage's bytes lie in the file.
    func place(of storage: StorageReference) throws(CheckpointError) -> Range<Int> {
        guard let range = try archive.range(of: folder + "data/" + storage.key) else {
            throw CheckpointError(
                expected: "the storage '\(folder)data/\(storage.key)'", found: "none in the archive", remedy: cutOff)
        }
        return range
    }
}

private let pickleName = "data.pkl"
