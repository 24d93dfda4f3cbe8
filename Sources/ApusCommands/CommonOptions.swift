import ArgumentParser
import FoundationEssentials
import Glibc

/// Flags that every command takes.
public struct CommonOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but results and errors.") public var quiet = false

    public init() {}

    public var terminal: Terminal { Terminal(isQuiet: quiet) }
}

/// Prints `value` as one JSON object with sorted keys.
public func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
