import ApusConfiguration
import ApusCore
import Glibc

extension ModelRegistry {
    /// Deletes a version as MLflow does: its number is not used again, its files stay.
    ///
    /// - Parameter isForced: also where aliases point at it, which go with it, or where it is in an active stage.
    public func delete(_ version: Int, of name: String, force isForced: Bool = false) throws(TrackingError) {
        try changing(name) { () throws(TrackingError) in
            let found = try self.version(version, of: name)
            if !isForced { try requireUnused(found) }
            try remove(found.aliases, of: name, reason: "version \(version) was deleted")
            try move(version, of: name, to: .deleted, archivingOthers: false)
            try touch(name)
        }
    }

    /// Deletes a model with all its versions from the registry; their files stay.
    ///
    /// - Parameter isForced: also where it has aliases, or versions in an active stage.
    public func delete(_ name: String, force isForced: Bool = false) throws(TrackingError) {
        try changing(name) { () throws(TrackingError) in
            try requireModel(name)
            if !isForced { for version in try versions(of: name) { try requireUnused(version) } }
            try discard(folder(name))
        }
    }

    /// Gives a model another name; versions, aliases and tags stay, and so do the files.
    public func rename(_ name: String, to newName: String) throws(TrackingError) {
        try KeyRules.checkModelName(newName)
        try KeyRules.checkLoggedModelName(newName)
        try changing(name) { () throws(TrackingError) in
            try requireModel(name)
            guard !FileSystem.exists(folder(newName)) else { throw .modelTaken(newName) }
            let versions = try self.versions(of: name)
            let staged = try staging.uniquePath()
            do throws(TrackingError) {
                try copy(folder(name), to: staged, renamed: newName)
            } catch {
                removeTree(staged)
                throw error
            }
            try staging.install(staged, at: folder(newName))
            try discard(folder(name))
            for version in versions {
                guard let id = version.modelID else { continue }
                try store.relink(modelID: id, from: name, to: newName)
            }
        }
    }

    /// Throws where something relies on a version.
    private func requireUnused(_ version: ModelVersion) throws(TrackingError) {
        let uses =
            version.aliases.map { "alias \($0)" } + (version.stage.isActive ? ["stage \(version.stage.rawValue)"] : [])
        guard uses.isEmpty else { throw .versionInUse("\(version.name)/\(version.version)", by: uses) }
    }

    /// Takes a folder out of the store at once, and removes it then.
    private func discard(_ path: String) throws(TrackingError) {
        let aside = try staging.uniquePath()
        guard Glibc.rename(path, aside) == 0 else { throw .file(FileError("remove", path)) }
        removeTree(aside)
        syncFolder(FileSystem.folder(of: path))
    }

    /// Copies a model's small files; those that name it get the new name.
    private func copy(_ source: String, to target: String, renamed newName: String) throws(TrackingError) {
        let entries = try onFiles { () throws(FileError) in
            try FileSystem.createFolder(target)
            return try folderEntries(source)
        }
        for entry in entries {
            let (from, to) = (source + "/" + entry.name, target + "/" + entry.name)
            if entry.isFolder {
                try copy(from, to: to, renamed: newName)
            } else if entry.name == "meta.yaml" {
                var meta = try MetaFile(path: from)
                meta.set("name", .text(newName))
                meta.set("last_updated_timestamp", .integer(currentMilliseconds()))
                try store.write(meta.text, to: to)
            } else {
                try onFiles { () throws(FileError) in try writeNew(FileSystem.read(from), to: to) }
            }
        }
    }
}
