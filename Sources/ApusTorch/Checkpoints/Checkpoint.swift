import ApusCore
import FoundationEssentials

/// Tensors and texts in one safetensors file, which Python's `safetensors` package opens too.
///
/// Format: <https://github.com/huggingface/safetensors#format>. Reading executes nothing and checks every offset.
public struct Checkpoint: Sendable {
    public var tensors: StateDictionary
    /// Free texts, such as the epoch or the configuration.
    public var metadata: [String: String]

    public init(tensors: StateDictionary, metadata: [String: String] = [:]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    /// Reads a file onto the CPU.
    public init(contentsOf path: String) throws {
        let file = try MappedFile(path: path)
        do throws(SafetensorsProblem) {
            try self.init(decoding: file.bytes)
        } catch {
            throw TorchError.checkpoint(path: path, reason: error.reason)
        }
    }

    /// Writes the file whole or not at all.
    public func write(to path: String) throws(FileError) { try FileSystem.writeWhole(encoded(), to: path) }
}

extension Checkpoint {
    private static let headerLimit = 100_000_000

    init(decoding bytes: UnsafeRawBufferPointer) throws(SafetensorsProblem) {
        guard bytes.count >= 8 else { throw SafetensorsProblem("it has \(bytes.count) bytes") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(Checkpoint.headerLimit), length <= UInt64(bytes.count - 8) else {
            throw SafetensorsProblem("its header claims \(length) bytes of \(bytes.count)")
        }
        let header = try Checkpoint.header(Data(bytes[8..<8 + Int(length)]))
        let data = UnsafeRawBufferPointer(rebasing: bytes[(8 + Int(length))...])
        var tensors = StateDictionary()
        for place in try header.places(byteCount: data.count) {
            tensors[place.name] = Tensor(
                copying: UnsafeRawBufferPointer(rebasing: data[place.bytes]), shape: place.shape,
                dataType: place.dataType)
        }
        self.init(tensors: tensors, metadata: header.metadata)
    }

    private static func header(_ json: Data) throws(SafetensorsProblem) -> SafetensorsHeader {
        guard json.first == UInt8(ascii: "{") else { throw SafetensorsProblem("its header is not a JSON object") }
        do {
            return try JSONDecoder().decode(SafetensorsHeader.self, from: json)
        } catch {
            throw SafetensorsProblem("its header cannot be read: \(error)")
        }
    }

    func encoded() -> [UInt8] {
        var (fields, offset) = ([String](), 0)
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            fields.append("\(quoted(SafetensorsHeader.metadataKey)):{\(texts.joined(separator: ","))}")
        }
        for (name, tensor) in tensors {
            let end = offset + tensor.count * tensor.dataType.size
            let type = SafetensorsHeader.dataTypes.first { $0.dataType == tensor.dataType }!.name
            let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
            fields.append(
                #"\#(quoted(name)):{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(offset),\#(end)]}"#)
            offset = end
        }
        var header = Array("{\(fields.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        return assembled(header, dataCount: offset)
    }

    private func assembled(_ header: [UInt8], dataCount: Int) -> [UInt8] {
        let start = 8 + header.count
        return [UInt8](unsafeUninitializedCapacity: start + dataCount) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.storeBytes(of: UInt64(header.count).littleEndian, as: UInt64.self)
            UnsafeMutableRawBufferPointer(rebasing: bytes[8..<start]).copyBytes(from: header)
            var offset = start
            for (_, tensor) in tensors {
                let end = offset + tensor.count * tensor.dataType.size
                tensor.copy(to: UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<end]))
                offset = end
            }
            count = offset
        }
    }
}

/// A JSON string.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case _ where scalar.value < 0x20:
            result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
