import ApusCore
import Glibc

/// Everything of a run that a search can ask for, with the stamps of the files that it came from.
struct RunRecord: Sendable {
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
    var parameters = [(key: String, stamp: FileStamp, text: String)]()
    var tags = [(key: String, stamp: FileStamp, text: String)]()
    /// Whether every file could be read; only such a run is remembered.
    var isSound = true
}

extension RunRecord {
    /// Reads a run's folder in an open experiment's; `nil` where it is none.
    init?(_ name: String, in experiment: Int32) {
        let now = currentNanoseconds()
        guard var folder = try? FolderReader(path: name, in: experiment) else { return nil }
        self.init(folderName: name, metaStamp: .unknown)
        do throws(FileError) {
            let (text, stamp) = try folder.text(of: "meta.yaml")
            metaStamp = stamp.settled(at: now)
            do throws(TrackingError) { try readMeta(text) } catch { isSound = false }
        } catch {
            if error.code == ENOENT { return nil }
            isSound = false
        }
        do throws(FileError) { try readValues(&folder, now) } catch { isSound = false }
    }

    private mutating func readMeta(_ text: String) throws(TrackingError) {
        let meta = try MetaFile(path: "meta.yaml", text: text)
        start = try meta.integer("start_time")
        end = meta.optionalInteger("end_time")
        isDeleted = meta.optionalText("lifecycle_stage") == "deleted"
        name = meta.optionalText("run_name") ?? ""
        user = meta.optionalText("user_id") ?? ""
        artifacts = meta.optionalText("artifact_uri") ?? ""
        status = try RunStatus(meta)
    }

    private mutating func readValues(_ folder: inout FolderReader, _ now: Int64) throws(FileError) {
        try folder.forEach(in: "metrics") { key, bytes, stamp throws(FileError) in
            let contents = MetricFile.parse(bytes)
            if contents.problem != nil { isSound = false }
            guard let point = contents.points.max(by: MetricPoint.isEarlier) else { return }
            metrics.append((key, stamp.settled(at: now), point))
        }
        try folder.forEach(in: "params") { key, bytes, stamp throws(FileError) in
            parameters.append((key, stamp.settled(at: now), String(decoding: bytes, as: UTF8.self)))
        }
        try folder.forEach(in: "tags") { key, bytes, stamp throws(FileError) in
            tags.append((key, stamp.settled(at: now), String(decoding: bytes, as: UTF8.self)))
        }
    }

    /// What the run has in a field; datasets are not remembered.
    func value(_ field: RunField) -> FieldValue {
        switch field {
        case .metric(let key): metrics.first { $0.key == key }.map { .number($0.point.value) } ?? .none
        case .parameter(let key): parameters.first { $0.key == key }.map { .text($0.text) } ?? .none
        case .tag(let key): tags.first { $0.key == key }.map { .text($0.text) } ?? .none
        case .attribute(let attribute): value(attribute)
        case .dataset: .none
        }
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
