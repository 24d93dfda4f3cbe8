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
    func places(byteCount: Int) throws(SafetensorsProblem) -> [Place] {
        var places: [Place] = []
        for (name, entry) in entries { places.append(try SafetensorsHeader.place(name, entry)) }
        places.sort {
            ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
        }
        var end = 0
        for place in places {
            guard place.bytes.lowerBound == end else {
                throw SafetensorsProblem("\(place.name) begins at byte \(place.bytes.lowerBound), expected \(end)")
            }
            end = place.bytes.upperBound
        }
        guard end == byteCount else {
            throw SafetensorsProblem("the tensors fill \(end) bytes and the file holds \(byteCount); it may be cut off")
        }
        return places
    }

    private static func place(_ name: String, _ entry: Entry) throws(SafetensorsProblem) -> Place {
        guard let dataType = dataTypes.first(where: { $0.name == entry.dtype })?.dataType else {
            throw SafetensorsProblem("\(name) has elements of the type \(entry.dtype), which tensors here do not have")
        }
        let shape = Shape(entry.shape)
        guard let count = shape.checkedCount, count <= Int.max / dataType.size else {
            throw SafetensorsProblem("\(name) has the impossible shape \(shape)")
        }
        let offsets = entry.offsets
        guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
            throw SafetensorsProblem("\(name) has the byte range \(offsets)")
        }
        guard offsets[1] - offsets[0] == count * dataType.size else {
            throw SafetensorsProblem(
                "\(name) has \(offsets[1] - offsets[0]) bytes; \(shape) of \(entry.dtype) is \(count * dataType.size)"
            )
        }
        return Place(name: name, shape: shape, dataType: dataType, bytes: offsets[0]..<offsets[1])
    }

    static let dataTypes: [(name: String, dataType: DataType)] = [
        ("F64", .float64), ("F32", .float32), ("F16", .float16), ("BF16", .bfloat16), ("I64", .int64), ("I32", .int32),
        ("I16", .int16), ("I8", .int8), ("U8", .uint8), ("BOOL", .bool),
    ]
}

/// What is wrong with a file, before its path is known.
struct SafetensorsProblem: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
}
