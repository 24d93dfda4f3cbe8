import ApusTracking
import ArgumentParser

struct ModelsRename: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a registered model another name; versions, aliases, tags and files stay.",
        discussion: """
              apus models rename garments shelves

            Exit status: 0 done, 2 no such model, or the new name is taken or refused.
            """)

    @Argument(help: "The registered model.") var name: String
    @Argument(help: "Its new name.") var newName: String
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let registry = ModelRegistry(try places.store())
        _ = try ModelSubject(name, in: registry)
        try registry.rename(name, to: newName)
        common.terminal.say("\(name) is \(newName) now")
    }
}
