import ApusRegistry
import ApusTracking
import ArgumentParser

struct ModelsExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Copy a version into a folder that needs nothing but apus-infer.",
        discussion: """
            Writes FOLDER/models/NAME/VERSION and, for NAME@ALIAS, the alias. In FOLDER, wherever it is copied, \
            `apus-infer predict NAME@ALIAS` works, and refuses a file that is not as it was registered. Several models \
            share a folder; nothing in it is overwritten.

              apus models export garments@champion deploy
              cd deploy && apus-infer predict garments@champion photographs

            Exit status: 0 done, 2 no such version, one that is not as it was registered, or a folder that holds another.
            """)

    @Argument(help: "NAME@ALIAS, NAME/VERSION, or NAME for the newest version.") var model: String
    @Argument(help: "The folder.", completion: .directory) var folder: String
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let registry = ModelRegistry(try places.quickStore())
        let subject = try ModelSubject(model, in: registry)
        let resolved = try registry.resolve(model)
        let target = try ModelBundle(folder: folder).add(resolved, alias: subject.alias)
        let version = "\(resolved.name)/\(resolved.version)"
        if json {
            return try printJSON(["model": version, "folder": target, "alias": subject.alias].compactMapValues { $0 })
        }
        let name = subject.alias.map { "\(resolved.name)@\($0)" } ?? version
        common.terminal.say("\(version) is in \(target); in \(folder): apus-infer predict \(name) IMAGE")
        print(target)
    }
}
