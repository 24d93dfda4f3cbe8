import ApusConfiguration

extension ParsableCommand {
    /// The command that `words` mean: this one or one of its parts, filled and validated.
    ///
    /// - Throws: `ArgumentError` for words that mean nothing, `CommandExit` where help or the version is asked for, and
    ///   what `validate()` throws.
    public static func parse(_ words: [String]) throws -> any ParsableCommand {
        try CommandPath([self]).parse(words[...])
    }
}

/// A command and those that it is a part of, outermost first.
struct CommandPath {
    let commands: [any ParsableCommand.Type]

    init(_ commands: [any ParsableCommand.Type]) { self.commands = commands }

    private var last: any ParsableCommand.Type { commands[commands.count - 1] }
    private var parts: [any ParsableCommand.Type] { last.configuration.subcommands }

    func parse(_ words: ArraySlice<String>) throws -> any ParsableCommand {
        guard !parts.isEmpty else { return try filled(words) }
        guard let word = words.first else { return last.init() }
        if word == "help" { return try help(words.dropFirst()) }
        if let part = part(word) { return try CommandPath(commands + [part]).parse(words.dropFirst()) }
        try answer(word)
        if word.hasPrefix("-") { throw mistake("Unknown option '\(word)'.") }
        let hint = nearestName(to: word, among: parts.map { $0.name }).map { " Did you mean '\($0)'?" } ?? ""
        throw mistake("'\(word)' is no subcommand.\(hint)")
    }

    private func part(_ word: String) -> (any ParsableCommand.Type)? { parts.first { $0.name == word } }

    /// `help PART…`
    private func help(_ words: ArraySlice<String>) throws -> any ParsableCommand {
        guard let part = words.first.flatMap(part) else { throw CommandExit.text(HelpText(of: commands).text) }
        return try CommandPath(commands + [part]).parse(["--help"])
    }

    /// Help and the version are answered wherever they are asked for.
    private func answer(_ word: String) throws {
        if word == "-h" || word == "--help" { throw CommandExit.text(HelpText(of: commands).text) }
        let version = commands[0].configuration.version
        if word == "--version", !version.isEmpty { throw CommandExit.text(version) }
    }

    private func filled(_ words: ArraySlice<String>) throws -> any ParsableCommand {
        for word in words.prefix(while: { $0 != "--" }) { try answer(word) }
        let command = last.init()
        var filling = Filling(command.definitions)
        do throws(Filling.Fault) {
            var rest = words
            while let word = rest.popFirst() { try filling.take(word, &rest) }
            try filling.finish()
        } catch {
            throw mistake(error.reason + error.help)
        }
        try command.validateAll()
        return command
    }

    private func mistake(_ reason: String) -> ArgumentError {
        let names = commands.map { $0.name }.joined(separator: " ")
        return ArgumentError(
            description: "\(reason)\nUsage: \(HelpText(of: commands).usage)\n  See '\(names) --help' for more.")
    }
}
