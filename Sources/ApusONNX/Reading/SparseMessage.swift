import ApusCore

/// `SparseTensorProto` as it stands in the file.
struct SparseMessage {
    private var values: TensorMessage?
    private var indices: TensorMessage?
    private var dimensions: [Int] = []
    private let context: WireContext

    /// Its values carry its name.
    var name: String { values?.name ?? "" }

    init(_ message: WireReader) throws(GraphError) {
        context = message.context
        var reader = message
        while let field = try reader.nextField() {
            switch field.number {
            case SparseTensorField.values: values = try TensorMessage(try reader.message(field))
            case SparseTensorField.indices: indices = try TensorMessage(try reader.message(field))
            case SparseTensorField.dimensions: try reader.appendInts(field, to: &dimensions)
            default: try reader.skip(field)
            }
        }
    }

    func array() throws(GraphError) -> SparseArray {
        guard let values, let indices else { throw .tensor(name, reason: "a sparse tensor without values or indices") }
        let shape = Shape(dimensions)
        guard Shape(dimensions.map { $0 == 0 ? 1 : $0 }).checkedCount != nil else {
            throw .tensor(name, reason: "a shape of \(shape)")
        }
        return SparseArray(shape: shape, values: try values.array(), indices: try indices.array())
    }
}
