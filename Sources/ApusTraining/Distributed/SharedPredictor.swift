import ApusCore
import ApusDatasets
import ApusTorch

/// The main process's predictor in an evaluation whose batches all processes compute in turn: what it is asked of is
/// every batch in their order, what it computes itself is one in `group.size`.
final class SharedPredictor: BatchPredictor {
    private let own: any BatchPredictor
    private let group: ProcessGroup
    private var waiting: [[NDArray]] = []

    init(_ own: any BatchPredictor, _ group: ProcessGroup) { (self.own, self.group) = (own, group) }

    func outputs(for batch: Batch) throws -> [NDArray] {
        if waiting.isEmpty {
            let first = try own.outputs(for: batch)
            let others = try group.gather([]).dropFirst().map(ArrayBytes.arrays)
            waiting = ([first] + others).reversed()
        }
        return waiting.removeLast()
    }
}

/// Float arrays as bytes, for the road between processes of one program.
enum ArrayBytes {
    static func bytes(_ arrays: [NDArray]) -> [UInt8] {
        var header: [Int64] = [Int64(arrays.count)]
        for array in arrays { header += [Int64(array.shape.rank)] + array.shape.dimensions.map(Int64.init) }
        var bytes = header.withUnsafeBytes { Array($0) }
        for array in arrays { array.withUnsafeBytes { bytes += $0 } }
        return bytes
    }

    static func arrays(_ bytes: [UInt8]) -> [NDArray] {
        var offset = 0
        func next() -> Int {
            defer { offset += 8 }
            return Int(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int64.self) })
        }
        guard !bytes.isEmpty else { return [] }
        let shapes = (0..<next()).map { _ in Shape((0..<next()).map { _ in next() }) }
        return shapes.map { shape in
            var array = NDArray(uninitialized: shape, dataType: .float32)
            let count = shape.count * DataType.float32.size
            array.withUnsafeMutableBytes { $0.copyBytes(from: bytes[offset..<offset + count]) }
            offset += count
            return array
        }
    }
}
