import ApusCore

/// ONNX's `TensorProto.DataType`, by its code in the file.
public enum ElementType: Int, Hashable, Sendable, CaseIterable {
    case float = 1, uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
    case complex64, complex128, bfloat16, float8E4M3FN, float8E4M3FNUZ, float8E5M2, float8E5M2FNUZ
    case uint4, int4, float4E2M1

    public init(_ dataType: DataType) {
        self =
            switch dataType {
            case .float16: .float16
            case .bfloat16: .bfloat16
            case .float32: .float
            case .float64: .double
            case .int8: .int8
            case .int16: .int16
            case .int32: .int32
            case .int64: .int64
            case .uint8: .uint8
            case .uint16: .uint16
            case .uint32: .uint32
            case .uint64: .uint64
            case .bool: .bool
            case .float8E4M3FN: .float8E4M3FN
            case .float8E4M3FNUZ: .float8E4M3FNUZ
            case .float8E5M2: .float8E5M2
            case .float8E5M2FNUZ: .float8E5M2FNUZ
            case .int4: .int4
            case .uint4: .uint4
            }
    }

    /// The type of an `NDArray` of such elements; `nil` where none can hold them.
    public var dataType: DataType? { DataType.allCases.first { ElementType($0) == self } }
}
