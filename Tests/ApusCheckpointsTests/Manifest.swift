import ApusCheckpoints
import ApusCore

/// What PyTorch finds in the files that `Oracles/files.py` writes.
enum Manifest {
    struct Entry {
        var file, name: String
        var type: DataType
        var shape: [Int]
        var digest: Double
    }

    static let folder = FileSystem.folder(of: #filePath) + "/Oracles/"

    static let tensors: [Entry] = {
        let text = (try? FileSystem.readText(folder + "manifest.txt")) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 5, let type = DataType(rawValue: parts[2]), let digest = Double(parts[4]) else {
                return nil
            }
            let shape = parts[3].split(separator: "x").compactMap { Int($0) }
            return Entry(file: parts[0], name: parts[1], type: type, shape: shape, digest: digest)
        }
    }()

    static let files = Set(tensors.map(\.file)).sorted()
}

extension NDArray {
    /// The elements as doubles.
    var numbers: [Double] {
        switch dataType {
        case .float32: elements(of: Float.self).map(Double.init)
        case .float64: elements(of: Double.self)
        case .int8: elements(of: Int8.self).map(Double.init)
        case .int16: elements(of: Int16.self).map(Double.init)
        case .int32: elements(of: Int32.self).map(Double.init)
        case .int64: elements(of: Int64.self).map(Double.init)
        case .uint8: elements(of: UInt8.self).map(Double.init)
        case .uint16: elements(of: UInt16.self).map(Double.init)
        case .uint32: elements(of: UInt32.self).map(Double.init)
        case .bool: elements(of: Bool.self).map { $0 ? 1 : 0 }
        case .float16: words.map { Double(Float(half: $0)) }
        case .bfloat16: words.map { Double(Float(bitPattern: UInt32($0) << 16)) }
        default: []
        }
    }

    private var words: [UInt16] { withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) } }
}

extension Float {
    /// A normal number or zero of IEEE's half precision.
    fileprivate init(half bits: UInt16) {
        let exponent = Int(bits >> 10 & 31), fraction = Float(bits & 1023)
        let magnitude =
            exponent == 0
            ? fraction * 0x1p-24 : (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        self = bits >> 15 == 1 ? -magnitude : magnitude
    }
}

extension [Double] {
    /// The sum that `Oracles/files.py` writes: sums of eighths, exact in any order.
    var digest: Double { enumerated().reduce(0) { $0 + $1.element * Double($1.offset % 13 + 1) } }
}

extension WeightFile {
    /// Reads bytes that end where these do, so that a sanitizer sees a step beyond.
    init(bytes: [UInt8]) throws(CheckpointError) {
        let block = Block(bytes)
        try self.init(decoding: UnsafeRawBufferPointer(block.bytes), owner: block)
    }

    private final class Block {
        let bytes: UnsafeMutableRawBufferPointer

        init(_ content: [UInt8]) {
            bytes = .allocate(byteCount: content.count, alignment: 64)
            bytes.copyBytes(from: content)
        }

        deinit { bytes.deallocate() }
    }
}
