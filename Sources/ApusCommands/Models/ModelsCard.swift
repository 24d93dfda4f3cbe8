import ApusConfiguration
import ApusCore
import ApusRegistry
import ApusTracking
import ArgumentParser

struct ModelsCard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card",
        abstract: "Print a version's model card as Markdown, or write it as an HTML page.",
        discussion: """
            What was measured and recorded comes from the run and the file; what only people know (intended_use, limits, \
            licence, contact) from card.yaml in the version's folder, which was taken from `card:` of the experiment. \
            What nobody stated is said to be not stated.

              apus models card garments@champion
              apus models card garments@champion --html card.html
              apus models card garments/3 --statement card.yaml --write

            Exit status: 0 done, 2 no such version, or a card.yaml that says something else.
            """)

    @Argument(help: "NAME@ALIAS, NAME/VERSION, or NAME for the newest version.") var model: String
    @Option(help: "Write the card as a page that opens offline.", completion: .file(extensions: ["html"])) var html:
        String?
    @Option(help: "What you say of the model, instead of its own card.yaml.", completion: .file(extensions: ["yaml"]))
    var statement: String?
    @Flag(help: "Write README.md, README.html and, of --statement, card.yaml into the version's folder.") var write =
        false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let registry = ModelRegistry(try places.quickStore())
        let version = try ModelSubject.version(model, in: registry)
        let record = VersionRecord(version, in: registry)
        let given = try statement.map { try CardStatement.read($0) }
        let run = version.runID.flatMap { try? registry.store.run(id: $0) }
        let card = try ModelCard(record, run: run, statement: given)
        if let html { try write(card.html, to: html) }
        if write { try update(record, card, given) }
        if html == nil, !write { print(card.markdown) }
    }

    private func update(_ record: VersionRecord, _ card: ModelCard, _ given: CardStatement?) throws {
        guard let folder = record.model?.folder else {
            throw ValidationError("\(record.reference): \(record.problems.joined(separator: "; "))")
        }
        if let given { try write(Configuration.encode(given), to: folder + "/" + CardStatement.fileName) }
        for (name, text) in card.files.sorted(by: { $0.key < $1.key }) { try write(text, to: folder + "/" + name) }
    }

    private func write(_ text: String, to path: String) throws {
        try FileSystem.createFolder(FileSystem.folder(of: path))
        try FileSystem.writeWhole(text, to: path)
        common.terminal.say("card: \(path)")
    }
}
