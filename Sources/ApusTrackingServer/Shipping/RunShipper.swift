import ApusCore
import ApusTracking

/// Sends one run to its server, as far as the server does not have it yet.
///
/// What a request has brought about is uncertain where its answer was lost, and where an earlier process may have been
/// killed between a request and the writing of the cursor. The server is then asked for the points that it has of
/// every metric in question, and what it lacks is sent: nothing is lost, nothing is there twice. Parameters, tags,
/// datasets, artifacts and states may be sent again as they are.
///
/// A server that fails at one request and takes another is tried again a few times, while everything else goes on;
/// then the value, dataset or file that it fails at is left out, noted in the cursor, and told.
final class RunShipper {
    let run: Run
    let server: TrackingServer
    let spool: Spool
    private let lock: FileLock
    private(set) var cursor: Cursor
    /// Files above this many bytes wait until training has ended: a checkpoint is replaced in every epoch.
    var largestFile = Int64.max
    /// Requests that the server fails at.
    var suspects = Suspects()

    /// Whether the last `ship` brought all there was.
    private(set) var hasShipped = false
    /// Requests that brought the server something new.
    var requests = 0
    /// What was left out since somebody asked last.
    private var leftOut: [(name: String, why: String)] = []

    /// Metrics whose points behind the cursor may be on the server; `nil` is all of them.
    var doubtful: Set<String>?
    /// Points behind the cursor that are.
    var known: [String: PointCounts] = [:]
    /// Gaps that are to be filled.
    var openGaps: [String: [Gap]] = [:]
    /// So many values are sent at once: fewer where the server fails at more.
    var batchLimit = LogBatch.entryLimit
    /// How often single values of a name were left out.
    var strikes: [String: Int] = [:]
    /// Single values left out since the server took some.
    var leftOutInRow = 0

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
    ///
    /// - Throws: `failing` where everything else was sent.
    func ship() throws(ServerError) {
        // The state is read first: whatever was recorded before the run's end is then seen below.
        hasShipped = false
        suspects.begin()
        let state = try RunState(run)
        try findOrCreateRun(state)
        var failure = try failing { () throws(ServerError) in try sendValues() }
        failure = try failing { () throws(ServerError) in try sendInputs() } ?? failure
        var isWhole = true
        failure = try failing { () throws(ServerError) in isWhole = try sendArtifacts() } ?? failure
        isWhole = isWhole && failure == nil
        failure = try failing { () throws(ServerError) in try send(state, isWhole: isWhole) } ?? failure
        if let failure { throw failure }
        hasShipped = isWhole
    }

    /// Tries once more what was left out.
    func tryAgain() {
        for name in cursor.refused.keys where name.hasPrefix("metric ") {
            let metric = String(name.dropFirst("metric ".count))
            // An older cursor went past the points without a note: the server is asked for all of them.
            if cursor.gaps?[metric] == nil { cursor.metrics[metric] = 0 }
        }
        cursor.refused = [:]
        openGaps = cursor.gaps ?? [:]
        strikes = [:]
        doubtful = nil
    }

    /// What the server did not take, and why.
    var refused: [String: String] {
        var all = cursor.refused
        for (metric, gaps) in cursor.gaps ?? [:] {
            var count = 0
            for gap in gaps {
                try? forEachPoint(of: metric, from: gap.start, to: gap.end) { _, _ in
                    count += 1
                    return true
                }
            }
            let why = all.removeValue(forKey: "metric \(metric)") ?? "left out before"
            all["metric \(metric) (\(count) \(count == 1 ? "value" : "values"))"] = why
        }
        return all
    }

    /// What was left out since the last call, each name once.
    func takeLeftOut() -> [(name: String, why: String)] {
        defer { leftOut = [] }
        return leftOut
    }
}

// MARK: Requests and what is kept of them

extension RunShipper {
    func keep(_ change: (inout Cursor) -> Void) throws(ServerError) {
        change(&cursor)
        try spool.write(cursor)
    }

    /// Notes that `name` is left out; whoever does so changes the cursor.
    func noteLeftOut(_ name: String, because why: String) {
        if cursor.refused[name] == nil { leftOut.append((name, why)) }
    }

    func isRefused(_ name: String) -> Bool { cursor.refused[name] != nil }

    func locally<R>(_ body: () throws(TrackingError) -> R) throws(ServerError) -> R {
        do throws(TrackingError) { return try body() } catch { throw .local("\(error)") }
    }

    /// What the server fails at while it takes other things, so that these go on.
    func failing(_ work: () throws(ServerError) -> Void) throws(ServerError) -> ServerError? {
        do throws(ServerError) {
            try work()
            return nil
        } catch .failing(let name, let tries, let why) {
            return .failing(name, tries: tries, why: why)
        }
    }

    /// Makes a request for something that can be left out.
    ///
    /// - Returns: why the server does not take it; `nil` where it did.
    /// - Throws: `failing` where it is to be tried again.
    func attempt(_ name: String, _ request: () throws(ServerError) -> Void) throws(ServerError) -> String? {
        try suspects.check(name)
        do throws(ServerError) {
            try request()
            suspects.clear(name)
            return nil
        } catch .rejected(let code, let message) {
            try checkRun()
            return "\(code): \(message)"
        } catch {
            guard try isFailed(name, with: error) else { throw suspects.failure(name) ?? error }
            suspects.clear(name)
            return "\(error)"
        }
    }

    /// Counts a request that failed, where the server takes others.
    ///
    /// - Returns: whether it was tried often enough.
    /// - Throws: `error` where the request has no part in it.
    func isFailed(_ name: String, with error: ServerError) throws(ServerError) -> Bool {
        guard error.mayBeOfRequest, try takesOthers() else { throw error }
        return suspects.fail(name, with: error)
    }

    /// Sends what the server knows already, which is written as every value is.
    private func takesOthers() throws(ServerError) -> Bool {
        do throws(ServerError) {
            try server.log(LogBatch([.tag(key: Self.localTag, value: run.id)]), to: cursor.remoteRun)
            return true
        } catch .cancelled {
            throw .cancelled
        } catch .missing(let message) {
            throw .missing(message)
        } catch {
            return false
        }
    }

    /// A run that was deleted on the server refuses everything.
    func checkRun() throws(ServerError) {
        guard try server.isActive(run: cursor.remoteRun) else { throw .missing("the run was deleted there") }
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

        var text: String { "\(status) \(times.end.map(String.init) ?? "-") \(name)" }
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
            doubtful = []
            requests += 1
            try keep { $0.take(made) }
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
            let why = try attempt("the run's state") { () throws(ServerError) in
                try server.update(run: cursor.remoteRun, status: state.status, end: state.times.end, name: state.name)
                requests += 1
            }
            if let why { noteLeftOut("state \(state.text)", because: why) }
            try keep { cursor in
                cursor.refused = cursor.refused.filter { !$0.key.hasPrefix("state ") }
                if let why { cursor.refused["state \(state.text)"] = why }
                cursor.state = state.text
            }
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
