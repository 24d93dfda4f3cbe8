import ApusCore

/// The tensors in a file of weights: safetensors, or what PyTorch's `torch.save` writes, zip or older.
///
/// The kind is told by the content, not by the name. Reading calls nothing that a file names and checks every size and
/// offset; tensors that lie in order in the file are windows on it, which stays mapped as long as they live.
public struct WeightFile: Sendable {
    public enum Format: String, Sendable, Codable { case safetensors, torchZip, torchLegacy }

    /// A tensor that is there and cannot be used.
    public struct Unread: Hashable, Sendable {
        public var name: String
        /// Such as a type of elements that arrays here do not have.
        public var reason: String

        public init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
    }

    public let format: Format
    /// In the file's order, each name once.
    public private(set) var tensors: [(name: String, array: NDArray)] = []
    /// A safetensors file's texts.
    public private(set) var metadata: [String: String] = [:]
    /// Which part of a PyTorch file this is, such as `ema` or `model`; empty for the whole.
    public private(set) var key = ""
    public private(set) var unread: [Unread] = []

    /// Reads a file.
    ///
    /// - Parameter key: the part of a PyTorch file to take, names joined by dots, such as `state_dict`. When `nil` it is
    ///   the averaged weights where there are some, else `model`, `state_dict` and the like, else everything but
    ///   optimizers.
    public init(contentsOf path: String, key: String? = nil, limits: ReadingLimits = ReadingLimits()) throws {
        let file = try MappedFile(path: path)
        do throws(CheckpointError) {
            try self.init(decoding: file.bytes, owner: file, key: key, limits: limits)
        } catch {
            var error = error
            error.path = path
            throw error
        }
    }

    /// Reads bytes that `owner` keeps where they are.
    public init(
        decoding bytes: UnsafeRawBufferPointer, owner: AnyObject, key: String? = nil,
        limits: ReadingLimits = ReadingLimits()
    ) throws(CheckpointError) {
        format = try WeightFile.format(of: bytes)
        switch format {
        case .safetensors: try readSafetensors(bytes, owner)
        case .torchZip:
            let file = try ZipCheckpoint(bytes, limits: limits)
            let choice = try WeightChoice(heap: file.heap, limits: limits).choose(from: file.root, key: key)
            let reader = TensorReader(bytes, owner: owner, limits: limits, isSwapped: file.isSwapped, place: file.place)
            try read(choice, reader)
        case .torchLegacy:
            let file = try LegacyCheckpoint(bytes, limits: limits)
            let choice = try WeightChoice(heap: file.heap, limits: limits).choose(from: file.root, key: key)
            try read(choice, TensorReader(bytes, owner: owner, limits: limits, place: file.place))
        }
        guard !tensors.isEmpty || !unread.isEmpty || format == .safetensors else {
            throw CheckpointError(
                expected: "tensors", found: "none\(self.key.isEmpty ? "" : " under '\(self.key)'")",
                remedy: "save a model or its state_dict() with torch.save")
        }
    }

    private mutating func readSafetensors(
        _ bytes: UnsafeRawBufferPointer, _ owner: AnyObject
    ) throws(CheckpointError) {
        let file = try SafetensorsFile(bytes)
        metadata = file.header.metadata
        for place in file.places {
            let part = UnsafeRawBufferPointer(
                rebasing: bytes[file.start + place.bytes.lowerBound..<file.start + place.bytes.upperBound])
            let array = NDArray(window: part, shape: place.shape, dataType: place.dataType, owner: owner)
            tensors.append((place.name, array))
        }
    }

    private mutating func read(_ choice: WeightChoice.Choice, _ reader: TensorReader) throws(CheckpointError) {
        key = choice.key
        var reader = reader
        var names: [String: Int] = [:]
        for (name, tensor) in choice.tensors {
            guard let tensor, let type = tensor.dataType else {
                let kind = tensor.map { "elements of the type \($0.typeName ?? $0.storage.typeName)" }
                unread.append(Unread(name: name, reason: "\(kind ?? "sparse and quantized tensors") are not read"))
                continue
            }
            let array = try reader.array(tensor, name: name, type: type)
            if let index = names[name] {
                tensors[index].array = array
            } else {
                names[name] = tensors.count
                tensors.append((name, array))
            }
        }
    }

    public subscript(name: String) -> NDArray? { tensors.first { $0.name == name }?.array }
}

extension NDArray {
    /// A window on bytes that `owner` keeps, or a copy where they do not lie as elements must.
    init(window bytes: UnsafeRawBufferPointer, shape: Shape, dataType: DataType, owner: AnyObject) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            self.init(uninitialized: shape, dataType: dataType)
            return
        }
        if Int(bitPattern: base) % dataType.size == 0 {
            let storage = Storage(borrowing: base, byteCount: bytes.count, owner: owner)
            self.init(shape: shape, dataType: dataType, storage: storage)
        } else {
            self.init(uninitialized: shape, dataType: dataType)
            withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
        }
    }
}
