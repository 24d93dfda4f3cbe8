import ApusCore

/// The start of a safetensors file with these tensors, whose bytes follow it in this order: eight bytes of length and
/// the JSON, filled up with blanks to a multiple of eight.
public func safetensorsHeader(
    of tensors: [(name: String, shape: Shape, dataType: DataType)], metadata: [String: String]
) -> [UInt8] {
    var (fields, offset) = ([String](), 0)
    if !metadata.isEmpty {
        let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        fields.append("\(quoted(SafetensorsHeader.metadataKey)):{\(texts.joined(separator: ","))}")
    }
    for (name, shape, dataType) in tensors {
        guard let type = SafetensorsHeader.dataTypes.first(where: { $0.dataType == dataType })?.name else {
            preconditionFailure("safetensors has no \(dataType.rawValue)")
        }
        let end = offset + shape.count * dataType.size
        let extents = shape.dimensions.map(String.init).joined(separator: ",")
        fields.append(
            #"\#(quoted(name)):{"dtype":"\#(type)","shape":[\#(extents)],"data_offsets":[\#(offset),\#(end)]}"#)
        offset = end
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
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
