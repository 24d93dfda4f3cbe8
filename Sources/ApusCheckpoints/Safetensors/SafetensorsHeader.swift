import ApusCore
import FoundationEssentials

/// The JSON at the start of a safetensors file: where each tensor's bytes are, and a map of texts.
struct SafetensorsHeader: Decodable {
    struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    /// A tensor whose entry was found sound.
    struct Place {
        var name: String
        var shape: Shape
        var dataType: DataType
        /// Counted from the header's end.
        var bytes: Range<Int>
    }

    var metadata: [String: String] = [:]
    var entries: [(name: String, entry: Entry)] = []

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static let metadataKey = "__metadata__"

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
            if key.stringValue == SafetensorsHeader.metadataKey {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                entries.append((key.stringValue, try container.decode(Entry.self, forKey: key)))
            }
        }
    }

    /// The tensors in the order of their bytes, which must fill `byteCount` without gaps or overlaps.
    func places(byteCount: Int) throws(CheckpointError) -> [Place] {
        var places: [Place] = []
        for (name, entry) in entries { places.append(try SafetensorsHeader.place(name, entry)) }
        places.sort {
            ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
        }
        var end = 0
        for place in places {
            guard place.bytes.lowerBound == end else {
                throw CheckpointError(
                    expected: "'\(place.name)' to begin at byte \(end) of the tensors, without gap or overlap",
                    found: "byte \(place.bytes.lowerBound)", remedy: cutOff)
            }
            end = place.bytes.upperBound
        }
        guard end == byteCount else {
            throw CheckpointError(
                expected: "tensors of \(end) bytes, as the header says", found: "\(byteCount)", remedy: cutOff)
        }
        return places
    }

    private static func place(_ name: String, _ entry: Entry) throws(CheckpointError) -> Place {
        guard let dataType = dataTypes.first(where: { $0.name == entry.dtype })?.dataType else {
            throw CheckpointError(
                expected: "'\(name)' of one of \(dataTypes.map(\.name).joined(separator: ", "))",
                found: entry.dtype, remedy: "save it as another type")
        }
        let shape = Shape(entry.shape)
        guard let count = shape.checkedCount, count <= Int.max / dataType.size else {
            throw CheckpointError(expected: "a possible shape of '\(name)'", found: "\(shape)", remedy: cutOff)
        }
        let offsets = entry.offsets
        guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
            offsets[1] - offsets[0] == count * dataType.size
        else {
            throw CheckpointError(
                expected: "\(count * dataType.size) bytes of '\(name)', \(shape) of \(entry.dtype)",
                found: "the byte range \(offsets)", remedy: cutOff)
        }
        return Place(name: name, shape: shape, dataType: dataType, bytes: offsets[0]..<offsets[1])
    }

    static let dataTypes: [(name: String, dataType: DataType)] = [
        ("F64", .float64), ("F32", .float32), ("F16", .float16), ("BF16", .bfloat16), ("I64", .int64), ("I32", .int32),
        ("I16", .int16), ("I8", .int8), ("U64", .uint64), ("U32", .uint32), ("U16", .uint16), ("U8", .uint8),
        ("BOOL", .bool), ("F8_E4M3", .float8E4M3FN), ("F8_E5M2", .float8E5M2),
    ]
}
