import ApusCore

/// A constant that belongs to a node.
public enum Attribute: Sendable {
    case float(Float)
    case int(Int)
    case string(String)
    case tensor(NDArray)
    /// A tensor of texts.
    case stringTensor(StringArray)
    case sparseTensor(SparseArray)
    case graph(Graph)
    case floats([Float])
    case ints([Int])
    case strings([String])
    case tensors([NDArray])
    case graphs([Graph])
    case type(ValueType)
    case types([ValueType])
    /// Inside a function's body: the attribute of this name of the calling node, whose kind is `code`.
    case reference(String, code: Int)

    /// The kind's name in the ONNX specification.
    public var kind: String {
        switch self {
        case .float: "float"
        case .int: "int"
        case .string: "string"
        case .tensor: "tensor"
        case .stringTensor: "string tensor"
        case .sparseTensor: "sparse tensor"
        case .graph: "graph"
        case .floats: "floats"
        case .ints: "ints"
        case .strings: "strings"
        case .tensors: "tensors"
        case .graphs: "graphs"
        case .type: "type_proto"
        case .types: "type_protos"
        case .reference: "reference"
        }
    }

    /// The graphs inside, for nodes such as `If` and `Loop`.
    public var subgraphs: [Graph] {
        switch self {
        case .graph(let graph): [graph]
        case .graphs(let graphs): graphs
        default: []
        }
    }
}

extension Attribute: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral
{
    public init(floatLiteral value: Float) { self = .float(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: Int...) { self = .ints(elements) }
}

extension Attribute: Equatable {
    /// Floats compare by bits, so that a NaN equals itself.
    public static func == (a: Attribute, b: Attribute) -> Bool {
        switch (a, b) {
        case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
        case (.int(let a), .int(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.tensor(let a), .tensor(let b)): a == b
        case (.stringTensor(let a), .stringTensor(let b)): a == b
        case (.sparseTensor(let a), .sparseTensor(let b)): a == b
        case (.graph(let a), .graph(let b)): a == b
        case (.floats(let a), .floats(let b)): a.map(\.bitPattern) == b.map(\.bitPattern)
        case (.ints(let a), .ints(let b)): a == b
        case (.strings(let a), .strings(let b)): a == b
        case (.tensors(let a), .tensors(let b)): a == b
        case (.graphs(let a), .graphs(let b)): a == b
        case (.type(let a), .type(let b)): a == b
        case (.types(let a), .types(let b)): a == b
        case (.reference(let a, let m), .reference(let b, let n)): a == b && m == n
        default: false
        }
    }
}
