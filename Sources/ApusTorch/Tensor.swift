import ApusCore
import CApusTorch

/// A LibTorch tensor: a reference to elements on a device, with the operations that made it where gradients are wanted.
///
/// Operators and methods that do not throw end the program when shapes do not fit, as array subscripts do.
/// One thread at a time may change a tensor; reading is safe from several.
public final class Tensor: @unchecked Sendable {
    let handle: OpaquePointer

    /// Takes over an owned handle.
    init(owning handle: OpaquePointer) { self.handle = handle }

    /// Takes over what an operation returned.
    convenience init(throwing handle: OpaquePointer?) throws(TorchError) {
        guard let handle else { throw TorchError.last }
        self.init(owning: handle)
    }

    /// Takes over what an operation returned; failure is a programmer's mistake, or a lack of memory that is watched for.
    convenience init(
        _ handle: OpaquePointer?, function: StaticString = #function, file: StaticString = #fileID, line: UInt = #line
    ) {
        guard let handle = handle ?? Torch.placeholder else { mistake(function, file: file, line: line) }
        self.init(owning: handle)
    }

    deinit { apus_tensor_release(handle) }

    public var shape: Shape { Shape((0..<rank).map { Int(apus_tensor_size(handle, $0)) }) }
    public var rank: Int { apus_tensor_rank(handle) }
    public var count: Int { Int(apus_tensor_count(handle)) }
    public var device: Device { Device(index: apus_tensor_device(handle)) }
    public var isChannelsLast: Bool { apus_tensor_is_channels_last(handle) }

    public var dataType: DataType {
        let number = Int(apus_tensor_dtype(handle))
        precondition(number >= 0, "an element type that Apus does not name")
        return tensorDataTypes[number]
    }

    /// The extent of one axis; negative axes count from the end.
    public func size(_ axis: Int) -> Int { Int(apus_tensor_size(handle, axis < 0 ? axis + rank : axis)) }
}

/// Element types in the order of the C face's table.
private let tensorDataTypes: [DataType] = [
    .float32, .float64, .float16, .bfloat16, .uint8, .int8, .int16, .int32, .int64, .bool,
]

extension DataType {
    /// Whether tensors have elements of this type.
    public var isTensorType: Bool { tensorDataTypes.contains(self) }

    var tensorNumber: Int32 {
        guard let number = tensorDataTypes.firstIndex(of: self) else {
            preconditionFailure("tensors have no \(rawValue) elements")
        }
        return Int32(number)
    }
}

extension Shape {
    var extents: [Int64] { dimensions.map(Int64.init) }
}
