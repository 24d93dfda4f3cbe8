import ApusCore
import ApusONNX

/// Values of one shape, to be put together along a new axis.
struct Stack {
    private let declaration: ValueInfo
    private var values: [AnyValue] = []

    init(_ declaration: ValueInfo) { self.declaration = declaration }

    mutating func append(_ value: AnyValue, _ context: ExecutionContext) throws(OperatorError) {
        switch value {
        case .tensor, .strings: break
        default: throw .mismatch(expected: "numbers or strings to stack", found: value.kind)
        }
        let byteCount = (values.count + 1) * MemoryLayout<AnyValue>.stride
        guard byteCount <= context.workspace.limit else {
            throw .memory(bytes: byteCount, limit: context.workspace.limit)
        }
        values.append(value)
    }

    /// The values one after the other along `axis` of the result, the last first where `isReversed`.
    func value(axis: Int, isReversed: Bool, _ context: ExecutionContext) throws(OperatorError) -> AnyValue {
        let ordered = isReversed ? values.reversed() : values
        switch values.first {
        case nil: return try empty(axis: axis, context)
        case .strings?: return .strings(try texts(ordered, context))
        default: return .tensor(try tensor(ordered, axis: axis, context))
        }
    }

    private func tensor(
        _ values: [AnyValue], axis: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let first = try [values.first].tensor(0)
        let axis = try Shape(first.shape.dimensions + [1]).resolve(axis: axis)
        var extents = first.shape.dimensions
        extents.insert(values.count, at: axis)
        let result = try context.make(Shape(extents), first.dataType)
        var strides = result.shape.strides
        let step = strides.remove(at: axis) * first.dataType.size
        for (index, value) in values.enumerated() {
            let part = try [value].tensor(0)
            try expect(
                part.shape == first.shape && part.dataType == first.dataType,
                "\(first.dataType) \(first.shape) each time",
                found: "\(part.dataType) \(part.shape)")
            context.copy(
                part.base, part.strides, to: result.base + index * step, strides, extents: part.shape.dimensions,
                size: part.dataType.size)
        }
        return result
    }

    private func texts(_ values: [AnyValue], _ context: ExecutionContext) throws(OperatorError) -> Texts {
        let first = try [values.first].texts(0)
        var elements: [String] = []
        for value in values {
            let part = try [value].texts(0)
            try expect(part.shape == first.shape, "strings \(first.shape) each time", found: "\(part.shape)")
            elements += part.elements
        }
        return try context.make(Shape([values.count] + first.shape.dimensions), texts: elements)
    }

    /// No values: only the declaration says of what type and shape.
    private func empty(axis: Int, _ context: ExecutionContext) throws(OperatorError) -> AnyValue {
        var extents = (declaration.shape ?? []).map { max(0, $0.value ?? 0) }
        extents.insert(0, at: try Shape(extents + [1]).resolve(axis: axis))
        let shape = Shape(extents)
        if declaration.elementType == .string { return .strings(try context.make(shape, texts: [])) }
        guard let type = declaration.dataType else {
            throw .unsupported("no run of the body, and '\(declaration.name)' has no declared element type")
        }
        return .tensor(try context.make(shape, type))
    }
}
