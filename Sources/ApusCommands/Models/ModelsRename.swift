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
    @OptionGroup var options: RegistryOptions

    func run() throws {
        let registry = try options.open()
        _ = try ModelSubject(name, in: registry)
        try registry.rename(name, to: newName)
        options.say("\(name) is \(newName) now")
    }
}
