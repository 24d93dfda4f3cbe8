/// A registered model as a command names it: `NAME@ALIAS`, `NAME/VERSION`, or `NAME` for the newest version; MLflow's
/// `models:/` may stand before it.
public struct ModelReference: Hashable, Sendable, CustomStringConvertible {
    public enum Choice: Hashable, Sendable { case alias(String), version(Int), newest }

    public let name: String
    public let choice: Choice

    public init(name: String, _ choice: Choice) { (self.name, self.choice) = (name, choice) }

    /// - Returns: `nil` where `text` has another form.
    public init?(_ text: String) {
        let text = text.hasPrefix("models:/") ? text.dropFirst(8) : text[...]
        if let at = text.firstIndex(of: "@") {
            let alias = text[text.index(after: at)...]
            guard Self.isName(text[..<at]), Self.isName(alias), !alias.hasPrefix(".") else { return nil }
            (name, choice) = (String(text[..<at]), .alias(String(alias)))
        } else if let slash = text.firstIndex(of: "/") {
            guard Self.isName(text[..<slash]), let version = Self.version(text[text.index(after: slash)...])
            else { return nil }
            (name, choice) = (String(text[..<slash]), .version(version))
        } else {
            guard Self.isName(text) else { return nil }
            (name, choice) = (String(text), .newest)
        }
    }

    /// One part of a path: it leads neither up nor further down.
    private static func isName(_ name: Substring) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.contains { "/@:%\\\0".contains($0) }
    }

    /// Digits alone: `+1` and `01` name no version.
    private static func version(_ text: Substring) -> Int? {
        guard let version = Int(text), version > 0, String(version) == text else { return nil }
        return version
    }

    public var description: String {
        switch choice {
        case .alias(let alias): "\(name)@\(alias)"
        case .version(let version): "\(name)/\(version)"
        case .newest: name
        }
    }
}
