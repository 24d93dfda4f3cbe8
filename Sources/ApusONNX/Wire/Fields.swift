/// Field numbers of onnx.proto, one enumeration a message.
enum ModelField {
    static let irVersion = 1, producer = 2, producerVersion = 3, domain = 4, modelVersion = 5, documentation = 6
    static let graph = 7, opsetImport = 8, metadata = 14, functions = 25
}

enum OpsetField {
    static let domain = 1, version = 2
}

enum EntryField {
    static let key = 1, value = 2
}

enum FunctionField {
    static let name = 1, input = 4, output = 5, attribute = 6, node = 7, opsetImport = 9, domain = 10
    static let defaultAttribute = 11, overload = 13
}

enum GraphField {
    static let node = 1, name = 2, initializer = 5, documentation = 10, input = 11, output = 12, valueInfo = 13
    static let sparseInitializer = 15
}

enum NodeField {
    static let input = 1, output = 2, name = 3, operatorType = 4, attribute = 5, domain = 7, overload = 8
}

enum AttributeField {
    static let name = 1, float = 2, int = 3, string = 4, tensor = 5, graph = 6, floats = 7, ints = 8, strings = 9
    static let tensors = 10, graphs = 11, valueType = 14, valueTypes = 15, kind = 20, reference = 21
    static let sparseTensor = 22
}

/// `AttributeProto.AttributeType`.
enum AttributeKind {
    static let float = 1, int = 2, string = 3, tensor = 4, graph = 5, floats = 6, ints = 7, strings = 8
    static let tensors = 9, graphs = 10, sparseTensor = 11, valueType = 13, valueTypes = 14
}

enum TensorField {
    static let dimensions = 1, elementType = 2, segment = 3, floats = 4, int32s = 5, strings = 6, int64s = 7
    static let name = 8, raw = 9
    static let doubles = 10, uint64s = 11, documentation = 12, externalData = 13, dataLocation = 14
}

enum SparseTensorField {
    static let values = 1, indices = 2, dimensions = 3
}

/// `SequenceProto` and `OptionalProto`, whose values are stored under the same numbers.
enum StoredValueField {
    static let name = 1, kind = 2, tensor = 3, sparseTensor = 4, sequence = 5, map = 6, optional = 7
}

enum ValueInfoField {
    static let name = 1, type = 2
}

enum TypeField {
    static let tensor = 1, sequence = 4, map = 5, opaque = 7, sparseTensor = 8, optional = 9
    /// Inside `tensor`, `sequence` and `optional`.
    static let element = 1, shape = 2
}

enum ShapeField {
    static let dimension = 1
    /// Inside `dimension`.
    static let value = 1, symbol = 2
}
