/// The element type of an array, named as NumPy names it.
public enum DataType: String, Hashable, Sendable, CaseIterable {
    case float16, bfloat16, float32, float64
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool
    /// 8-bit floats by the bits of their exponents and fractions: FN has no infinities, UZ no negative zero either.
    case float8E4M3FN, float8E4M3FNUZ, float8E5M2, float8E5M2FNUZ
    /// One byte an element in memory, the value's sign included; two elements a byte in files.
    case int4, uint4

    /// Bytes an element occupies.
    public var size: Int {
        switch self {
        case .int8, .uint8, .bool, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .int4, .uint4: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64: true
        default: isFloat8
        }
    }

    public var isFloat8: Bool {
        switch self {
        case .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ: true
        default: false
        }
    }

    /// Whether two elements share a byte in files.
    public var isFourBit: Bool { self == .int4 || self == .uint4 }

    public var isSigned: Bool {
        switch self {
        case .uint4, .uint8, .uint16, .uint32, .uint64, .bool: false
        default: true
        }
    }
}

/// A Swift type whose bytes are an array's elements.
public protocol ArrayElement: BitwiseCopyable, Sendable {
    static var dataType: DataType { get }
}

extension Float: ArrayElement { public static var dataType: DataType { .float32 } }
extension Double: ArrayElement { public static var dataType: DataType { .float64 } }
extension Int8: ArrayElement { public static var dataType: DataType { .int8 } }
extension Int16: ArrayElement { public static var dataType: DataType { .int16 } }
extension Int32: ArrayElement { public static var dataType: DataType { .int32 } }
extension Int64: ArrayElement { public static var dataType: DataType { .int64 } }
extension UInt8: ArrayElement { public static var dataType: DataType { .uint8 } }
extension UInt16: ArrayElement { public static var dataType: DataType { .uint16 } }
extension UInt32: ArrayElement { public static var dataType: DataType { .uint32 } }
extension UInt64: ArrayElement { public static var dataType: DataType { .uint64 } }
extension Bool: ArrayElement { public static var dataType: DataType { .bool } }
