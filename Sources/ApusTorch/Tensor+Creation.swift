import ApusCore
import CApusTorch

extension Tensor {
    /// A tensor whose elements are all `value`.
    public static func full(
        _ shape: Shape, _ value: Double, dataType: DataType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(apus_tensor_full(shape.extents, shape.rank, value, dataType.tensorNumber, device.index))
    }

    public static func zeros(_ shape: Shape, dataType: DataType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 0, dataType: dataType, device: device)
    }

    public static func ones(_ shape: Shape, dataType: DataType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 1, dataType: dataType, device: device)
    }

    /// A copy of row-major elements.
    public convenience init<Element: ArrayElement>(_ elements: [Element], shape: Shape? = nil, device: Device = .cpu) {
        let shape = shape ?? [elements.count]
        precondition(shape.count == elements.count, "\(elements.count) elements do not fill \(shape)")
        let handle = elements.withUnsafeBytes {
            apus_tensor_from_bytes(
                $0.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!, shape.extents, shape.rank,
                Element.dataType.tensorNumber, device.index)
        }
        self.init(handle)
    }

    /// A copy of row-major bytes, which must be exactly the elements of `shape`.
    public convenience init(
        copying bytes: UnsafeRawBufferPointer, shape: Shape, dataType: DataType, device: Device = .cpu
    ) {
        precondition(bytes.count == shape.count * dataType.size, "\(bytes.count) bytes do not fill \(shape)")
        self.init(
            apus_tensor_from_bytes(
                bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!, shape.extents, shape.rank,
                dataType.tensorNumber, device.index))
    }

    public convenience init(_ array: NDArray, device: Device = .cpu) {
        let handle = array.withUnsafeBytes {
            apus_tensor_from_bytes(
                $0.baseAddress!, array.shape.extents, array.shape.rank, array.dataType.tensorNumber, device.index)
        }
        self.init(handle)
    }

    /// `uint8` pixels, rows of interleaved channels, as `[count, channels, height, width]` of value / 255,
    /// channels_last.
    public convenience init(
        pixels: UnsafeRawBufferPointer, count: Int, height: Int, width: Int, channels: Int = 3, device: Device = .cpu
    ) {
        precondition(
            pixels.count >= count * height * width * channels && !pixels.isEmpty,
            "\(pixels.count) bytes hold no \(count) images of \(width)×\(height)×\(channels)")
        self.init(
            apus_tensor_from_pixels(
                pixels.baseAddress!.assumingMemoryBound(to: UInt8.self), Int64(count), Int64(height), Int64(width),
                Int64(channels), device.index))
    }
}

extension Tensor {
    /// The only element.
    public func item() -> Double {
        var value = 0.0
        require(apus_tensor_item(handle, &value))
        return value
    }

    /// A row-major copy of the elements.
    public func array() -> NDArray {
        var array = NDArray(uninitialized: shape, dataType: dataType)
        array.withUnsafeMutableBytes { copy(to: $0) }
        return array
    }

    /// The elements, row-major, which must be of this type.
    public func elements<Element: ArrayElement>(of type: Element.Type = Element.self) -> [Element] {
        array().elements(of: type)
    }

    /// Writes the elements, row-major, to memory of exactly their size.
    public func copy(to bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress else {
            precondition(count == 0, "no memory for \(count) elements")
            return
        }
        require(apus_tensor_copy_to_bytes(handle, base, bytes.count))
    }

    public func clone() -> Tensor { Tensor(apus_tensor_clone(handle)) }
    public func to(_ device: Device) throws(TorchError) -> Tensor {
        try Tensor(throwing: apus_tensor_to_device(handle, device.index))
    }
    /// Moves this tensor's own elements, and those of no other that shares them; what refers to it sees them there.
    public func move(to device: Device) throws(TorchError) {
        guard apus_tensor_move(handle, device.index) == 0 else { throw .last }
    }
    public func to(_ dataType: DataType) -> Tensor { Tensor(apus_tensor_to_dtype(handle, dataType.tensorNumber)) }
    /// The same elements, row by row in memory.
    public func contiguous() -> Tensor { Tensor(apus_tensor_contiguous(handle, false)) }
    /// The same `[N, C, H, W]` elements, the channels of a pixel side by side in memory: the fastest layout on CPUs.
    public func channelsLast() -> Tensor { Tensor(apus_tensor_contiguous(handle, true)) }

    /// Overwrites the elements with `source`'s, outside `backward`'s sight. The shapes must be equal.
    public func assign(_ source: Tensor) {
        precondition(
            apus_torch_is_exhausted() || source.shape == shape, "\(source.shape) cannot be assigned to \(shape)")
        require(apus_tensor_assign(handle, source.handle))
    }
}

extension Tensor {
    /// Zeros in this tensor's shape, type, device and memory layout.
    public func zerosLike() -> Tensor { Tensor(apus_tensor_zeros_like(handle)) }
}

extension Tensor {
    /// Adds 1 to an `int64` scalar.
    public func increment() {
        require(apus_tensor_increment(handle))
    }
}
