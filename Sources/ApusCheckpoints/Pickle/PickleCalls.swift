// The functions and classes that a pickle may name and whose meaning is known. All others become records.
extension PickleMachine {
    /// What `function` would return, as data.
    mutating func called(_ function: PickleName, _ arguments: PickleValue) throws(CheckpointError) -> PickleValue {
        let values = heap.tuple(arguments) ?? []
        switch (function.module, function.name) {
        case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"):
            return try tensor(values)
        case ("torch._utils", "_rebuild_tensor_v3"):
            return try tensor(values, typeName: values.count > 6 ? heap.global(values[6])?.name : nil)
        case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
            return try first(values, of: function)
        case ("torch._tensor", "_rebuild_from_type_v2") where values.count >= 3:
            if let inner = heap.global(values[0]), inner != function { return try called(inner, values[2]) }
        case ("collections", "OrderedDict"), ("collections", "defaultdict"), (builtins, "dict"), (oldBuiltins, "dict"):
            return try dictionary(values)
        case ("torch", "Size"), (builtins, "tuple"), (oldBuiltins, "tuple"): return try copy(values, as: .tuple)
        case (builtins, "list"), (oldBuiltins, "list"): return try copy(values, as: .list)
        case (builtins, "set"), (builtins, "frozenset"), (oldBuiltins, "set"), (oldBuiltins, "frozenset"):
            return try copy(values, as: .set)
        case (builtins, "int"), (builtins, "float"), (builtins, "bool"), (builtins, "str"), (builtins, "bytes"):
            if values.count == 1 { return values[0] }
        case ("_codecs", "encode"):
            if let text = values.first?.text {
                try count(text.utf8.count)
                return .bytes(latin1(text))
            }
        case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"):
            return scalar(values) ?? heap.add(PickleNode(kind: .record(function, arguments: arguments)))
        default: break
        }
        return heap.add(PickleNode(kind: .record(function, arguments: arguments)))
    }

    private func first(_ values: [PickleValue], of function: PickleName) throws(CheckpointError) -> PickleValue {
        guard let value = values.first else { throw failure("an argument of \(function)", "none") }
        return value
    }

    private mutating func copy(
        _ values: [PickleValue], as kind: PickleNode.Kind
    ) throws(CheckpointError) -> PickleValue {
        let items = values.first.flatMap { heap.sequence($0) } ?? []
        try count(items.count)
        return heap.add(PickleNode(kind: kind, items: items))
    }

    /// A dictionary of the pairs that were given, if any.
    private mutating func dictionary(_ values: [PickleValue]) throws(CheckpointError) -> PickleValue {
        let pairs = values.first.flatMap { heap.sequence($0) } ?? []
        try count(pairs.count)
        let entries = pairs.compactMap { pair -> (key: PickleValue, value: PickleValue)? in
            guard let items = heap.sequence(pair), items.count == 2 else { return nil }
            return (items[0], items[1])
        }
        return heap.add(PickleNode(kind: .dictionary, entries: entries))
    }

    private func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    /// A NumPy scalar: its type's first argument is such as `f8`, then its bytes.
    private func scalar(_ values: [PickleValue]) -> PickleValue? {
        guard values.count == 2, case .bytes(let bytes) = values[1], let type = heap.node(values[0]),
            case .record(_, let arguments) = type.kind, let code = heap.tuple(arguments)?.first?.text
        else { return nil }
        return bytes.withUnsafeBytes { bytes in
            switch (code, bytes.count) {
            case ("f8", 8): .float(bytes.loadUnaligned(as: Double.self))
            case ("f4", 4): .float(Double(bytes.loadUnaligned(as: Float.self)))
            case ("i8", 8): .integer(Int(bytes.loadUnaligned(as: Int64.self)))
            case ("i4", 4): .integer(Int(bytes.loadUnaligned(as: Int32.self)))
            default: nil
            }
        }
    }
}

private let builtins = "builtins"
/// As Python 2 and pickles of protocol 2 name it.
private let oldBuiltins = "__builtin__"
