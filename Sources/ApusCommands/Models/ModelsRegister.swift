import ApusConfiguration
import ApusRegistry
import ApusTracking
import ArgumentParser

struct ModelsRegister: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Register an ONNX file as a new version of a model.",
        discussion: """
            The file is loaded first: what does not run is refused. It is copied to models/NAME/VERSION with its sidecar \
            (FILE.yaml beside it, or --sidecar), its external data, a model card and what MLflow needs.

              apus models register garments model.onnx --description "from the other team"
              apus models register faces yunet.onnx --sidecar yunet.yaml --alias champion --tag team=vision

            Exit status: 0 registered, 2 a broken model, a bad name or argument.
            """)

    @Argument(help: "The model's name in the registry.") var name: String
    @Argument(help: "The ONNX file.", completion: .file(extensions: ["onnx"])) var file: String
    @Option(help: "How the model is fed and read.", completion: .file(extensions: ["yaml"])) var sidecar: String?
    @Option(name: .customLong("run"), help: "The run that made it.") var runReference: String?
    @Option(help: "What is to be said of the version.") var description = ""
    @Option(help: ArgumentHelp("A tag; may be given more than once.", valueName: "key=value")) var tag: [String] = []
    @Option(help: "An alias that shall point at the new version.") var alias: String?
    @Option(help: "What you say of the model in its card: a card.yaml.", completion: .file(extensions: ["yaml"]))
    var card: String?
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try ModelRegistry.check(name: name, alias: alias)
        let workspace = try places.found()
        let store = try TrackingStore(root: workspace.store)
        let registry = ModelRegistry(store)
        var registration = ModelRegistration(
            name: name, file: file, sidecar: sidecar, run: try runReference.map { try store.run(matching: $0) })
        (registration.description, registration.tags) = (description, try tags(tag))
        registration.statement = try card.map { try CardStatement.read($0) }
        let (version, facts) = try registration.register(in: registry, models: workspace.models)
        if let alias { try registry.promote(version.version, of: name, to: alias, reason: "registered") }
        let note =
            facts.assumptions
            ?? (facts.use == nil ? "\(file): nothing says how images go in and results come out" : nil)
        if let note { common.terminal.say(note) }
        if json { return try printJSON(ModelRecord(try registry.version(version.version, of: name))) }
        common.terminal.say("\(name)/\(version.version) is in \(version.folder)")
        print("\(name)/\(version.version)")
    }
}

/// `key=value`, each key once.
func tags(_ words: [String]) throws -> [String: String] {
    var tags: [String: String] = [:]
    for word in words {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
            throw ValidationError("--tag is '\(word)', expected key=value.")
        }
        let key = String(word[..<equals])
        guard tags.updateValue(String(word[word.index(after: equals)...]), forKey: key) == nil else {
            throw ValidationError("--tag gives '\(key)' twice.")
        }
    }
    return tags
}
