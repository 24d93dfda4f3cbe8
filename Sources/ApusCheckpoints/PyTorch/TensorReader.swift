import ApusCore

/// Makes arrays of what a pickle refers to; the storages lie in a mapped file.
struct TensorReader {
    let bytes: UnsafeRawBufferPointer
    /// What keeps the bytes readable.
    let owner: AnyObject
    /// Where each storage lies in `bytes`, or what is wrong with it.
    let place: (StorageReference) throws(CheckpointError) -> Range<Int>
    /// Whether the file's numbers are big-endian.
    let isSwapped: Bool
    private var budget: Int

    init(
        _ bytes: UnsafeRawBufferPointer, owner: AnyObject, limits: ReadingLimits, isSwapped: Bool = false,
        place: @escaping (StorageReference) throws(CheckpointError) -> Range<Int>
    ) {
        (self.bytes, self.owner, self.isSwapped, self.place) = (bytes, owner, isSwapped, place)
        budget = limits.tensorBytes(fileSize: bytes.count)
    }

    /// The tensor's elements: a window on the file where they lie in order there, else a copy.
    mutating func array(_ tensor: TensorReference, name: String, type: DataType) throws(CheckpointError) -> NDArray {
        let range = try place(tensor.storage)
        let view = tensor.storage.view
        let room = view?.count ?? range.count / type.size
        let start = view?.offset ?? 0
        guard let span = TensorSpan(tensor), start >= 0, room >= 0, start <= range.count / type.size - room,
            span.end <= room
        else {
            throw CheckpointError(
                at: range.lowerBound, expected: "the tensor '\(name)' within its storage of \(room) elements",
                found: "shape \(tensor.shape), strides \(tensor.strides), offset \(tensor.offset)", remedy: cutOff)
        }
        try pay(span.count, type, name)
        let first = range.lowerBound + (start + tensor.offset) * type.size
        let shape = Shape(tensor.shape)
        guard span.count > 0, let base = bytes.baseAddress else { return NDArray(uninitialized: shape, dataType: type) }
        if span.isDense, !isSwapped || type.size == 1, Int(bitPattern: base + first) % type.size == 0 {
            let storage = Storage(borrowing: base + first, byteCount: span.count * type.size, owner: owner)
            return NDArray(shape: shape, dataType: type, storage: storage)
        }
        return gathered(base + first, tensor, type)
    }

    private mutating func pay(_ count: Int, _ type: DataType, _ name: String) throws(CheckpointError) {
        guard count <= budget / type.size else {
            throw CheckpointError(
                expected: "tensors of about the file's size", found: "many times as much from '\(name)' on",
                remedy: "save expanded tensors with .clone()")
        }
        budget -= count * type.size
    }

    private func gathered(_ source: UnsafeRawPointer, _ tensor: TensorReference, _ type: DataType) -> NDArray {
        var array = NDArray(uninitialized: Shape(tensor.shape), dataType: type)
        let size = type.size
        array.withUnsafeMutableBytes { target in
            var index = [Int](repeating: 0, count: tensor.shape.count)
            var place = 0, written = 0
            while written < target.count {
                target.baseAddress?.advanced(by: written).copyMemory(from: source + place * size, byteCount: size)
                written += size
                for axis in index.indices.reversed() {
                    index[axis] += 1
                    place += tensor.strides[axis]
                    if index[axis] < tensor.shape[axis] { break }
                    place -= index[axis] * tensor.strides[axis]
                    index[axis] = 0
                }
            }
            if isSwapped { TensorReader.swap(target, size: size) }
        }
        return array
    }

    private static func swap(_ bytes: UnsafeMutableRawBufferPointer, size: Int) {
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<start + size].reverse()
        }
    }
}

/// Which elements of a storage a tensor touches; `nil` where its numbers are negative or too large.
struct TensorSpan {
    let count: Int
    /// One past the last element of the storage that is read.
    let end: Int
    /// Whether the elements lie one after another, row by row.
    let isDense: Bool

    init?(_ tensor: TensorReference) {
        guard tensor.offset >= 0, tensor.shape.count <= 64, tensor.strides.allSatisfy({ $0 >= 0 }),
            let count = Shape(tensor.shape).checkedCount
        else { return nil }
        self.count = count
        guard count > 0 else {
            (end, isDense) = (0, true)
            return
        }
        var last = tensor.offset
        for (extent, stride) in zip(tensor.shape, tensor.strides) {
            let (step, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow) = last.addingReportingOverflow(step)
            guard !tooFar, !overflow, sum < .max else { return nil }
            last = sum
        }
        end = last + 1
        let dense = Shape(tensor.shape).strides
        isDense = tensor.shape.indices.allSatisfy { tensor.shape[$0] == 1 || tensor.strides[$0] == dense[$0] }
    }
}
