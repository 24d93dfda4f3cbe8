import ApusCore
import ApusONNX

/// What a model declares about an input or output.
public struct ValueFact: Hashable, Sendable {
    public let name: String
    public let type: ModelValueType

    public init(name: String, type: ModelValueType) { (self.name, self.type) = (name, type) }

    /// The same for a tensor of numbers, else `nil`.
    public var tensor: TensorFact? {
        guard case .tensor(let dataType, let shape) = type else { return nil }
        return TensorFact(name: name, dataType: dataType, shape: shape)
    }

    init(_ info: ValueInfo) throws(RuntimeError) {
        guard let type = ModelValueType(info.type) else {
            throw .unsupportedValue(info.name, type: "\(info.type)")
        }
        self.init(name: info.name, type: type)
    }
}

/// What kind of value is declared.
public indirect enum ModelValueType: Hashable, Sendable, CustomStringConvertible {
    /// An extent is `nil` where it may vary, the shape where not even the rank is declared.
    case tensor(DataType, shape: [Int?]?)
    case strings(shape: [Int?]?)
    case sequence(ModelValueType)
    case optional(ModelValueType)
    case undeclared

    /// `nil` for types that the runtime has not.
    init?(_ type: ValueType) {
        switch type {
        case .tensor(.string, let shape): self = .strings(shape: shape.map(Self.extents))
        case .tensor(let element, let shape):
            guard let dataType = element.dataType else { return nil }
            self = .tensor(dataType, shape: shape.map(Self.extents))
        case .sequence(let element):
            guard let type = ModelValueType(element) else { return nil }
            self = .sequence(type)
        case .optional(let element):
            guard let type = ModelValueType(element) else { return nil }
            self = .optional(type)
        case .other("undeclared"): self = .undeclared
        case .other: return nil
        }
    }

    /// Some exporters write −1 or 0 for an extent that varies.
    private static func extents(_ shape: [Dimension]) -> [Int?] {
        shape.map { dimension in dimension.value.flatMap { $0 > 0 ? $0 : nil } }
    }

    public var description: String {
        switch self {
        case .tensor(let type, let shape): "\(type) \(Self.text(shape))"
        case .strings(let shape): "strings \(Self.text(shape))"
        case .sequence(let element): "a sequence of \(element)"
        case .optional(let element): "an optional \(element)"
        case .undeclared: "of no declared type"
        }
    }

    static func text(_ shape: [Int?]?) -> String {
        guard let shape else { return "of any shape" }
        return "[" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
    }
}
