/// Where a tracking server is: `http://host:5000/prefix`, with no slash at its end and no credentials in it.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// What stood before an `@`.
    let credentials: (user: String, password: String)?

    /// - Parameter uri: the value of `MLFLOW_TRACKING_URI`.
    public init(_ uri: String) throws(ServerError) {
        let parts = uri.split(separator: "://", maxSplits: 1)
        guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()) else {
            throw .settings("the tracking server's address '\(ServerAddress.shown(uri))' is not http://… or https://…")
        }
        let place = parts[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let authority = place[0].split(separator: "@", omittingEmptySubsequences: false)
        let host = authority.last.map(String.init) ?? ""
        let path = place.count > 1 ? "/" + place[1] : ""
        let isPlain = (host + path).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !path.contains { "?#".contains($0) }
        guard !host.isEmpty, !host.hasPrefix(":"), isPlain else {
            throw .settings(
                "the tracking server's address '\(ServerAddress.shown(uri))' names no host that can be asked")
        }
        description = "\(parts[0].lowercased())://\(host)" + String(path.reversed().drop { $0 == "/" }.reversed())
        credentials = authority.count > 1 ? ServerAddress.pair(authority.dropLast().joined(separator: "@")) : nil
    }

    /// An address for an error message: whatever stands before an `@` is left out.
    private static func shown(_ uri: String) -> String {
        String(uri.split(separator: "@").last?.prefix(120) ?? "")
    }

    private static func pair(_ text: String) -> (user: String, password: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let values = parts.map { percentDecoded(String($0)) }
        return (values[0], values.count > 1 ? values[1] : "")
    }

    public static func == (a: ServerAddress, b: ServerAddress) -> Bool { a.description == b.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// `scheme://host:port`, without a path.
    var origin: String {
        let parts = description.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }

    var path: String { String(description.dropFirst(origin.count)) }
}

/// `text` with `%41` read as `A`.
func percentDecoded(_ text: String) -> String {
    var bytes = [UInt8](), rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// `text` for a part of an address: everything but letters, digits, `-._~` and slashes as `%41`.
func percentEncoded(_ text: String, keepingSlashes: Bool = false) -> String {
    var result = ""
    for byte in text.utf8 {
        let scalar = Unicode.Scalar(byte)
        let isFree = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        if isFree || "-._~".unicodeScalars.contains(scalar) || keepingSlashes && scalar == "/" {
            result.unicodeScalars.append(scalar)
        } else {
            let digits = String(byte, radix: 16, uppercase: true)
            result += "%" + (digits.count < 2 ? "0" : "") + digits
        }
    }
    return result
}
