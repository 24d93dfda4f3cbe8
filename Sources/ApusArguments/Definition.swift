/// What one property of a command accepts.
struct Definition {
    enum Kind: Equatable {
        case flag, option
        /// A word by its place.
        case positional
    }

    var kind: Kind
    /// As written, short form first: `-q`, `--quiet`; what messages call it where it has a place.
    var names: [String]
    var help: ArgumentHelp
    /// Given in place of a value that is left out, as the help shows it.
    var defaultText: String?
    /// The words that a value may be, where they can be listed.
    var choices: [String] = []
    var isRequired = false
    var isRepeating = false
    /// Takes one word, or refuses it.
    var accept: (String) -> Bool

    /// The last name: what messages use.
    var name: String { names.last ?? "" }

    private var bareName: String { String(name.drop { $0 == "-" }) }

    var valueName: String { help.valueName ?? bareName }

    /// As in `--draw <dir>`.
    var synopsis: String {
        switch kind {
        case .flag: names.joined(separator: ", ")
        case .option: names.joined(separator: ", ") + " <\(valueName)>"
        case .positional: "<\(valueName)>"
        }
    }

    /// As in `[--draw <dir>]`.
    var usage: String {
        let text =
            switch kind {
            case .flag: name
            case .option: "\(name) <\(valueName)>" + (isRepeating ? " ..." : "")
            case .positional: "<\(valueName)>" + (isRepeating ? " ..." : "")
            }
        return isRequired ? text : "[\(text)]"
    }
}

/// What the help says of an argument.
public struct ArgumentHelp: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    let abstract: String
    let valueName: String?

    public init(_ abstract: String, valueName: String? = nil) {
        (self.abstract, self.valueName) = (abstract, valueName)
    }

    public init(stringLiteral value: String) { self.init(value) }
}
