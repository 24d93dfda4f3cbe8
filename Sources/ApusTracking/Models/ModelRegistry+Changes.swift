import ApusConfiguration
import ApusCore
import Glibc

extension ModelRegistry {
    // MARK: Tags

    public func setTag(_ key: String, _ value: String, of name: String, version: Int) throws(TrackingError) {
        try check(tag: key, value)
        try changing(name) { () throws(TrackingError) in
            _ = try self.version(version, of: name)
            try set(key, value, in: folder(name, version) + "/tags")
        }
    }

    public func setTag(_ key: String, _ value: String, of name: String) throws(TrackingError) {
        try check(tag: key, value)
        try changing(name) { () throws(TrackingError) in
            try requireModel(name)
            try setModelTag(key, value, of: name)
            try touch(name)
        }
    }

    /// Removes a tag of a version, or of the model.
    public func removeTag(_ key: String, of name: String, version: Int? = nil) throws(TrackingError) {
        try KeyRules.checkKey(key)
        try changing(name) { () throws(TrackingError) in
            if let version { _ = try self.version(version, of: name) } else { try requireModel(name) }
            let path = (version.map { folder(name, $0) } ?? folder(name)) + "/tags/" + key
            try requireInside(FileSystem.folder(of: path))
            guard unlink(path) == 0 else {
                guard [ENOENT, ENOTDIR, EISDIR].contains(errno) else { throw .file(FileError("remove", path)) }
                throw .notFound("tag '\(key)'", remedy: "'apus models show' lists the tags")
            }
            try touch(name)
        }
    }

    func setModelTag(_ key: String, _ value: String, of name: String) throws(TrackingError) {
        try set(key, value, in: folder(name) + "/tags")
    }

    private func set(_ key: String, _ value: String, in folder: String) throws(TrackingError) {
        let tags = KeyFolder(path: folder)
        try requireInside(folder)
        try onFiles { () throws(FileError) in try FileSystem.createFolder(folder) }
        try tags.prepare(key)
        try requireInside(FileSystem.folder(of: tags.path(of: key)))
        try staging.replace(tags.path(of: key), with: value)
    }

    // MARK: Descriptions and stages

    /// Describes a version, or the model.
    public func describe(_ name: String, version: Int? = nil, _ text: String) throws(TrackingError) {
        try KeyRules.checkLength(of: "description", text, limit: KeyRules.registryTagLimit)
        try changing(name) { () throws(TrackingError) in
            if let version { _ = try self.version(version, of: name) } else { try requireModel(name) }
            let folder = version.map { self.folder(name, $0) } ?? self.folder(name)
            try change(folder + "/meta.yaml") { $0.set("description", .text(text)) }
        }
    }

    public func setStage(
        _ stage: ModelStage, of name: String, version: Int, archivingOthers: Bool = false
    ) throws(TrackingError) {
        try changing(name) { () throws(TrackingError) in
            _ = try self.version(version, of: name)
            try move(version, of: name, to: stage, archivingOthers: archivingOthers)
            try touch(name)
        }
    }

    /// Moves a version of a model that is being changed.
    func move(
        _ version: Int, of name: String, to stage: ModelStage, archivingOthers: Bool
    ) throws(TrackingError) {
        if archivingOthers, stage.isActive {
            for other in try versions(of: name) where other.version != version && other.stage == stage {
                try setStage(.archived, in: folder(name, other.version))
            }
        }
        try setStage(stage, in: folder(name, version))
    }

    private func setStage(_ stage: ModelStage, in folder: String) throws(TrackingError) {
        try requireInside(folder)
        try change(folder + "/meta.yaml") { $0.set("current_stage", .text(stage.rawValue)) }
    }

    // MARK: Links

    /// Throws where `path`, or the nearest folder above it that is there, lies outside the store: a symbolic link leads
    /// out, and what is written there would be lost to the store, or hurt others.
    func requireInside(_ path: String) throws(TrackingError) {
        var existing = path
        while !FileSystem.exists(existing), existing != store.root, existing.hasPrefix(store.root) {
            guard !isLink(existing) else { throw .outside(existing) }
            existing = FileSystem.folder(of: existing)
        }
        guard let target = resolvedPath(existing), let inside = resolvedPath(store.root) else { return }
        guard target == inside || target.hasPrefix(inside + "/") else { throw .outside(path) }
    }
}

private func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
}

/// A path without links; `nil` where nothing is there.
package func resolvedPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
