import ApusCore
import FoundationEssentials

/// A safetensors file: the length of a JSON header, the header, and the tensors' bytes.
///
/// Format: <https://github.com/huggingface/safetensors#format>.
struct SafetensorsFile {
    let header: SafetensorsHeader
    let places: [SafetensorsHeader.Place]
    /// Where the tensors begin.
    let start: Int

    private static let headerLimit = 100_000_000

    /// Whether the first bytes are those of such a file.
    static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count > 8 && bytes[8] == UInt8(ascii: "{") }

    init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var cursor = ByteCursor(bytes)
        let length = try cursor.number(UInt64.self)
        guard length <= UInt64(SafetensorsFile.headerLimit), length <= UInt64(cursor.rest) else {
            throw CheckpointError(
                at: 0, expected: "a header within the file's \(bytes.count) bytes", found: "one of \(length) bytes",
                remedy: cutOff)
        }
        header = try SafetensorsFile.decode(Data(try cursor.take(Int(length))))
        places = try header.places(byteCount: cursor.rest)
        start = cursor.offset
    }

    private static func decode(_ json: Data) throws(CheckpointError) -> SafetensorsHeader {
        do {
            return try JSONDecoder().decode(SafetensorsHeader.self, from: json)
        } catch {
            throw CheckpointError(at: 8, expected: "a JSON header of tensors", found: "\(error)", remedy: cutOff)
        }
    }
}
