import ApusTracking
import ArgumentParser

struct ModelsPromote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Move an alias, or a stage, to a version, and remember where it was.",
        discussion: """
            The move is one step: a reader sees the version before or the version after. With --from it happens only \
            where the alias still points there, so that of two who promote at once one is told. `apus models show NAME` \
            lists the moves. `apus gate --promote` does the same where a gate is passed.

              apus models promote garments/3 champion
              apus models promote garments@candidate champion --from 2 --reason "ticket 812"
              apus models promote garments/3 champion --stage production

            Exit status: 0 done, 2 no such version, or the alias points elsewhere than --from says.
            """)

    @Argument(help: "NAME/VERSION or NAME@ALIAS.") var model: String
    @Argument(help: "The alias that shall point at it.") var alias: String?
    @Option(help: "The version that the alias must point at so far; 0: none.") var from: Int?
    @Option(
        help:
            "For clients of MLflow 2: none, staging, production or archived. Others leave an active one for the archive.",
        transform: stage)
    var stage: ModelStage?
    @Option(help: "Recorded with the move.") var reason = ""
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard alias != nil || stage != nil else { throw ValidationError("Name an alias, or a --stage.") }
        guard alias != nil || from == nil else { throw ValidationError("--from is about an alias: name it.") }
    }

    func run() throws {
        let registry = ModelRegistry(try places.store())
        let subject = try ModelSubject(model, in: registry)
        guard let version = subject.version else {
            throw ValidationError("\(model) is a model: name the version, such as \(model)/1.")
        }
        if let alias {
            let move = try registry.promote(
                version, of: subject.name, to: alias, from: from, stage: stage, reason: reason)
            let before = move.from.map { ", before \(subject.name)/\($0)" } ?? ""
            common.terminal.say("\(subject.name)@\(alias) is \(subject.name)/\(version)\(before)")
        } else if let stage {
            try registry.setStage(stage, of: subject.name, version: version, archivingOthers: true)
            common.terminal.say("\(subject.name)/\(version) is in stage \(stage.rawValue)")
        }
        if json { try printJSON(ModelRecord(try registry.version(version, of: subject.name))) }
    }

    private static func stage(_ text: String) throws -> ModelStage {
        let known: [ModelStage] = [.none, .staging, .production, .archived]
        guard let stage = known.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
            throw ValidationError("--stage is '\(text)', expected none, staging, production or archived.")
        }
        return stage
    }
}
