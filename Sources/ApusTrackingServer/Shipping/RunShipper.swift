import ApusConfiguration
import ApusCore
import ApusDigest
import ApusTracking

/// Sends one run to its server, as far as the server does not have it yet.
///
/// What a request has brought about is uncertain where its answer was lost, and where an earlier process may have been
/// killed between a request and the writing of the cursor. The server is then asked for the points that it has of
/// every metric in question, and what it lacks is sent: nothing is lost, nothing is there twice. Parameters, tags,
/// datasets, artifacts and states may be sent again as they are.
final class RunShipper {
    let run: Run
    private let server: TrackingServer
    private let spool: Spool
    private let lock: FileLock
    private(set) var cursor: Cursor
    /// Files above this many bytes wait until training has ended: a checkpoint is replaced in every epoch.
    var largestFile = Int64.max

    /// Whether the last `ship` brought all there was.
    private(set) var hasShipped = false
    /// Requests that brought the server something new.
    private(set) var requests = 0

    /// Whether points behind the cursor may be on the server.
    private var isUncertain = true
    /// Points behind the cursor that are.
    private var known: [String: PointCounts] = [:]

    /// The tag by which a run is found on the server.
    static let localTag = "apus.run"

    /// `nil` where another process sends this run.
    init?(_ run: Run, to server: TrackingServer, spool: Spool) {
        guard let lock = spool.lock(run.id) else { return nil }
        (self.run, self.server, self.spool, self.lock) = (run, server, spool, lock)
        cursor = spool.cursor(ofRun: run.id, server: server.address)
        if !spool.knows(run.id) { try? spool.write(cursor) }
    }

    /// Where a browser shows the run; `nil` while the server has none.
    var page: String? {
        guard !cursor.remoteRun.isEmpty else { return nil }
        return server.page(ofRun: cursor.remoteRun, experiment: cursor.remoteExperiment)
    }

    /// Sends all there is now. Asks nothing of the server where nothing is new.
    func ship() throws(ServerError) {
        // The state is read first: whatever was recorded before the run's end is then seen below.
        hasShipped = false
        let state = try RunState(run)
        do throws(ServerError) {
            try findOrCreateRun(state)
            if isUncertain { try compare() }
            try sendValues()
            try sendInputs()
            let isWhole = try sendArtifacts()
            try send(state, isWhole: isWhole)
            hasShipped = isWhole
        } catch {
            if error.isUncertain || error == .cancelled { isUncertain = true }
            throw error
        }
    }

    /// Counts what a request brought the server.
    private func keepSent(_ change: (inout Cursor) -> Void) throws(ServerError) {
        requests += 1
        try keep(change)
    }

    private func keep(_ change: (inout Cursor) -> Void) throws(ServerError) {
        change(&cursor)
        try spool.write(cursor)
    }

    private func locally<R>(_ body: () throws(TrackingError) -> R) throws(ServerError) -> R {
        do throws(TrackingError) { return try body() } catch { throw .local("\(error)") }
    }
}

// MARK: The run itself

extension RunShipper {
    /// What the server is told of the run's state.
    private struct RunState {
        var status: RunStatus
        var times: (start: Int64, end: Int64?)
        var name: String

        init(_ run: Run) throws(ServerError) {
            do throws(TrackingError) {
                (status, times, name) = (try run.status(), try run.times(), try run.name())
            } catch {
                throw .local("\(error)")
            }
        }

        var text: String { "\(status.serverName) \(times.end.map(String.init) ?? "-") \(name)" }
    }

    private func findOrCreateRun(_ state: RunState) throws(ServerError) {
        guard cursor.remoteRun.isEmpty else { return }
        let experiment = try remoteExperiment()
        if let found = try server.runs(in: experiment, tag: Self.localTag, value: run.id).first {
            return try keep { $0.take(found) }
        }
        let tags = try locally { () throws(TrackingError) in try run.tags() }
        do throws(ServerError) {
            let made = try server.createRun(
                in: experiment, name: state.name, user: tags[RunTag.user] ?? "", start: state.times.start,
                tags: [Self.localTag: run.id])
            isUncertain = false
            try keepSent { $0.take(made) }
        } catch {
            if error.isUncertain || error == .cancelled { try keep { $0.mayHaveTwin = true } }
            throw error
        }
    }

    private func remoteExperiment() throws(ServerError) -> String {
        if let id = server.settings.experimentID { return id }
        if let name = server.settings.experimentName { return try server.experiment(named: name) }
        return try server.experiment(named: try locally { () throws(TrackingError) in try run.experimentName() })
    }

    private func send(_ state: RunState, isWhole: Bool) throws(ServerError) {
        if cursor.state != state.text {
            try server.update(run: cursor.remoteRun, status: state.status, end: state.times.end, name: state.name)
            try keepSent { $0.state = state.text }
        }
        let isComplete = isWhole && state.status.isEnd
        if isComplete, cursor.mayHaveTwin { try removeTwins() }
        if cursor.isComplete != isComplete { try keep { $0.isComplete = isComplete } }
    }

    /// A request to make the run whose answer was lost may have been carried out late.
    private func removeTwins() throws(ServerError) {
        let found = try server.runs(in: cursor.remoteExperiment, tag: Self.localTag, value: run.id)
        for twin in found where twin.id != cursor.remoteRun { try server.delete(run: twin.id) }
        try keep { $0.mayHaveTwin = false }
    }
}

extension Cursor {
    fileprivate mutating func take(_ found: TrackingServer.RemoteRun) {
        (remoteRun, remoteExperiment, artifactRoot) = (found.id, found.experiment, found.artifacts)
    }
}

extension RunStatus {
    var isEnd: Bool { self == .finished || self == .failed || self == .killed }
}

// MARK: Metrics, parameters, tags

extension RunShipper {
    /// Asks what the server has of each metric that has points behind the cursor.
    private func compare() throws(ServerError) {
        known = [:]
        for (key, size) in try locally({ () throws(TrackingError) in try run.metricSizes() }) {
            let offset = cursor.metrics[key] ?? 0
            guard size != offset, !isRefused("metric \(key)") else { continue }
            // A file that was repaired may be shorter than what was sent of it: it is compared from its start.
            let acknowledged = size < offset ? 0 : offset
            if acknowledged != offset { try keep { $0.metrics[key] = 0 } }
            var there = PointCounts(try server.history(of: key, run: cursor.remoteRun))
            try forEachPoint(of: key, from: 0, to: acknowledged) { point, _ in
                _ = there.remove(point)
                return true
            }
            if !there.isEmpty { known[key] = there }
        }
        isUncertain = false
    }

    private func isRefused(_ name: String) -> Bool { cursor.refused[name] != nil }

    /// Calls `body` with each point that begins before `limit` and the byte behind it, until it returns `false`.
    private func forEachPoint(
        of key: String, from start: Int, to limit: Int, _ body: (MetricPoint, Int) throws(ServerError) -> Bool
    ) throws(ServerError) {
        var offset = start
        while offset < limit {
            let part = try locally { () throws(TrackingError) in try run.points(of: key, from: offset) }
            for (point, end) in zip(part.points, part.ends) where end <= limit {
                guard try body(point, end) else { return }
            }
            guard part.end > offset else { return }
            offset = part.end
        }
    }

    private func sendValues() throws(ServerError) {
        var pending = PendingBatch()
        for (key, value) in try locally({ () throws(TrackingError) in try run.parameters() }).sorted(by: { $0 < $1 })
        where !cursor.parameters.contains(key) && !isRefused("parameter \(key)") {
            try add(.parameter(key: key, value: value), to: &pending) { $0.parameters.insert(key) }
        }
        for (key, value) in try remoteTags().sorted(by: { $0 < $1 }) {
            let digest = hexadecimal(SHA256.hash(Array(value.utf8)).prefix(8))
            guard cursor.tags[key] != digest, !isRefused("tag \(key)") else { continue }
            try add(.tag(key: key, value: value), to: &pending) { $0.tags[key] = digest }
        }
        let sizes = try locally { () throws(TrackingError) in try run.metricSizes() }
        for (key, size) in sizes.sorted(by: { $0 < $1 }) where size > cursor.metrics[key] ?? 0 {
            try forEachPoint(of: key, from: cursor.metrics[key] ?? 0, to: size) { point, end throws(ServerError) in
                if known[key]?.remove(point) == true || isRefused("metric \(key)") {
                    pending.changes.append { $0.metrics[key] = end }
                } else {
                    try add(.point(key: key, point), to: &pending) { $0.metrics[key] = end }
                }
                return true
            }
        }
        try flush(&pending)
    }

    /// A batch and what the cursor is to say when the server has it.
    private struct PendingBatch {
        var batch = LogBatch()
        var changes: [(inout Cursor) -> Void] = []
    }

    private func add(
        _ entry: LogBatch.Entry, to pending: inout PendingBatch, _ change: @escaping (inout Cursor) -> Void
    ) throws(ServerError) {
        if !pending.batch.add(entry) {
            try flush(&pending)
            _ = pending.batch.add(entry)
        }
        pending.changes.append(change)
    }

    private func flush(_ pending: inout PendingBatch) throws(ServerError) {
        guard !pending.changes.isEmpty else { return }
        if !pending.batch.entries.isEmpty { try send(pending.batch.entries[...]) }
        let changes = pending.changes
        pending = PendingBatch()
        try keep { cursor in for change in changes { change(&cursor) } }
    }

    /// Where the server refuses some of the entries, the others are sent without them.
    private func send(_ entries: ArraySlice<LogBatch.Entry>) throws(ServerError) {
        let wanted = entries.filter { !isRefused($0.name) }
        guard let first = wanted.first else { return }
        do throws(ServerError) {
            try server.log(LogBatch(wanted), to: cursor.remoteRun)
            requests += 1
        } catch .rejected(let code, let message) {
            guard try server.isActive(run: cursor.remoteRun) else { throw .missing("the run was deleted there") }
            guard wanted.count > 1 else {
                return try keep { $0.refused[first.name] = "\(code): \(message)" }
            }
            try send(wanted.prefix(wanted.count / 2))
            try send(wanted.dropFirst(wanted.count / 2))
        }
    }

    /// The run's tags; a parent is named as the server names it, as soon as the server has it.
    private func remoteTags() throws(ServerError) -> [String: String] {
        var tags = try locally { () throws(TrackingError) in try run.tags() }
        tags[Self.localTag] = run.id
        guard let parent = tags[RunTag.parentRun] else { return tags }
        let remote = spool.cursor(ofRun: parent, server: server.address).remoteRun
        tags[RunTag.parentRun] = remote.isEmpty ? nil : remote
        return tags
    }
}

// MARK: Datasets and artifacts

extension RunShipper {
    private func sendInputs() throws(ServerError) {
        for dataset in try locally({ () throws(TrackingError) in try run.datasets() }) {
            let name = "dataset \(dataset.name) \(dataset.digest) \(dataset.context ?? "")"
            guard !cursor.inputs.contains(name), !isRefused(name) else { continue }
            try refusing(name) { () throws(ServerError) in
                try server.log(dataset: dataset, to: cursor.remoteRun)
                try keepSent { $0.inputs.insert(name) }
            }
        }
    }

    /// - Returns: `false` where files wait for the end.
    private func sendArtifacts() throws(ServerError) -> Bool {
        let paths = try locally { () throws(TrackingError) in try run.artifacts() }
        guard !paths.isEmpty, !isRefused("artifacts") else { return true }
        guard server.proxyAddress(cursor.artifactRoot) != nil else {
            try keep { $0.refused["artifacts"] = server.noProxy(cursor.artifactRoot) }
            return true
        }
        var isWhole = true
        for path in paths where !isRefused("artifact \(path)") {
            guard let file = ArtifactFile(path, in: run.artifactPath) else {
                try keep { $0.refused["artifact \(path)"] = "no file of the run: a link that leads out of it" }
                continue
            }
            guard cursor.artifacts[path] != file.stamp else { continue }
            guard file.size <= largestFile else {
                isWhole = false
                continue
            }
            try refusing("artifact \(path)") { () throws(ServerError) in
                try server.upload(file.descriptor, size: file.size, to: path, below: cursor.artifactRoot)
                try keepSent { $0.artifacts[path] = file.stamp }
            }
        }
        return isWhole
    }

    /// Notes what the server refuses for good, and goes on.
    private func refusing(_ name: String, _ work: () throws(ServerError) -> Void) throws(ServerError) {
        do throws(ServerError) {
            try work()
        } catch .rejected(let code, let message) {
            guard try server.isActive(run: cursor.remoteRun) else { throw .missing("the run was deleted there") }
            try keep { $0.refused[name] = "\(code): \(message)" }
        }
    }
}
