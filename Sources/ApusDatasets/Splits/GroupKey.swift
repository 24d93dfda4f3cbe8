import ApusCore

/// Which group an image belongs to, by its name.
struct GroupKey {
    private let expression: Regex<AnyRegexOutput>?

    /// - Parameter pattern: a regular expression; empty for the image's folder.
    init(_ pattern: String) { expression = pattern.isEmpty ? nil : try? Regex(pattern) }

    func of(_ name: String) -> String {
        guard let expression else { return FileSystem.folder(of: name) }
        guard let match = name.firstMatch(of: expression) else { return name }
        let groups = match.output.compactMap(\.substring)
        return String(groups.count > 1 ? groups[1] : groups.first ?? name[...])
    }
}
