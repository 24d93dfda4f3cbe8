import ApusConfiguration
import ApusCore
import ApusDigest
import ApusTracking
import Glibc

/// A folder that needs nothing but `apus-infer`: `models/NAME/VERSION/` and `models/NAME/aliases/`, as in a workspace.
/// Several models and versions may share one.
public struct ModelBundle {
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// Files that other tools drop beside a model when they read it.
    private static let passedOver: Set = ["registered_model_meta", ChecksumList.fileName]

    /// Copies a version; where the folder has it already, with the same bytes, only the alias is set.
    ///
    /// - Parameter alias: is to point at it in the folder.
    /// - Returns: the version's folder.
    /// - Throws: `ChecksumError` where the version is no longer what was registered, `RegistryError` where the folder
    ///   holds another model of this name and version.
    public func add(_ model: ResolvedModel, alias: String?) throws -> String {
        let file = try model.fileName()
        try ChecksumList.verify(model.folder, file: file, registered: model.digest)
        let home = "\(folder)/models/\(model.name)"
        let target = "\(home)/\(model.version)"
        do {
            if FileSystem.exists(target) {
                try requireEqual(model, file, target)
            } else {
                try copy(model, file, to: target)
            }
            if let alias {
                try FileSystem.createFolder(home + "/aliases")
                try FileSystem.writeWhole("\(model.version)", to: "\(home)/aliases/\(alias)")
            }
        } catch let error as FileError {
            throw RegistryError.file(error)
        }
        return target
    }

    private func copy(_ model: ResolvedModel, _ file: String, to target: String) throws {
        let staged = try StagedFolder(for: target)
        for name in try ModelFolder(model.folder).names() where !Self.passedOver.contains(name) {
            try staged.copy(model.folder + "/" + name, as: name)
        }
        let digest = try ModelFolder.seal(staged.path, model: file)
        // What was copied must be what was verified: the source may have changed meanwhile.
        if let registered = model.digest, registered != digest {
            throw ChecksumError.changed(model.folder + "/" + file, expected: registered, found: digest)
        }
        if let list = try ChecksumList(in: model.folder) { try list.verify(in: staged.path) }
        try staged.commit()
    }

    private func requireEqual(_ model: ResolvedModel, _ file: String, _ target: String) throws {
        let names = try ModelFolder.deciding(model: file, in: model.folder)
        let list = try ChecksumList(of: names, in: model.folder)
        do { try list.verify(in: target) } catch { throw RegistryError.otherVersion(target) }
    }
}
