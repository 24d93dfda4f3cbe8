import ApusTracking

/// A run as JSON.
struct RunRecord: Encodable {
    var id, name, experiment: String
    var status: String?
    var startTime: Int64
    var endTime: Int64?
    /// JSON has no word for values that are not finite: they are left out.
    var metrics: [String: Double]
    var parameters, tags: [String: String]
    var problems: [String]
    var isDeleted: Bool?

    init(_ summary: RunSummary) {
        id = summary.id
        name = summary.name
        experiment = summary.experimentName
        status = summary.status.map { "\($0)" }
        startTime = summary.startTime
        endTime = summary.endTime
        metrics = summary.metrics.mapValues(\.value).filter { $0.value.isFinite }
        parameters = summary.parameters
        tags = summary.tags
        problems = summary.problems
        isDeleted = summary.isDeleted ? true : nil
    }

    enum CodingKeys: String, CodingKey {
        case id, name, experiment, status, metrics, parameters, tags, problems
        case startTime = "start_time"
        case endTime = "end_time"
        case isDeleted = "deleted"
    }
}
