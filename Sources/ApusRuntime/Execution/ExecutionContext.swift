import ApusCore
import CApusKernels

/// What an operator may use while it runs: threads, kernels and memory.
struct ExecutionContext: Sendable {
    let threads: ThreadPool
    let cpu: apus_cpu
    let workspace: Workspace
    /// Where the running operator's image goes, when it is a part of a larger one.
    var destination: ImagePart?
    /// Where kernel calls are noted, when they shall be repeated.
    var recording: Recording?

    var pool: OpaquePointer? { threads.handle }

    /// An uninitialized row-major value.
    func make(_ shape: Shape, _ dataType: DataType = .float32) throws(OperatorError) -> Value {
        Value(shape, dataType, storage: try storage(shape, dataType))
    }

    /// An uninitialized value of rank 4 that lies channels last.
    func makeChannelsLast(_ shape: Shape, _ dataType: DataType = .float32) throws(OperatorError) -> Value {
        Value(shape, dataType, storage: try storage(shape, dataType), layout: .channelsLast(stride: shape[1]))
    }

    /// An uninitialized image for an operator's one result: a part of a larger image where the program says so.
    func makeImage(_ shape: Shape, _ type: DataType = .float32) throws(OperatorError) -> Value {
        guard let destination, let whole = destination.shape(around: shape),
            destination.whole.map({ $0.dataType == type }) ?? true
        else { return try makeChannelsLast(shape, type) }
        let image = try destination.whole.or(try makeChannelsLast(whole, type))
        return image.channels(from: destination.channel, count: shape[1])
    }

    /// An uninitialized dense value that lies as `other` does.
    func make(_ shape: Shape, like other: Value) throws(OperatorError) -> Value {
        other.isChannelsLast ? try makeChannelsLast(shape, other.dataType) : try make(shape, other.dataType)
    }

    /// Floats that are taken back when the operator returns.
    func makeTemporary(floats count: Int) throws(OperatorError) -> UnsafeMutablePointer<Float> {
        let value = try makeTemporary([count], .float32)
        return value.floats
    }

    func makeTemporary(_ shape: Shape, _ dataType: DataType) throws(OperatorError) -> Value {
        let value = try make(shape, dataType)
        workspace.addTemporary(value.storage)
        return value
    }

    /// `value` in the order of its shape: itself where it lies so.
    func rowMajor(_ value: Value) throws(OperatorError) -> Value {
        if let same = value.asRowMajor { return same }
        let result = try makeTemporary(value.shape, value.dataType)
        copy(value, to: result)
        return result
    }

    /// `value`, of rank 4, with each pixel's channels together.
    func channelsLast(_ value: Value) throws(OperatorError) -> Value {
        try expect(value.rank == 4, "4 dimensions [N, C, H, W]", found: "\(value.shape)")
        if let same = value.asChannelsLast { return same }
        let result = try makeChannelsLast(value.shape, value.dataType)
        workspace.addTemporary(result.storage)
        copy(value, to: result)
        return result
    }

    /// Copies all elements between two values of one shape, whatever their layouts.
    func copy(_ source: Value, to target: Value) {
        copy(
            source.base, source.strides, to: target.base, target.strides, extents: source.shape.dimensions,
            size: source.dataType.size)
    }

    /// Copies between strided views; strides in elements. Shapes of more than eight dimensions go axis by axis.
    func copy(
        _ source: UnsafeRawPointer, _ sourceStrides: [Int], to target: UnsafeMutableRawPointer,
        _ targetStrides: [Int], extents: [Int], size: Int
    ) {
        guard extents.count > Int(APUS_MAXIMUM_RANK) else {
            call([UnsafeMutableRawPointer(mutating: source), target]) { operands, pool in
                apus_copy(
                    pool, operands[0], sourceStrides, operands[1], targetStrides, extents, Int32(extents.count), size)
            }
            return
        }
        for index in 0..<extents[0] {
            copy(
                source + index * sourceStrides[0] * size, Array(sourceStrides.dropFirst()),
                to: target + index * targetStrides[0] * size, Array(targetStrides.dropFirst()),
                extents: Array(extents.dropFirst()), size: size)
        }
    }

    private func storage(_ shape: Shape, _ dataType: DataType) throws(OperatorError) -> Storage {
        let storage = try workspace.storage(byteCount: try shape.requireCount() * dataType.size)
        recording?.hold(storage)
        return storage
    }
}
