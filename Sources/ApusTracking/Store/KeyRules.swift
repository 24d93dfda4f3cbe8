/// What MLflow accepts as keys, names and values.
enum KeyRules {
    static let parameterLimit = 6000
    static let tagLimit = 8000
    static let experimentTagLimit = 20_000
    static let registryTagLimit = 100_000

    /// Keys of metrics, parameters and tags become file paths below their folder.
    static func checkKey(_ key: String) throws(TrackingError) {
        if let problem = problem(ofKey: key) { throw .invalidKey(key, problem: problem) }
    }

    private static func problem(ofKey key: String) -> String? {
        if key.isEmpty { return "it is empty" }
        if key.unicodeScalars.count > 250 { return "it is longer than 250 characters" }
        if !key.unicodeScalars.allSatisfy(isKeyScalar) { return "it contains other characters" }
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains("") || parts.contains(".") || parts.contains("..") { return "it is no plain relative path" }
        if key.hasPrefix("..") { return "it begins with '..'" }
        if parts.contains(where: { $0.utf8.count > 255 }) { return "a part is longer than 255 bytes" }
        return nil
    }

    /// `[\w/.\- :]` where `\w` is Python's: letters and numbers of any script, and `_`.
    static func isKeyScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return "/_.- :".unicodeScalars.contains(scalar) || ("0"..."9").contains(scalar)
                || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        }
        let properties = scalar.properties
        return properties.numericType != nil || letterCategories.contains(properties.generalCategory)
    }

    private static let letterCategories: Set<Unicode.GeneralCategory> = [
        .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
    ]

    /// Artifact paths are free but stay inside their folder.
    static func checkArtifactPath(_ path: String) throws(TrackingError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." || $0.utf8.count > 255 }
        guard isPlain, !path.utf8.contains(0) else { throw .invalidKey(path, problem: "it is no plain relative path") }
    }

    static func checkExperimentName(_ name: String) throws(TrackingError) {
        guard !name.allSatisfy(\.isWhitespace) else { throw .invalidName(name, problem: "it is empty") }
        guard name.unicodeScalars.count <= 500 else { throw .invalidName(name, problem: "more than 500 characters") }
    }

    static func checkModelName(_ name: String) throws(TrackingError) {
        guard !name.allSatisfy(\.isWhitespace) else { throw .invalidName(name, problem: "it is empty") }
        let isPlain = !name.contains { "/:%@\\\0".contains($0) } && name != "." && !name.hasPrefix("..")
        guard isPlain, name.utf8.count <= 250 else {
            throw .invalidName(name, problem: "a model's name has none of / : % @ \\ and at most 250 bytes")
        }
    }

    static func checkLoggedModelName(_ name: String) throws(TrackingError) {
        guard !name.isEmpty, !name.contains(where: { "/:.%\"'".contains($0) }) else {
            throw .invalidName(name, problem: "a logged model's name has none of / : . % \" '")
        }
    }

    static func checkAlias(_ alias: String) throws(TrackingError) {
        let isWord = alias.unicodeScalars.allSatisfy { isKeyScalar($0) && !"/.: ".unicodeScalars.contains($0) }
        guard isWord, !alias.isEmpty, alias.utf8.count <= 255 else {
            throw .invalidName(alias, problem: "an alias has letters, digits, _ and -")
        }
        let isVersion = alias.lowercased().hasPrefix("v") && alias.count > 1 && alias.dropFirst().allSatisfy(\.isNumber)
        guard alias.lowercased() != "latest", !isVersion else {
            throw .invalidName(alias, problem: "'latest' and 'v1', 'v2', … are reserved")
        }
    }
}
