import ApusConfiguration
import ApusCore
import ApusTracking
import ArgumentParser
import FoundationEssentials
import Glibc

struct ModelsDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a version, or a model with all its versions, from the registry.",
        discussion: """
            A deleted version's number is not used again. The files stay, unless --files is given. What an alias or an \
            active stage relies on is refused without --force.

              apus models delete garments/2
              apus models delete garments --force --files

            Exit status: 0 done, 2 no such model, or it is in use.
            """)

    @Argument(help: "NAME/VERSION, NAME@ALIAS, or NAME for the whole model.") var model: String
    @Flag(help: "Even where aliases or stages rely on it; the aliases go with it.") var force = false
    @Flag(help: "Delete its files below models/ too.") var files = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let workspace = try places.found()
        let registry = ModelRegistry(try places.store())
        let subject = try ModelSubject(model, in: registry)
        let folders = try self.folders(of: subject, in: registry, below: workspace.models)
        if let version = subject.version {
            try registry.delete(version, of: subject.name, force: force)
        } else {
            try registry.delete(subject.name, force: force)
        }
        for folder in folders { try FileManager.default.removeItem(atPath: folder) }
        let kept = files ? "" : "; its files stay"
        common.terminal.say("\(subject.description) is deleted\(kept)")
    }

    /// Only what lies where Apus puts versions: files elsewhere belong to others.
    private func folders(of subject: ModelSubject, in registry: ModelRegistry, below models: String) throws -> [String]
    {
        guard files else { return [] }
        let versions = try registry.versions(of: subject.name).filter {
            subject.version == nil || $0.version == subject.version
        }
        return versions.map { "\(models)/\($0.name)/\($0.version)" }.filter { FileSystem.isFolder($0) }
    }
}
