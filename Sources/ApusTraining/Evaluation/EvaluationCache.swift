import ApusConfiguration
import ApusCore
import ApusDigest

/// Evaluations that need not be made again: one file for each model, dataset, split, profile and setting.
///
/// A file appears whole or not at all, whoever else writes it, and is verified whenever it is read.
public struct EvaluationCache: Sendable {
    private let folder: String

    public init(_ workspace: Workspace) { folder = workspace.experiments + "/runs/evaluations" }

    /// The evaluation of this model under these conditions.
    ///
    /// - Parameter damaged: is told of a file that is not what it should be.
    /// - Returns: `nil` where there is none, or none that is sound.
    public func evaluation(
        of model: ModelFingerprint, identity: [String: String], damaged: (String) -> Void = { _ in }
    ) -> StoredEvaluation? {
        let path = path(model, identity)
        guard FileSystem.exists(path) else { return nil }
        do {
            let stored = try StoredEvaluation(try FileSystem.read(path), path: path)
            guard stored.model.sha256 == model.sha256, stored.identity == identity else {
                damaged("\(path): it belongs to another model or dataset")
                return nil
            }
            return stored
        } catch {
            damaged("\(error)")
            return nil
        }
    }

    public func keep(_ evaluation: StoredEvaluation) throws {
        try FileSystem.createFolder(folder)
        try FileSystem.writeWhole(
            try evaluation.jsonData(), to: path(evaluation.model, evaluation.identity))
    }

    private func path(_ model: ModelFingerprint, _ identity: [String: String]) -> String {
        let facts = identity.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let key = ([model.sha256] + facts).joined(separator: "\n")
        return "\(folder)/\(hexadecimal(SHA256.hash(Array(key.utf8)))).json"
    }
}
