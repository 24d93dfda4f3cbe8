import ApusCore
import ApusONNX

/// The keys or the values of a table: numbers of one type, or texts.
enum LabelList: Sendable {
    case numbers(NDArray)
    case texts([String])

    /// What is looked up: a text as its bytes; all NaN are one.
    enum Key: Hashable, Sendable {
        case integer(Int64), float(Double), nan, text([UInt8])

        init(_ number: Double) { self = number.isNaN ? .nan : .float(number) }
    }

    init(texts: [String]) { self = .texts(texts) }
    init(integers: [Int64]) { self = .numbers(NDArray(integers)) }

    /// The attribute of `node` that begins with `role` and ends with the elements' type.
    init(_ node: Node, _ role: String) throws(GraphError) {
        if let texts = try node.optionalStrings(role + "_strings") {
            self = .texts(texts)
        } else if let integers = try node.optionalInts(role + "_int64s") {
            self = .numbers(NDArray(integers.map(Int64.init)))
        } else if let floats = try node.optionalFloats(role + "_floats") {
            self = .numbers(NDArray(floats))
        } else {
            self = try Self.tensor(node, role + "_tensor")
        }
    }

    /// The default that belongs to `values`.
    init(defaultOf node: Node, like values: LabelList) throws(GraphError) {
        if node.attributes["default_tensor"] != nil {
            self = try Self.tensor(node, "default_tensor")
        } else {
            self = try Self.simpleDefault(node, values)
        }
        guard isDefault(for: values) else {
            throw .attributeValue(
                "default", expected: "one element of the values' type", found: "another", node: node.label)
        }
    }

    private static func simpleDefault(_ node: Node, _ values: LabelList) throws(GraphError) -> LabelList {
        switch values {
        case .texts: return .texts([try node.string("default_string", default: "_Unused")])
        case .numbers(let array):
            let float = Double(try node.float("default_float", default: -0.0))
            let integer = Int64(try node.int("default_int64", default: -1))
            let value = Value(NDArray(uninitialized: [1], dataType: array.dataType))
            do throws(OperatorError) {
                if array.dataType.isFloatingPoint { try value.fill([float]) } else { try value.fill([integer]) }
            } catch {
                throw .attributeValue(
                    "values_tensor", expected: "numbers", found: "\(array.dataType)", node: node.label)
            }
            return .numbers(NDArray(value))
        }
    }

    private static func tensor(_ node: Node, _ name: String) throws(GraphError) -> LabelList {
        if case .stringTensor(let texts)? = node.attributes[name] { return .texts(texts.elements) }
        return .numbers(try node.tensor(name))
    }

    private func isDefault(for values: LabelList) -> Bool {
        switch (self, values) {
        case (.texts(let texts), .texts): texts.count == 1
        case (.numbers(let one), .numbers(let array)): one.count == 1 && one.dataType == array.dataType
        default: false
        }
    }

    var count: Int {
        switch self {
        case .numbers(let array): array.count
        case .texts(let texts): texts.count
        }
    }

    /// The elements as keys.
    func keys() throws(OperatorError) -> [Key] {
        switch self {
        case .texts(let texts): texts.map { .text(Array($0.utf8)) }
        case .numbers(let array): try Self.keys(of: Value(array))
        }
    }

    static func keys(of value: Value) throws(OperatorError) -> [Key] {
        value.dataType.isFloatingPoint
            ? try value.denseDoubles().map { Key($0) } : try value.denseIntegers().map { .integer($0) }
    }
}
