import ApusCore

/// One extent of a declared shape.
public enum Dimension: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    case fixed(Int)
    /// Equal names stand for equal extents, known when the model runs.
    case symbolic(String)
    case unknown

    public init(integerLiteral value: Int) { self = .fixed(value) }
    public init(stringLiteral value: String) { self = .symbolic(value) }

    public var value: Int? {
        if case .fixed(let value) = self { value } else { nil }
    }

    public var description: String {
        switch self {
        case .fixed(let value): "\(value)"
        case .symbolic(let name): name
        case .unknown: "?"
        }
    }
}

/// What a value of a graph may be.
public indirect enum ValueType: Hashable, Sendable {
    /// A shape of `nil` may have any rank.
    case tensor(ElementType, shape: [Dimension]?)
    case sequence(ValueType)
    case optional(ValueType)
    /// A type that no tensor operator takes (a map, a sparse tensor), or none declared.
    case other(String)
}

/// The name and declared type of a graph's input, output or inner value.
public struct ValueInfo: Hashable, Sendable {
    public var name: String
    public var type: ValueType

    public init(_ name: String, type: ValueType) {
        (self.name, self.type) = (name, type)
    }

    public init(_ name: String, _ dataType: DataType, shape: [Dimension]?) {
        self.init(name, type: .tensor(ElementType(dataType), shape: shape))
    }

    public var elementType: ElementType? {
        if case .tensor(let element, _) = type { element } else { nil }
    }

    /// `nil` where it is no tensor, or one whose elements no `NDArray` holds.
    public var dataType: DataType? { elementType?.dataType }

    /// `nil` where none is declared.
    public var shape: [Dimension]? {
        if case .tensor(_, let shape) = type { shape } else { nil }
    }

    /// `nil` where a dimension is not fixed.
    public var staticShape: Shape? {
        guard let extents = shape?.map(\.value), !extents.contains(nil) else { return nil }
        return Shape(extents.compactMap { $0 })
    }
}
