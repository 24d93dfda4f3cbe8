/// Any key, to see which ones a file has.
struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
}

/// A misspelt bound must not pass for no bound, whatever decoder is used.
func refuseUnknownKeys(_ decoder: any Decoder, known: [String]) throws {
    let keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    guard let unknown = keys.sorted().first(where: { !known.contains($0) }) else { return }
    let hint = nearest(to: unknown, in: known).map { "did you mean \($0)?" }
    throw corrupted(
        decoder, "unknown key \(unknown); " + (hint ?? "known keys: " + known.sorted().joined(separator: ", ")),
        at: AnyKey(stringValue: unknown))
}

func corrupted(_ decoder: any Decoder, _ description: String, at key: (any CodingKey)? = nil) -> DecodingError {
    let path: [any CodingKey] = decoder.codingPath + (key.map { [$0] } ?? [])
    return .dataCorrupted(.init(codingPath: path, debugDescription: description))
}

/// The name with the fewest edits, where at most half of it differs.
func nearest(to name: String, in names: some Collection<String>) -> String? {
    let ranked = names.map { (editDistance($0, name), $0) }.min { $0 < $1 }
    return ranked.flatMap { $0.0 * 2 <= name.count ? $0.1 : nil }
}

private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
