import ApusTracking
import ArgumentParser

struct ModelsAlias: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias",
        abstract: "Point an alias at a version, or remove it.",
        discussion: """
              apus models alias garments champion 3
              apus models alias garments champion --delete

            Exit status: 0 done, 2 no such model, version or alias, or a name that MLflow refuses.
            """)

    @Argument(help: "The registered model.") var name: String
    @Argument(help: "The alias.") var alias: String
    @Argument(help: "The version.") var version: Int?
    @Flag(help: "Remove the alias.") var delete = false
    @OptionGroup var options: RegistryOptions

    func validate() throws {
        guard (version == nil) == delete else {
            throw ValidationError("Name the version that the alias shall point at, or --delete.")
        }
    }

    func run() throws {
        let registry = try options.open()
        _ = try ModelSubject(name, in: registry)
        guard let version else {
            try registry.removeAlias(alias, of: name)
            return options.say("\(name)@\(alias) is removed")
        }
        try registry.setAlias(alias, of: name, to: version)
        options.say("\(name)@\(alias) is \(name)/\(version)")
    }
}
