/// What `torch.save` wrote before PyTorch 1.6, and still does when asked: five pickles (a magic number, a version, facts
/// of the machine, the object, the storages' keys) and then each storage, its length before it, little-endian whatever
/// the machine was.
struct LegacyCheckpoint {
    let root: PickleValue
    let heap: PickleHeap
    private let places: [String: Range<Int>]

    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let version = 1001

    init(_ bytes: UnsafeRawBufferPointer, limits: ReadingLimits) throws(CheckpointError) {
        var machine = PickleMachine(bytes, limits: limits)
        guard case .wideInteger(LegacyCheckpoint.magic) = try machine.run() else {
            throw CheckpointError(
                at: 0, expected: "the number that torch.save writes first", found: "a pickle of another program",
                remedy: "save the weights with torch.save or as safetensors")
        }
        let version = try machine.run()
        guard version == .integer(LegacyCheckpoint.version) else {
            throw CheckpointError(
                expected: "version \(LegacyCheckpoint.version) of the format", found: version.kindName,
                remedy: "save the file again with a newer PyTorch")
        }
        // The machine's facts, which change nothing.
        _ = try machine.run()
        root = try machine.run()
        let keys = try machine.run()
        places = try LegacyCheckpoint.places(keys, machine)
        heap = machine.heap
    }

    func place(of storage: StorageReference) throws(CheckpointError) -> Range<Int> {
        guard let range = places[storage.key] else {
            throw CheckpointError(expected: "the storage '\(storage.key)'", found: "none in the file", remedy: cutOff)
        }
        return range
    }

    /// The storages in the order of their keys, behind the pickles.
    private static func places(
        _ keys: PickleValue, _ machine: PickleMachine
    ) throws(CheckpointError) -> [String: Range<Int>] {
        let sizes = elementSizes(machine.heap)
        var cursor = machine.cursor
        var places: [String: Range<Int>] = [:]
        for key in machine.heap.sequence(keys) ?? [] {
            guard let key = key.namePart else { throw machine.failure("the storages' keys", key.kindName) }
            let start = cursor.offset
            let length = try cursor.length()
            guard let size = sizes[key] else {
                throw CheckpointError(
                    at: start, expected: "a storage of a known type", found: "'\(key)', of which no tensor is made",
                    remedy: "save the file again with a newer PyTorch")
            }
            let (count, overflow) = length.multipliedReportingOverflow(by: size)
            let first = cursor.offset
            _ = try cursor.take(overflow ? -1 : count)
            places[key] = first..<cursor.offset
        }
        return places
    }

    /// Bytes of an element of each storage that the object refers to.
    private static func elementSizes(_ heap: PickleHeap) -> [String: Int] {
        heap.nodes.reduce(into: [:]) { sizes, node in
            guard case .storage(let storage) = node.kind else { return }
            sizes[storage.key] = storage.dataType?.size ?? foreignSizes[storage.typeName]
        }
    }

    /// Of elements that arrays here do not have.
    private static let foreignSizes = [
        "ComplexFloatStorage": 8, "ComplexDoubleStorage": 16, "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4,
    ]
}
