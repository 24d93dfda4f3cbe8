/// Text as HTML and XML show it, safe in elements and in quoted attributes.
package func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default:
            let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
            let isRefused = isControl || scalar.value == 0xFFFE || scalar.value == 0xFFFF
            result.unicodeScalars.append(isRefused ? "\u{FFFD}" : scalar)
        }
    }
    return result
}

/// A PNG or JPEG file as a `data:` address; `nil` for anything else.
package func dataAddress(_ bytes: [UInt8]) -> String? {
    let type: String
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
        type = "png"
    } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
        type = "jpeg"
    } else {
        return nil
    }
    return "data:image/\(type);base64," + base64(bytes)
}

/// `value` with a fixed number of decimals, and – where there is none.
package func fixed(_ value: Double?, _ decimals: Int = 3) -> String {
    guard let value, value.isFinite, abs(value) < 1e9 else { return "–" }
    let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(decimals + 1 - digits.count, 0)) + digits
    let sign = value < 0 && scaled != 0 ? "−" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// Ten colours that stay apart on white and on black, and for colour-blind readers.
package func seriesColor(_ index: Int) -> String {
    let colors = [
        "#3b7dd8", "#e07b39", "#2f9e73", "#c94f7c", "#8a63d2", "#b08900", "#2aa6b8", "#d1495b", "#6b8e23", "#7f7f7f",
    ]
    return colors[index % colors.count]
}

/// RFC 4648.
private func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text = [UInt8]()
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for index in 0..<4 {
            text.append(index <= group.count ? letters[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
