import ApusTracking
import ArgumentParser

public struct Models: ParsableCommand {
    public static let configuration = CommandConfiguration(
        abstract: "Look into the model registry and move its aliases.", subcommands: [List.self, Alias.self])

    public init() {}

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List registered models and their versions.", discussion: "  apus models list")

        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var places: PlaceOptions

        func run() throws {
            let registry = ModelRegistry(try places.store())
            let versions = try registry.names().flatMap { try registry.versions(of: $0) }
            if json { return try printJSON(versions.map(ModelRecord.init)) }
            print(
                table(
                    ["model", "version", "aliases", "run", "folder"],
                    versions.map {
                        [
                            $0.name, "\($0.version)", $0.aliases.joined(separator: " "),
                            String($0.runID?.prefix(8) ?? "–"), $0.folder,
                        ]
                    }))
        }
    }

    struct Alias: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Point an alias at a version.", discussion: "  apus models alias garments champion 3")

        @Argument(help: "The registered model.") var name: String
        @Argument(help: "The alias.") var alias: String
        @Argument(help: "The version.") var version: Int
        @OptionGroup var places: PlaceOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            try ModelRegistry(try places.store()).setAlias(alias, of: name, to: version)
            common.terminal.say("\(name)@\(alias) is \(name)/\(version)")
        }
    }
}

struct ModelRecord: Encodable {
    var name: String
    var version: Int
    var aliases: [String]
    var run: String?
    var folder: String

    init(_ version: ModelVersion) {
        name = version.name
        self.version = version.version
        aliases = version.aliases
        run = version.runID
        folder = version.folder
    }
}
