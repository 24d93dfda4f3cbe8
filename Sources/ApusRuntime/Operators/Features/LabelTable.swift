import ApusCore
import ApusONNX

/// Values by key, and one for all other keys.
struct LabelTable: Sendable {
    private var places: [LabelList.Key: Int] = [:]
    private let values: LabelList
    private let fallback: LabelList

    /// Where a key comes twice, the last counts.
    init(_ keys: LabelList, _ values: LabelList, fallback: LabelList, _ node: Node) throws(GraphError) {
        (self.values, self.fallback) = (values, fallback)
        do throws(OperatorError) {
            for (place, key) in try keys.keys().enumerated() { places[key] = place }
        } catch {
            throw .attributeValue("keys", expected: "numbers or strings", found: "others", node: node.label)
        }
    }

    func map(_ x: AnyValue, _ context: ExecutionContext) throws(OperatorError) -> AnyValue {
        let shape: Shape
        let keys: [LabelList.Key]
        switch x {
        case .tensor(let tensor): (shape, keys) = (tensor.shape, try LabelList.keys(of: try context.rowMajor(tensor)))
        case .strings(let texts): (shape, keys) = (texts.shape, texts.elements.map { .text(Array($0.utf8)) })
        default: throw .mismatch(expected: "numbers or strings", found: x.kind)
        }
        let found = keys.map { places[$0] }
        switch (values, fallback) {
        case (.texts(let values), .texts(let fallback)):
            return .strings(try context.make(shape, texts: found.map { $0.map { values[$0] } ?? fallback[0] }))
        case (.numbers(let values), .numbers(let fallback)):
            let result = try context.make(shape, values.dataType), size = values.dataType.size
            for (index, place) in found.enumerated() {
                let source = place.map { UnsafeRawPointer(values.storage.base) + $0 * size }
                (result.base + index * size).copyMemory(
                    from: source ?? UnsafeRawPointer(fallback.storage.base), byteCount: size)
            }
            return .tensor(result)
        default: throw .mismatch(expected: "a default of the values' type", found: "another")
        }
    }
}
