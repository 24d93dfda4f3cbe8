import ApusTracking
import ArgumentParser

struct ModelsDescribe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Say in words what a model, or a version, is.",
        discussion: """
              apus models describe garments "Clothes on the shelves of shop 7."
              apus models describe garments/3 "Trained with the new labels."

            Exit status: 0 done, 2 no such model.
            """)

    @Argument(help: "NAME, NAME@ALIAS or NAME/VERSION.") var model: String
    @Argument(help: "The description, Markdown.") var text: String
    @OptionGroup var options: RegistryOptions

    func run() throws {
        let registry = try options.open()
        let subject = try ModelSubject(model, in: registry)
        try registry.describe(subject.name, version: subject.version, text)
        options.say("\(subject.description) is described")
    }
}
