import ApusCore

/// A tensor while a model runs: a logical shape, and how its elements lie in memory.
///
/// Images are NCHW to every operator; `channelsLast` says that they lie as NHWC, which is how the kernels want them.
struct Value: @unchecked Sendable {
    enum Layout: Equatable, Sendable {
        /// Dense, in the order of the shape.
        case rowMajor
        /// Rank 4: each pixel's channels adjoin, pixels are `stride` elements apart.
        case channelsLast(stride: Int)
    }

    let shape: Shape
    let dataType: DataType
    var storage: Storage
    /// Where the first element lies, in elements.
    let offset: Int
    let layout: Layout

    init(_ shape: Shape, _ dataType: DataType, storage: Storage, offset: Int = 0, layout: Layout = .rowMajor) {
        (self.shape, self.dataType, self.storage) = (shape, dataType, storage)
        (self.offset, self.layout) = (offset, layout)
    }

    init(_ array: NDArray) { self.init(array.shape, array.dataType, storage: array.storage) }

    var count: Int { shape.count }
    var rank: Int { shape.rank }
    var base: UnsafeMutableRawPointer { storage.base + offset * dataType.size }
    /// The elements, where they are `float32`.
    var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }

    var isChannelsLast: Bool { layout != .rowMajor }

    /// The distance between pixels; only for a value that lies channels last.
    var pixelStride: Int {
        if case .channelsLast(let stride) = layout { stride } else { shape[1] }
    }

    /// The distance, in elements, between neighbours along each axis.
    var strides: [Int] {
        guard case .channelsLast(let stride) = layout else { return shape.strides }
        return [shape[2] * shape[3] * stride, 1, shape[3] * stride, stride]
    }

    /// Whether the elements lie one after the other, in the order of `layout`.
    var isDense: Bool {
        if case .channelsLast(let stride) = layout { stride == shape[1] } else { true }
    }

    /// The same value in a copy of its storage.
    func moved(to other: Storage) -> Value {
        other.base.copyMemory(from: storage.base, byteCount: min(storage.byteCount, other.byteCount))
        return Value(shape, dataType, storage: other, offset: offset, layout: layout)
    }

    /// The same elements in another shape; only for row-major values.
    func reshaped(to shape: Shape) -> Value {
        precondition(layout == .rowMajor && shape.count == count, "\(self.shape) cannot become \(shape)")
        return Value(shape, dataType, storage: storage, offset: offset)
    }

    /// The same memory read as row-major where that is the same, else `nil`: one channel, or one pixel.
    var asRowMajor: Value? {
        guard isChannelsLast else { return self }
        guard isDense, shape[1] == 1 || shape[2] * shape[3] == 1 else { return nil }
        return Value(shape, dataType, storage: storage, offset: offset)
    }

    /// The same memory read as channels last where that is the same, else `nil`.
    var asChannelsLast: Value? {
        guard !isChannelsLast else { return self }
        guard rank == 4, shape[1] == 1 || shape[2] * shape[3] == 1 else { return nil }
        return Value(shape, dataType, storage: storage, offset: offset, layout: .channelsLast(stride: shape[1]))
    }

    /// Channels `start ..< start + count` of a value that lies channels last, without a copy.
    func channels(from start: Int, count: Int) -> Value {
        let part = Shape([shape[0], count, shape[2], shape[3]])
        return Value(
            part, dataType, storage: storage, offset: offset + start, layout: .channelsLast(stride: pixelStride))
    }
}
