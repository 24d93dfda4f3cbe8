import FoundationEssentials

/// Text as an HTML page shows it, safe in elements and in quoted attributes.
func escaped(_ text: String) -> String {
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
            result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
    }
    return result
}

/// A PNG or JPEG file as a `data:` address; `nil` for anything else.
func dataAddress(_ bytes: [UInt8]) -> String? {
    let type: String
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
        type = "png"
    } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
        type = "jpeg"
    } else {
        return nil
    }
    return "data:image/\(type);base64," + Data(bytes).base64EncodedString()
}

/// `value` with a fixed number of decimals, and – where there is none.
func fixed(_ value: Double?, _ decimals: Int = 3) -> String {
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
func seriesColor(_ index: Int) -> String {
    let colors = [
        "#3b7dd8", "#e07b39", "#2f9e73", "#c94f7c", "#8a63d2", "#b08900", "#2aa6b8", "#d1495b", "#6b8e23", "#7f7f7f",
    ]
    return colors[index % colors.count]
}
