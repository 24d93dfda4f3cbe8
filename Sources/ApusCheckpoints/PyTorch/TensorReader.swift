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
        return gathered(base + first, tensor.withoutIdleStrides, type, isDense: span.isDense)
    }

    private mutating func pay(_ count: Int, _ type: DataType, _ name: String) throws(CheckpointError) {
        guard count <= budget / type.size else {
            throw CheckpointError(
                expected: "tensors of about the file's size", found: "many times as much from '\(name)' on",
                remedy: "save expanded tensors with .clone()")
        }
        budget -= count * type.size
    }

    private func gathered(
        _ source: UnsafeRawPointer, _ tensor: TensorReference, _ type: DataType, isDense: Bool
    ) -> NDArray {
        var array = NDArray(uninitialized: Shape(tensor.shape), dataType: type)
        array.withUnsafeMutableBytes { target in
            if isDense {
                target.copyMemory(from: UnsafeRawBufferPointer(start: source, count: target.count))
            } else {
                switch type.size {
                case 1: TensorReader.gather(UInt8.self, from: source, tensor, to: target)
                case 2: TensorReader.gather(UInt16.self, from: source, tensor, to: target)
                case 4: TensorReader.gather(UInt32.self, from: source, tensor, to: target)
                default: TensorReader.gather(UInt64.self, from: source, tensor, to: target)
                }
            }
            if isSwapped { TensorReader.swap(target, size: type.size) }
        }
        return array
    }

    /// The elements row by row, whatever their strides, of which there is one at least.
    private static func gather<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ type: Bits.Type, from source: UnsafeRawPointer, _ tensor: TensorReference,
        to target: UnsafeMutableRawBufferPointer
    ) {
        let target = target.bindMemory(to: Bits.self)
        let rowLength = tensor.shape.last ?? 1, step = (tensor.strides.last ?? 1) * MemoryLayout<Bits>.size
        var rows = StridedRows(tensor)
        for start in stride(from: 0, to: target.count, by: rowLength) {
            var element = source + rows.next() * MemoryLayout<Bits>.size
            for index in start..<start + rowLength {
                target[index] = element.loadUnaligned(as: Bits.self)
                element += step
            }
        }
    }

    private static func swap(_ bytes: UnsafeMutableRawBufferPointer, size: Int) {
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<start + size].reverse()
        }
    }
}

/// Where the rows of a tensor begin in its storage, one after another.
private struct StridedRows {
    private let extents, strides: ArraySlice<Int>
    private var index: [Int]
    private var place = 0

    init(_ tensor: TensorReference) {
        (extents, strides) = (tensor.shape.dropLast(), tensor.strides.dropLast())
        index = [Int](repeating: 0, count: extents.count)
    }

    mutating func next() -> Int {
        let current = place
        for axis in index.indices.reversed() {
            index[axis] += 1
            place += strides[axis]
            if index[axis] < extents[axis] { break }
            place -= index[axis] * strides[axis]
            index[axis] = 0
        }
        return current
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
