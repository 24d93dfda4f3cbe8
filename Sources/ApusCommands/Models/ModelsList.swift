import ApusTracking
import ArgumentParser

struct ModelsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List registered models and their versions.",
        discussion: """
              apus models list
              apus models list --json

            Exit status: 0 done, 2 no store.
            """)

    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var places: PlaceOptions

    func run() throws {
        let registry = ModelRegistry(try places.quickStore())
        let versions = try registry.names().flatMap { try registry.versions(of: $0) }
        if json { return try printJSON(versions.map { ModelRecord($0) }) }
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
