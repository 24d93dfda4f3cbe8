import ApusCore
import Glibc

/// What searches asked of a run, with the stamps of the files that it came from; `.absent` where there was none.
struct RunRecord: Sendable {
    typealias Text = (key: String, stamp: FileStamp, text: String)

    var folderName: String
    var metaStamp: FileStamp
    var start: Int64 = 0
    var end: Int64?
    var status = RunStatus.running
    var isDeleted = false
    var name = ""
    var user = ""
    var artifacts = ""
    var metrics = [(key: String, stamp: FileStamp, point: MetricPoint)]()
    var parameters = [Text]()
    var tags = [Text]()
}

extension RunRecord {
    mutating func readMeta(_ text: String) throws(TrackingError) {
        let meta = try MetaFile(path: "meta.yaml", text: text)
        start = try meta.integer("start_time")
        end = meta.optionalInteger("end_time")
        isDeleted = meta.optionalText("lifecycle_stage") == "deleted"
        name = meta.optionalText("run_name") ?? ""
        user = meta.optionalText("user_id") ?? ""
        artifacts = meta.optionalText("artifact_uri") ?? ""
        status = try RunStatus(meta)
    }

    /// Adds what an older record knew besides.
    mutating func fill(from old: RunRecord, withMeta isMetaKept: Bool) {
        let new = self
        if isMetaKept {
            self = old
            (metrics, parameters, tags) = (new.metrics, new.parameters, new.tags)
        }
        metrics += old.metrics.filter { entry in !new.metrics.contains { $0.key == entry.key } }
        parameters += old.parameters.filter { entry in !new.parameters.contains { $0.key == entry.key } }
        tags += old.tags.filter { entry in !new.tags.contains { $0.key == entry.key } }
    }

    func value(_ attribute: RunAttribute) -> FieldValue {
        switch attribute {
        case .id: .text(folderName)
        case .name: .text(name)
        case .user: .text(user)
        case .status: .text("\(status)")
        case .start: .number(Double(start))
        case .end: end.map { .number(Double($0)) } ?? .none
        case .artifacts: .text(artifacts)
        }
    }
}

func currentNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}
