import ApusConfiguration
import ApusCore

/// A tracking store that cannot be read or written as asked.
public enum TrackingError: Error, Equatable, Sendable, CustomStringConvertible {
    case file(FileError)
    /// A metadata file that is damaged.
    case damaged(path: String, problem: String)
    case notFound(String, remedy: String)
    case ambiguous(String, candidates: [String])
    case invalidKey(String, problem: String)
    /// `a` and `a/b` cannot both exist: keys are file paths.
    case keyConflict(String, with: String)
    /// Parameters never change.
    case parameterChanged(key: String, recorded: String, given: String)
    case invalidName(String, problem: String)
    case valueTooLong(key: String, length: Int, limit: Int)
    /// A process may still write what is to be deleted.
    case stillWritten(String, by: String)
    /// What the state of the store forbids.
    case refused(String, remedy: String)
    /// A run that cannot be taken up again.
    case notResumable(run: String, reason: String)
    case versionTaken(model: String, version: Int)
    case modelTaken(String)
    /// Something relies on a version that is to be deleted.
    case versionInUse(String, by: [String])
    /// Another process was first.
    case aliasMoved(String, expected: Int, found: Int?)
    /// A symbolic link leads out of the store.
    case outside(String)
    /// The staging folder must be on the file system of the store.
    case stagingElsewhere(String)
    /// A filter or order that cannot be read; `position` counts characters from 1.
    case search(String, position: Int, problem: String, remedy: String)

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .damaged(let path, let problem): "\(path): \(problem); 'apus runs fsck' lists what is damaged"
        case .notFound(let what, let remedy): "\(what) was not found; \(remedy)"
        case .ambiguous(let text, let candidates):
            "'\(text)' names \(candidates.count) runs: \(candidates.joined(separator: ", ")); write more of the id"
        case .invalidKey(let key, let problem):
            "'\(key.prefix(80))' cannot be a key: \(problem); use letters, digits and _ - . / : or space"
        case .keyConflict(let key, let other):
            "the key '\(key)' conflicts with '\(other)': keys are file paths; rename one of them"
        case .parameterChanged(let key, let recorded, let given):
            "parameter '\(key)' is '\(recorded.prefix(80))' and cannot become '\(given.prefix(80))'; start a new run"
        case .invalidName(let name, let problem): "'\(name.prefix(80))' cannot be a name: \(problem); choose another"
        case .valueTooLong(let key, let length, let limit):
            "the value of '\(key)' has \(length) characters, at most \(limit) are possible; log it as an artifact"
        case .stillWritten(let what, let writer): "\(what) is still written by \(writer); wait for it or end it"
        case .refused(let problem, let remedy): "\(problem); \(remedy)"
        case .notResumable(let run, let reason): "run \(run) cannot be resumed: \(reason)"
        case .versionTaken(let model, let version):
            "version \(version) of '\(model)' exists; ask for the next version again"
        case .modelTaken(let model): "a model '\(model)' exists; choose another name"
        case .versionInUse(let version, let uses):
            "\(version) is in use: \(uses.joined(separator: ", ")); move that to another version, or force it"
        case .aliasMoved(let alias, let expected, let found):
            "\(alias) is \(found.map { "version \($0)" } ?? "not set"), expected "
                + "\(expected == 0 ? "no such alias" : "version \(expected)"); look again and decide anew"
        case .outside(let path): "\(path) leads out of the store by a symbolic link; put the folder itself there"
        case .stagingElsewhere(let path): "\(path) lies on another file system than the store; move the store"
        case .search(let text, let position, let problem, let remedy):
            "'\(text.prefix(200))', character \(position): \(problem); \(remedy)"
        }
    }
}

/// Runs a file operation, its error made a tracking error.
func onFiles<R: ~Copyable>(_ body: () throws(FileError) -> R) throws(TrackingError) -> R {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}
