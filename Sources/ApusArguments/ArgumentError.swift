/// Values that a command cannot work with: thrown by `validate()` and `run()`.
public struct ValidationError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// A command line that means no command: what is wrong, the help of what it is about, and how to go on.
public struct ArgumentError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// Text that was asked for instead of a run: help or the version.
public enum CommandExit: Error, Equatable {
    case text(String)
}
