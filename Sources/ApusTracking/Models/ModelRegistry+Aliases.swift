import ApusConfiguration
import ApusCore
import Glibc

/// An alias that came to another version.
public struct AliasMove: Equatable, Sendable {
    /// Milliseconds since 1970.
    public var time: Int64
    /// The version that it pointed at; `nil` where there was no such alias.
    public var from: Int?
    /// `nil` where the alias was removed.
    public var to: Int?
    public var user: String
    /// Why, in words; may be empty.
    public var reason: String

    /// `2026-11-23 06:31:12 2 3 root passed gate 4f3a`: fields that are not there are `-`.
    var line: String {
        let versions = [from, to].map { $0.map(String.init) ?? "-" }.joined(separator: " ")
        let words = reason.split(whereSeparator: \.isNewline).joined(separator: " ")
        return "\(timestampText(milliseconds: time).prefix(19)) \(versions) \(user)"
            + (words.isEmpty ? "" : " " + words)
    }

    init(time: Int64, from: Int?, to: Int?, user: String, reason: String) {
        (self.time, self.from, self.to, self.user, self.reason) = (time, from, to, user, reason)
    }

    init?(line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 5)
        guard fields.count >= 5, let time = milliseconds(ofTimestamp: "\(fields[0]) \(fields[1])") else { return nil }
        self.init(
            time: time, from: Int(fields[2]), to: Int(fields[3]), user: String(fields[4]),
            reason: fields.count > 5 ? String(fields[5]) : "")
    }
}

extension ModelRegistry {
    /// Points an alias, such as `champion`, at a version; it leaves the version it pointed at before.
    public func setAlias(_ alias: String, of name: String, to version: Int) throws(TrackingError) {
        try promote(version, of: name, to: alias)
    }

    /// Points an alias at a version and records where it pointed before, in a tag of the model. Two processes that do so
    /// at once do it one after the other.
    ///
    /// - Parameters:
    ///   - expected: the version that the alias must point at so far, 0 where there must be none; `nil` does not mind.
    ///   - stage: the stage for clients of MLflow 2; other versions leave it for the archive, where it is an active one.
    ///   - reason: recorded with the move.
    @discardableResult
    public func promote(
        _ version: Int, of name: String, to alias: String, from expected: Int? = nil, stage: ModelStage? = nil,
        reason: String = ""
    ) throws(TrackingError) -> AliasMove {
        try KeyRules.checkAlias(alias)
        return try changing(name) { () throws(TrackingError) in
            _ = try self.version(version, of: name)
            let before = aliases(of: name)[alias]
            if let expected, expected != before ?? 0 {
                throw .aliasMoved("\(name)@\(alias)", expected: expected, found: before)
            }
            let folder = folder(name) + "/aliases"
            try requireInside(folder)
            try onFiles { () throws(FileError) in try FileSystem.createFolder(folder) }
            try staging.replace("\(folder)/\(alias)", with: String(version))
            if let stage { try move(version, of: name, to: stage, archivingOthers: true) }
            let move = try record(alias, of: name, from: before, to: version, reason)
            try touch(name)
            return move
        }
    }

    public func removeAlias(_ alias: String, of name: String) throws(TrackingError) {
        try KeyRules.checkAlias(alias)
        try changing(name) { () throws(TrackingError) in
            try remove([alias], of: name, reason: "")
            try touch(name)
        }
    }

    /// Where an alias pointed, oldest first, as far as Apus moved it.
    public func history(of alias: String, model name: String) throws(TrackingError) -> [AliasMove] {
        try KeyRules.checkAlias(alias)
        let tags = KeyFolder(path: folder(name) + "/tags")
        let text = try onFiles { () throws(FileError) in try tags.value(of: ModelTag.history(of: alias)) }
        return (text ?? "").split(separator: "\n").compactMap { AliasMove(line: $0) }
    }

    /// Removes aliases of a model that is being changed.
    func remove(_ gone: [String], of name: String, reason: String) throws(TrackingError) {
        let known = aliases(of: name)
        try requireInside(folder(name) + "/aliases")
        for alias in gone {
            guard unlink("\(folder(name))/aliases/\(alias)") == 0 else {
                guard errno == ENOENT || errno == ENOTDIR else {
                    throw .file(FileError("remove", "\(folder(name))/aliases/\(alias)"))
                }
                throw .notFound("alias \(name)@\(alias)", remedy: "'apus models list' shows what there is")
            }
            _ = try record(alias, of: name, from: known[alias], to: nil, reason)
        }
    }

    private func record(
        _ alias: String, of name: String, from: Int?, to: Int?, _ reason: String
    ) throws(TrackingError) -> AliasMove {
        let move = AliasMove(
            time: currentMilliseconds(), from: from, to: to, user: RunTag.currentUser(),
            reason: String(reason.prefix(200)))
        guard from != to else { return move }
        // A model whose alias moved that often is no longer worth its first moves.
        let kept = try history(of: alias, model: name).suffix(200) + [move]
        try setModelTag(
            ModelTag.history(of: alias), kept.map { $0.line + "\n" }.joined(), of: name)
        return move
    }
}
