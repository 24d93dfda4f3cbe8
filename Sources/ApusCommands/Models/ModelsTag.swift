import ApusTracking
import ArgumentParser

struct ModelsTag: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Set a tag of a model or a version, or remove it.",
        discussion: """
              apus models tag garments/3 approved yes
              apus models tag garments team vision
              apus models tag garments/3 approved --delete

            Exit status: 0 done, 2 no such model or tag, or a key that MLflow refuses.
            """)

    @Argument(help: "NAME, NAME@ALIAS or NAME/VERSION.") var model: String
    @Argument(help: "The tag's key.") var key: String
    @Argument(help: "Its value.") var value: String?
    @OptionGroup var options: RegistryOptions
    @Flag(help: "Remove the tag.") var delete = false

    func validate() throws {
        guard (value == nil) == delete else { throw ValidationError("Give the tag's value, or --delete.") }
    }

    func run() throws {
        let registry = try options.open()
        let subject = try ModelSubject(model, in: registry)
        guard let value else {
            try registry.removeTag(key, of: subject.name, version: subject.version)
            return options.say("\(subject.description) has no tag \(key)")
        }
        if let version = subject.version {
            try registry.setTag(key, value, of: subject.name, version: version)
        } else {
            try registry.setTag(key, value, of: subject.name)
        }
        options.say("\(subject.description): \(key) = \(value)")
    }
}
