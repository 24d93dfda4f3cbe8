import ArgumentParser
import FoundationEssentials
import Glibc

/// The request was sound and the work failed: exit status 1.
public struct WorkFailure: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

/// An error that knows how its process ends.
public protocol EndingError: Error {
    func end() -> Never
}

/// The command `apus`: what a request that fails says, and with which status it ends.
public protocol RootCommand: ParsableCommand {}

extension RootCommand {
    public static func main() {
        Terminal.prepare()
        var command: any ParsableCommand
        do { command = try parseAsRoot() } catch { refuse(error) }
        do { try command.run() } catch { end(with: error) }
    }

    /// The same for words whose command is known: the tree of all commands, which takes longer to build than a quick
    /// command runs, is built only where there is something to explain.
    public static func main<Known: ParsableCommand>(_ known: Known.Type, _ words: [String]) {
        Terminal.prepare()
        guard var command = try? known.parse(words) else { return main() }
        do { try command.run() } catch { end(with: error) }
    }

    /// A command line that says no request shows how it is written.
    private static func refuse(_ error: any Error) -> Never {
        if exitCode(for: error) == .success { exit(withError: error) }
        Terminal.complain(fullMessage(for: error))
        Glibc.exit(2)
    }

    /// ArgumentParser's own status for a wrong command line is 64; ours is 2, as for any other wrong request.
    private static func end(with error: any Error) -> Never {
        if error is ExitCode || exitCode(for: error) == .success { exit(withError: error) }
        if let error = error as? any EndingError { error.end() }
        let text = "\(error)"
        Terminal.complain("apus: \(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)")
        Glibc.exit(error is WorkFailure ? 1 : 2)
    }
}
