import ApusONNX
import ApusRegistry
import ApusTracking
import FoundationEssentials
import Glibc

/// A time as JSON and tables have it: `2026-11-23T06:31:12Z`.
func timeText(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
}

/// A version in a list, as JSON.
struct ModelRecord: Encodable {
    var name: String
    var version: Int
    var aliases: [String]
    var stage: String
    var description: String
    var run: String?
    var folder: String
    var created: String
    var tags: [String: String]

    init(_ version: ModelVersion, folder: String? = nil) {
        (name, self.version, aliases) = (version.name, version.version, version.aliases)
        (stage, description) = (version.stage.rawValue, version.description)
        (run, self.folder) = (version.runID, folder ?? version.folder)
        (created, tags) = (timeText(version.creationTime), version.tags)
    }
}

/// A model with its versions, as JSON.
struct RegisteredModelRecord: Encodable {
    struct Move: Encodable {
        var time: String
        var from, to: Int?
        var user, reason: String
    }

    var name: String
    var description: String
    var created, updated: String
    var tags: [String: String]
    var aliases: [String: Int]
    /// Where aliases pointed, oldest first.
    var moves: [String: [Move]]
    var versions: [ModelRecord]

    init(_ model: RegisteredModel, moves: [String: [AliasMove]], versions: [ModelVersion]) {
        (name, description, tags, aliases) = (model.name, model.description, model.tags, model.aliases)
        (created, updated) = (timeText(model.creationTime), timeText(model.updateTime))
        self.moves = moves.mapValues { moves in
            moves.map { Move(time: timeText($0.time), from: $0.from, to: $0.to, user: $0.user, reason: $0.reason) }
        }
        self.versions = versions.map { ModelRecord($0) }
    }
}

/// All that is known of a version, as JSON.
struct VersionReport: Encodable {
    var version: ModelRecord
    var files: [ModelFolder.File]
    var inputs, outputs: [GraphSummary.Value]
    var parameterCount: Int?
    var use: ModelFacts.Use?
    var metrics: [String: Double]
    var parameters: [String: String]
    var lineage: ModelLineage
    var problems: [String]

    init(_ record: VersionRecord) {
        version = ModelRecord(record.version, folder: record.model?.folder)
        (files, use) = (record.files, record.facts?.use)
        (inputs, outputs) = (record.facts?.graph.inputs ?? [], record.facts?.graph.outputs ?? [])
        parameterCount = record.facts?.graph.parameterCount
        (metrics, parameters) = (record.metrics.filter(\.value.isFinite), record.parameters)
        (lineage, problems) = (record.lineage, record.problems)
    }
}
