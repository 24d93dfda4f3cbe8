import ApusCore

/// Bytes that a pickle refers to and the file holds elsewhere.
struct StorageReference {
    var key: String
    /// Such as `FloatStorage`.
    var typeName: String
    /// Elements of the whole storage; bytes where it is untyped.
    var count: Int
    /// Elements before the part that is meant, and of the part, in old files.
    var view: (offset: Int, count: Int)?

    /// `nil` for a type that arrays here do not have, such as complex numbers.
    var dataType: DataType? { StorageReference.dataTypes[typeName] }

    private static let dataTypes: [String: DataType] = [
        "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool, "UntypedStorage": .uint8,
    ]
}

/// A view on a storage: where it starts and how it steps, in elements. Nothing of it has been checked.
struct TensorReference {
    var storage: StorageReference
    /// Such as `float8_e4m3fn`, where the storage is untyped.
    var typeName: String?
    var offset: Int
    var shape: [Int]
    var strides: [Int]

    var dataType: DataType? {
        guard let typeName else { return storage.dataType }
        return TensorReference.dataTypes[typeName] ?? DataType(rawValue: typeName)
    }

    /// The same tensor; an axis of one element may have a stride of any size, and nobody takes such a step.
    var withoutIdleStrides: TensorReference {
        var tensor = self
        for axis in shape.indices where shape[axis] == 1 { tensor.strides[axis] = 0 }
        return tensor
    }

    private static let dataTypes: [String: DataType] = [
        "float8_e4m3fn": .float8E4M3FN, "float8_e4m3fnuz": .float8E4M3FNUZ, "float8_e5m2": .float8E5M2,
        "float8_e5m2fnuz": .float8E5M2FNUZ,
    ]
}

extension PickleMachine {
    /// What a persistent id stands for: `('storage', type, key, device, count)`, in old files with a view behind it.
    func storage(_ id: PickleValue) throws(CheckpointError) -> PickleNode.Kind {
        guard let parts = heap.tuple(id), let kind = parts.first?.text else {
            throw failure("a storage", "the persistent id \(id.kindName)", remedy: "save the file with torch.save")
        }
        // Before 2018 a class came with its source, which is not wanted here.
        if kind == "module", parts.count >= 2, let name = heap.global(parts[1]) { return .global(name) }
        guard kind == "storage", parts.count >= 5, let type = heap.global(parts[1]), let key = parts[2].namePart,
            let count = parts[4].integer, count >= 0
        else { throw failure("a storage with its type, key and size", "a persistent id of another form") }
        var reference = StorageReference(key: key, typeName: type.name, count: count)
        if parts.count >= 6, let view = heap.sequence(parts[5]) {
            guard view.count == 3, let offset = view[1].integer, let part = view[2].integer else {
                throw failure("a part of a storage", "\(view.count) values of another form")
            }
            reference.view = (offset, part)
        }
        return .storage(reference)
    }

    /// The arguments of PyTorch's functions that rebuild tensors: storage, offset, sizes, strides, ….
    mutating func tensor(_ values: [PickleValue], typeName: String? = nil) throws(CheckpointError) -> PickleValue {
        guard values.count >= 4, let node = heap.node(values[0]), case .storage(let storage) = node.kind,
            let offset = values[1].integer, let shape = heap.integers(values[2]),
            let strides = heap.integers(values[3]), shape.count == strides.count
        else { throw failure("a tensor's storage, offset, sizes and strides", "other arguments") }
        return heap.add(
            PickleNode(
                kind: .tensor(
                    TensorReference(
                        storage: storage, typeName: typeName, offset: offset, shape: shape, strides: strides))))
    }
}
