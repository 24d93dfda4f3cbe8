import ApusCore

/// What a working tree has that its commit has not.
public struct GitChanges: Equatable, Sendable {
    /// `git diff HEAD`, cut after `byteLimit`.
    public var difference: String
    public var isCut: Bool
    /// Files that git does not know and does not ignore, at most `nameLimit`.
    public var untracked: [String]

    public static let byteLimit = 1 << 20
    public static let nameLimit = 1000

    public var isEmpty: Bool { difference.isEmpty && untracked.isEmpty }

    /// Asks `git` about the tree that holds `folder`, without programs for showing differences.
    ///
    /// - Returns: `nil` where there is no git and no commit.
    public static func read(at folder: String) -> GitChanges? {
        let place = ["-C", folder, "-c", "core.fsmonitor=false"]
        let plain = ["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty"]
        let limit = byteLimit
        guard let text = commandOutput("git", place + ["diff", "HEAD"] + plain, limit: limit + 1) else { return nil }
        let listing = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/"]
        let names = (commandOutput("git", place + listing, limit: limit) ?? "").split(separator: "\0").map(String.init)
        return GitChanges(
            difference: String(decoding: text.utf8.prefix(limit), as: UTF8.self), isCut: text.utf8.count > limit,
            untracked: Array(names.prefix(nameLimit)))
    }
}

extension Run {
    /// The state of the code beyond its commit, as artifacts `provenance/uncommitted.diff` and
    /// `provenance/untracked.txt`; nothing where there is nothing.
    public func log(changes: GitChanges) throws(TrackingError) {
        if !changes.difference.isEmpty {
            let end = changes.isCut ? "\n# cut after \(GitChanges.byteLimit) bytes\n" : ""
            try logArtifact(text: changes.difference + end, as: "provenance/uncommitted.diff")
        }
        guard !changes.untracked.isEmpty else { return }
        try logArtifact(text: changes.untracked.joined(separator: "\n") + "\n", as: "provenance/untracked.txt")
    }
}
