import ApusCore
import ApusDigest
import ApusMetrics
import Foundation

/// What one model reaches on one set of images, as a file: an entry of the cache, or a baseline to be committed.
///
/// With the matches of every image in it, a later model can be compared pair by pair without this one being there.
public struct StoredEvaluation: Codable, Equatable, Sendable {
    public var model: ModelFingerprint
    /// What must be the same for two evaluations to be comparable: dataset, split, task, profile, thresholds.
    public var identity: [String: String]
    public var metrics: [String: Double]
    public var matches: MatchedResults

    public init(
        model: ModelFingerprint, identity: [String: String], metrics: [String: Double], matches: MatchedResults
    ) {
        (self.model, self.identity, self.metrics, self.matches) = (model, identity, metrics, matches)
    }
}

/// Which model an evaluation is of.
public struct ModelFingerprint: Codable, Hashable, Sendable {
    public var name: String
    /// Of the model's file.
    public var sha256: String
    public var bytes: Int

    public init(name: String, sha256: String, bytes: Int) {
        (self.name, self.sha256, self.bytes) = (name, sha256, bytes)
    }

    public init(name: String, file: String) throws(FileError) {
        let mapped = try MappedFile(path: file)
        (self.name, bytes) = (name, mapped.bytes.count)
        sha256 = hexadecimal(SHA256.hash(mapped.bytes))
    }
}

/// A file that is no sound evaluation.
public struct StoredEvaluationError: Error, Equatable, CustomStringConvertible {
    public var path: String
    public var reason: String
    public var remedy: String

    public var description: String { "\(path): \(reason); \(remedy)" }
}

extension StoredEvaluation {
    private static let format = "apus-evaluation-1"

    /// The file: the evaluation with the digest of its own JSON.
    private struct Envelope: Codable {
        var format: String
        var sha256: String
        var evaluation: StoredEvaluation
    }

    /// JSON with sorted keys: equal evaluations give equal bytes.
    public func jsonData() throws -> [UInt8] {
        Array(try Self.encoder.encode(Envelope(format: Self.format, sha256: digest(), evaluation: self)))
    }

    /// Whether a file says that it is one of these.
    public static func isMarked(_ bytes: [UInt8]) -> Bool {
        struct Mark: Decodable {
            var format: String
        }
        return (try? JSONDecoder().decode(Mark.self, from: Data(bytes)))?.format.hasPrefix("apus-evaluation-") == true
    }

    /// - Throws: `StoredEvaluationError` for a file that is cut off, changed or of another version.
    public init(_ bytes: [UInt8], path: String) throws(StoredEvaluationError) {
        let envelope: Envelope
        do {
            envelope = try Self.decoder.decode(Envelope.self, from: Data(bytes))
        } catch {
            throw StoredEvaluationError(
                path: path, reason: "not a whole evaluation", remedy: "write it again with `apus gate baseline`")
        }
        guard envelope.format == Self.format else {
            throw StoredEvaluationError(
                path: path, reason: "its format is \(envelope.format), expected \(Self.format)",
                remedy: "write it again with this version of `apus gate baseline`")
        }
        guard (try? envelope.evaluation.digest()) == envelope.sha256 else {
            throw StoredEvaluationError(
                path: path, reason: "its contents do not have the digest that it states",
                remedy: "restore the file, or write it again with `apus gate baseline`")
        }
        self = envelope.evaluation
    }

    private func digest() throws -> String { hexadecimal(SHA256.hash(Array(try Self.encoder.encode(self)))) }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }()

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }()
}
