import ApusCore
import Glibc

/// One run on its way through a search. What the index knows is taken where the stamp of the very file confirms it; of
/// the rest the files that are asked for are read, and no others.
struct RunLook {
    let name: String
    private let experiment: Int32
    private let row: RunIndex.Row?
    private let now = currentNanoseconds()
    private let isMetaKnown: Bool
    /// What was read from files.
    private var found: RunRecord
    private var hasFound = false

    /// - Parameter experiment: the open folder that the run's is in.
    /// - Returns: `nil` where there is no run.
    init?(_ name: String, _ row: RunIndex.Row?, in experiment: Int32) {
        guard let stamp = FileStamp(of: name + "/meta.yaml", in: experiment) else { return nil }
        self.name = name
        self.experiment = experiment
        self.row = row
        found = RunRecord(folderName: name, metaStamp: .unknown)
        isMetaKnown = row?.metaStamp == stamp
        if !isMetaKnown { readMeta() }
    }

    private mutating func readMeta() {
        hasFound = true
        guard let file = try? readStamped(name + "/meta.yaml", in: experiment) else { return }
        do throws(TrackingError) {
            try found.readMeta(String(decoding: file.bytes, as: UTF8.self))
            found.metaStamp = file.stamp.settled(at: now)
        } catch {
            // A damaged run is found by what can be read, and read again each time.
        }
    }

    var start: Int64 { known?.startTime ?? found.start }
    var isDeleted: Bool { known?.isDeleted ?? found.isDeleted }
    private var known: RunIndex.Row? { isMetaKnown ? row : nil }

    /// What is to be remembered: `nil` where nothing was read, so that the index's own row stays.
    var record: RunRecord? {
        guard hasFound else { return nil }
        var record = found
        if let old = row?.record { record.fill(from: old, withMeta: isMetaKnown) }
        return record
    }

    /// The field's value; datasets are not remembered.
    mutating func value(_ field: RunField) -> FieldValue {
        switch field {
        case .metric(let key): metric(key)
        case .parameter(let key): text(key, "params", row?.parameter(key), \.parameters)
        case .tag(let key): text(key, "tags", row?.tag(key), \.tags)
        case .attribute(let attribute): known?.value(attribute) ?? found.value(attribute)
        case .dataset: .none
        }
    }

    private mutating func metric(_ key: String) -> FieldValue {
        guard isKey(key) else { return .none }
        let path = "\(name)/metrics/\(key)"
        if let known = row?.metric(key), isConfirmed(known.stamp, path) {
            return known.stamp == .absent ? .none : .number(known.point.value)
        }
        hasFound = true
        guard let file = try? readStamped(path, in: experiment) else {
            found.metrics.append((key, .absent, MetricPoint(value: 0, step: 0, timestamp: 0)))
            return .none
        }
        let contents = MetricFile.parse(file.bytes)
        guard let point = contents.points.max(by: MetricPoint.isEarlier) else { return .none }
        if contents.problem == nil { found.metrics.append((key, file.stamp.settled(at: now), point)) }
        return .number(point.value)
    }

    private mutating func text(
        _ key: String, _ part: String, _ known: (stamp: FileStamp, text: String)?,
        _ place: WritableKeyPath<RunRecord, [RunRecord.Text]>
    ) -> FieldValue {
        guard isKey(key) else { return .none }
        let path = "\(name)/\(part)/\(key)"
        if let known, isConfirmed(known.stamp, path) { return known.stamp == .absent ? .none : .text(known.text) }
        hasFound = true
        guard let file = try? readStamped(path, in: experiment) else {
            found[keyPath: place].append((key, .absent, ""))
            return .none
        }
        let text = String(decoding: file.bytes, as: UTF8.self)
        found[keyPath: place].append((key, file.stamp.settled(at: now), text))
        return .text(text)
    }

    private func isConfirmed(_ stamp: FileStamp, _ path: String) -> Bool {
        (FileStamp(of: path, in: experiment) ?? .absent) == stamp
    }

    /// Whether files can have this name: a search's words come from outside.
    private func isKey(_ key: String) -> Bool {
        guard key.utf8.contains(UInt8(ascii: ".")) else { return true }
        do throws(TrackingError) { try KeyRules.checkKey(key) } catch { return false }
        return true
    }
}

/// Reads a whole file below an open folder, and its stamp from before the reading.
private func readStamped(_ path: String, in folder: Int32) throws(FileError) -> (bytes: [UInt8], stamp: FileStamp) {
    let descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("inspect", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, code: EISDIR) }
    let size = Int(status.st_size)
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
            let read = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
            if read < 0 && errno == EINTR { continue }
            if read < 0 { failure = FileError("read", path) }
            if read <= 0 { return }
            count += read
        }
    }
    if let failure { throw failure }
    return (bytes, FileStamp(status))
}
