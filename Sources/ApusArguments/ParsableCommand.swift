/// Properties that the command line fills, each marked `@Argument`, `@Option`, `@Flag` or `@OptionGroup`.
public protocol ParsableArguments: SendableMetatype {
    init()

    /// Refuses values that do not go together, by a `ValidationError`.
    func validate() throws
}

extension ParsableArguments {
    public func validate() throws {}

    /// What the properties accept, in their order. A property `maxDetections` is written `--max-detections`.
    var definitions: [Definition] {
        properties.flatMap { name, property in property.definitions(named: kebabCase(name)) }
    }

    func validateAll() throws {
        for group in properties.flatMap({ $0.1.groups }) { try group.validateAll() }
        try validate()
    }

    private var properties: [(String, any ParsedProperty)] {
        Mirror(reflecting: self).children.compactMap { label, value in
            // The storage of a wrapped property has its name after “_”.
            guard let label, let property = value as? any ParsedProperty else { return nil }
            return (String(label.drop { $0 == "_" }), property)
        }
    }
}

/// A command, or a part of one (`apus-infer predict`).
public protocol ParsableCommand: ParsableArguments {
    static var configuration: CommandConfiguration { get }

    func run() throws
}

extension ParsableCommand {
    /// A command of parts does nothing by itself but show its help.
    public func run() throws { throw CommandExit.text(HelpText(of: [Self.self]).text) }
}

/// What a command is called and what its help says.
public struct CommandConfiguration: Sendable {
    let commandName: String?
    let abstract: String
    let discussion: String
    let version: String
    let subcommands: [any ParsableCommand.Type]

    public init(
        commandName: String? = nil, abstract: String, discussion: String = "", version: String = "",
        subcommands: [any ParsableCommand.Type] = []
    ) {
        (self.commandName, self.abstract, self.discussion) = (commandName, abstract, discussion)
        (self.version, self.subcommands) = (version, subcommands)
    }
}

extension ParsableCommand {
    /// The name given, or the type's in words joined by “-”.
    static var name: String { configuration.commandName ?? kebabCase("\(Self.self)") }
}

/// `maxDetections` as `max-detections`.
func kebabCase(_ name: String) -> String {
    name.reduce(into: "") { result, character in
        if character.isUppercase && !result.isEmpty { result += "-" }
        result += character.lowercased()
    }
}
