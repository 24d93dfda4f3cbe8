import Glibc

/// The help of a command, in lines as wide as the terminal (`COLUMNS`).
struct HelpText {
    private let commands: [any ParsableCommand.Type]
    private let definitions: [Definition]
    private let width: Int
    private static let indent = 26

    init(of commands: [any ParsableCommand.Type]) {
        self.commands = commands
        definitions = commands[commands.count - 1].init().definitions
        width = max(getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? Self.terminalWidth, 48)
    }

    private static var terminalWidth: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private var command: any ParsableCommand.Type { commands[commands.count - 1] }
    private var parts: [any ParsableCommand.Type] { command.configuration.subcommands }
    private var names: String { commands.map { $0.name }.joined(separator: " ") }

    var usage: String {
        guard parts.isEmpty else { return "\(names) <subcommand>" }
        return ([names] + definitions.map(\.usage)).joined(separator: " ")
    }

    var text: String {
        let configuration = command.configuration
        var paragraphs = [wrapped("OVERVIEW: " + configuration.abstract)]
        if !configuration.discussion.isEmpty { paragraphs.append(wrapped(configuration.discussion)) }
        paragraphs.append("USAGE: " + usage)
        paragraphs += section("ARGUMENTS", definitions.filter { $0.kind == .positional }.map(row))
        paragraphs += section("OPTIONS", definitions.filter { $0.kind != .positional }.map(row) + common)
        paragraphs += section("SUBCOMMANDS", parts.map { row($0.name, $0.configuration.abstract) })
        if !parts.isEmpty { paragraphs.append("  See '\(names) help <subcommand>' for detailed help.") }
        return paragraphs.joined(separator: "\n\n")
    }

    private var common: [String] {
        let version = commands[0].configuration.version.isEmpty ? [] : [row("--version", "Show the version.")]
        return version + [row("-h, --help", "Show help information.")]
    }

    private func section(_ title: String, _ rows: [String]) -> [String] {
        rows.isEmpty ? [] : [([title + ":"] + rows).joined(separator: "\n")]
    }

    private func row(_ definition: Definition) -> String {
        var notes: [String] = []
        if !definition.choices.isEmpty { notes.append("values: " + definition.choices.joined(separator: ", ")) }
        if let text = definition.defaultText { notes.append("default: " + text) }
        let note = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
        return row(definition.synopsis, definition.help.abstract + note)
    }

    /// A term and its explanation, beside each other where the term is short enough.
    private func row(_ term: String, _ explanation: String) -> String {
        let lines = Self.wrapped(explanation, width - Self.indent).map { Self.space(Self.indent) + $0 }
        let head = "  " + term
        guard head.count < Self.indent, let first = lines.first else { return ([head] + lines).joined(separator: "\n") }
        let joined = head + Self.space(Self.indent - head.count) + first.dropFirst(Self.indent)
        return ([joined] + lines.dropFirst()).joined(separator: "\n")
    }

    /// Lines that begin with a space are examples and stay as they are.
    private func wrapped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            line.hasPrefix(" ") ? [String(line)] : Self.wrapped(String(line), width)
        }.joined(separator: "\n")
    }

    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private static func space(_ count: Int) -> String { String(repeating: " ", count: count) }
}
