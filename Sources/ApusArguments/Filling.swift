import ApusConfiguration

/// Hands the words of a command line to the properties that they belong to.
struct Filling {
    /// Why a word cannot be taken, and the help of what it was for.
    struct Fault: Error {
        let reason: String
        var help = ""

        init(_ reason: String, _ definition: Definition? = nil) {
            self.reason = reason
            help = definition.map { "\nHelp:  \($0.synopsis)  \($0.help.abstract)" } ?? ""
        }
    }

    private let named: [Definition]
    private var positional: ArraySlice<Definition>
    private let required: [Definition]
    private var given = Set<String>()
    /// After “--” every word has its place.
    private var isPastOptions = false

    init(_ definitions: [Definition]) {
        named = definitions.filter { $0.kind != .positional }
        positional = definitions.filter { $0.kind == .positional }[...]
        required = definitions.filter(\.isRequired)
    }

    /// Takes a word, and the next where it is an option's value.
    mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(Fault) {
        guard !isPastOptions, word.hasPrefix("-"), word.count > 1, !isNumber(word) else { return try place(word) }
        if word == "--" {
            isPastOptions = true
            return
        }
        let (name, attached) = split(word)
        guard let definition = named.first(where: { $0.names.contains(name) }) else { throw unknown(name) }
        given.insert(definition.name)
        if definition.kind == .flag {
            guard attached == nil else { throw Fault("'\(name)' takes no value.", definition) }
            _ = definition.accept("")
            return
        }
        guard let value = attached ?? next(&rest) else {
            throw Fault("Missing value for '\(definition.synopsis)'.", definition)
        }
        try accept(value, definition)
    }

    func finish() throws(Fault) {
        guard let missing = required.first(where: { !given.contains($0.name) }) else { return }
        throw Fault("Missing expected argument '\(missing.synopsis)'.", missing)
    }

    private mutating func place(_ word: String) throws(Fault) {
        guard let definition = positional.first else { throw Fault("Unexpected argument '\(word)'.") }
        if !definition.isRepeating { positional.removeFirst() }
        given.insert(definition.name)
        try accept(word, definition)
    }

    private func accept(_ word: String, _ definition: Definition) throws(Fault) {
        guard !definition.accept(word) else { return }
        let choices = definition.choices.isEmpty ? "" : " Choose from \(definition.choices.joined(separator: ", "))."
        throw Fault(
            "The value '\(word)' is invalid for '\(definition.synopsis)'.\(choices)", definition)
    }

    private func unknown(_ name: String) -> Fault {
        let near = nearestName(to: name, among: named.flatMap(\.names).filter { $0.hasPrefix("--") })
        return Fault("Unknown option '\(name)'." + (near.map { " Did you mean '\($0)'?" } ?? ""))
    }

    /// `--name=value` in its parts.
    private func split(_ word: String) -> (name: String, value: String?) {
        guard word.hasPrefix("--"), let mark = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<mark]), String(word[word.index(after: mark)...]))
    }

    private func next(_ rest: inout ArraySlice<String>) -> String? {
        guard let word = rest.first, !word.hasPrefix("-") || word == "-" || isNumber(word) else { return nil }
        rest.removeFirst()
        return word
    }

    private func isNumber(_ word: String) -> Bool { Double(word) != nil }
}
