import ApusCore

/// Elements that are texts.
extension TensorMessage {
    var isText: Bool { ElementType(rawValue: elementCode) == .string }

    func strings() throws(GraphError) -> StringArray {
        let shape = Shape(dimensions)
        guard !isExternal, raw == nil else { throw .tensor(name, reason: "texts outside 'string_data'") }
        guard shape.checkedCount == texts.count else {
            throw .tensor(name, reason: "\(texts.count) texts, expected as many as \(shape) has")
        }
        return StringArray(texts, shape: shape)
    }
}
