import ApusCore
import Glibc

/// Collects the values that the runs of a store log, and writes them in batches: whole lines, one write a metric and
/// batch, at the latest `interval` milliseconds after the first.
///
/// A metric's first value is written at once: its key is found to be possible, and its file exists. What cannot be
/// written, because the disk is full say, waits on and is tried again each interval; the error is thrown by the next
/// call. A process that is killed loses what waits, one that exits does not.
final class MetricBuffer: Sendable {
    fileprivate struct State {
        /// By run and key; a key that is here has a file, or its first value waits for one.
        var runs = [String: [String: [MetricPoint]]]()
        var folders = [String: String]()
        var count = 0
        var firstTime: Int64 = 0
        var failures = [String: TrackingError]()
        var retryTime: Int64 = 0
        var isTimed = false
    }

    /// So many values wait at most before they are written, and after errors `limit` before more are refused.
    static let capacity = 8192, limit = 1 << 20

    private let interval: Int64
    private let staging: Staging
    private let state = Mutex(State())
    /// Held by whoever writes, so that batches keep their order.
    private let writing = Mutex(())

    init(interval: Int, staging: Staging) {
        self.interval = Int64(interval)
        self.staging = staging
        LiveBuffers.add(self)
    }

    /// - Throws: what is wrong with a key, or that earlier values could not be written; those of this call are kept.
    func log(_ metrics: [String: Double], step: Int, of run: Run) throws(TrackingError) {
        let now = currentMilliseconds()
        let outcome = state.withLock { $0.take(metrics, step: Int64(step), time: now, run: run.id) }
        switch outcome {
        case .unknown:
            let points = metrics.mapValues { [MetricPoint(value: $0, step: Int64(step), timestamp: now)] }
            try log(points, of: run)
        case .full:
            try flush(run.id)
            try log(metrics, step: step, of: run)
        case .waits(let failure):
            if state.withLock({ $0.isDue(now, interval) }) {
                flushQuietly()
            } else {
                startTimer()
            }
            if let failure { throw failure }
        }
    }

    /// Writes many values at once, behind those that wait.
    func log(_ points: [String: [MetricPoint]], of run: Run) throws(TrackingError) {
        for key in points.keys { try KeyRules.checkKey(key) }
        let folder = run.metricFolder
        for key in points.keys.sorted() { try prepare(key, in: folder) }
        state.withLock { state in
            state.folders[run.id] = folder.path
            for (key, points) in points { state.runs[run.id, default: [:]][key, default: []] += points }
            state.wait(points.values.reduce(0) { $0 + $1.count }, since: currentMilliseconds())
        }
        try flush(run.id)
    }

    /// A key that another stands in the way of is refused; a folder that cannot be made yet is tried again.
    private func prepare(_ key: String, in folder: KeyFolder) throws(TrackingError) {
        do throws(TrackingError) { try folder.prepare(key) } catch {
            guard case .file = error else { throw error }
        }
    }

    // MARK: Writing

    /// Writes what waits of a run.
    ///
    /// - Throws: why it cannot be written; it waits on.
    func flush(_ id: String) throws(TrackingError) {
        if let failure = write(id)[id] ?? state.withLock({ $0.failures.removeValue(forKey: id) }) { throw failure }
    }

    /// Writes what waits, of one run or of all, as far as that is possible; errors are thrown by the runs' next calls.
    func flushQuietly(_ id: String? = nil) {
        let failures = write(id)
        if !failures.isEmpty { state.withLock { $0.failures.merge(failures) { $1 } } }
    }

    /// - Returns: why runs could not be written.
    private func write(_ id: String?) -> [String: TrackingError] {
        writing.withLock { _ in
            let batches = state.withLock { $0.take(id) }
            var failures = [String: TrackingError]()
            for batch in batches {
                do throws(TrackingError) {
                    try batch.write(with: staging)
                } catch {
                    failures[batch.run] = error
                    state.withLock { $0.giveBack(batch, retryTime: currentMilliseconds() + interval) }
                }
            }
            if !failures.isEmpty { startTimer() }
            return failures
        }
    }

    /// Forgets a run that ended: its next value is written at once again.
    func forget(_ id: String) { state.withLock { $0.forget(id) } }

    // MARK: Time

    private func startTimer() {
        let isNeeded = state.withLock { state in
            guard !state.isTimed, state.count > 0, interval > 0 else { return false }
            state.isTimed = true
            return true
        }
        guard isNeeded else { return }
        let microseconds = UInt32(min(interval, 3_600_000) * 1000)
        _ = Thread(stackSize: 1 << 18) { [weak self] in
            repeat { usleep(microseconds) } while self?.flushOnTime() == true
        }
    }

    /// - Returns: whether values wait on.
    private func flushOnTime() -> Bool {
        flushQuietly()
        return state.withLock { state in
            state.isTimed = state.count > 0
            return state.isTimed
        }
    }
}

extension MetricBuffer {
    /// A metric's values on their way to its file.
    fileprivate struct Batch {
        var run: String
        var key: String
        var folder: String
        var points: [MetricPoint]

        func write(with staging: Staging) throws(TrackingError) {
            let folder = KeyFolder(path: folder), path = folder.path(of: key)
            if !FileSystem.exists(path) { try folder.prepare(key) }
            try MetricFile(path: path).append(points, with: staging)
        }
    }
}

/// What became of values that were logged.
private enum Outcome {
    /// A key has no file yet.
    case unknown
    case full
    /// They wait; an error of earlier values is to be told.
    case waits(TrackingError?)
}

extension MetricBuffer.State {
    fileprivate mutating func take(_ metrics: [String: Double], step: Int64, time: Int64, run: String) -> Outcome {
        for key in metrics.keys where runs[run]?[key] == nil { return .unknown }
        guard count < MetricBuffer.limit else { return .full }
        for (key, value) in metrics {
            runs[run]?[key]?.append(MetricPoint(value: value, step: step, timestamp: time))
        }
        wait(metrics.count, since: time)
        return .waits(failures.isEmpty ? nil : failures.removeValue(forKey: run))
    }

    fileprivate mutating func wait(_ number: Int, since now: Int64) {
        if count == 0 { firstTime = now }
        count += number
    }

    fileprivate func isDue(_ now: Int64, _ interval: Int64) -> Bool {
        (count >= MetricBuffer.capacity || now - firstTime >= interval) && now >= retryTime
    }

    fileprivate mutating func take(_ id: String?) -> [MetricBuffer.Batch] {
        var batch = [MetricBuffer.Batch]()
        for run in id.map({ [$0] }) ?? Array(runs.keys) {
            for (key, points) in runs[run] ?? [:] where !points.isEmpty {
                batch.append(.init(run: run, key: key, folder: folders[run] ?? "", points: points))
                runs[run]?[key] = []
                count -= points.count
            }
        }
        return batch
    }

    fileprivate mutating func giveBack(_ batch: MetricBuffer.Batch, retryTime: Int64) {
        runs[batch.run, default: [:]][batch.key, default: []].insert(contentsOf: batch.points, at: 0)
        wait(batch.points.count, since: currentMilliseconds())
        self.retryTime = retryTime
    }

    fileprivate mutating func forget(_ id: String) {
        guard runs[id]?.values.allSatisfy(\.isEmpty) == true else { return }
        runs[id] = nil
        folders[id] = nil
    }
}

/// The buffers of this process, written out when it exits.
private enum LiveBuffers {
    private struct Reference: Sendable { weak let buffer: MetricBuffer? }

    private static let references = Mutex<[Reference]?>(nil)

    static func add(_ buffer: MetricBuffer) {
        references.withLock { references in
            if references == nil { atexit { LiveBuffers.flush() } }
            references = (references ?? []).filter { $0.buffer != nil } + [Reference(buffer: buffer)]
        }
    }

    private static func flush() {
        let buffers = references.withLock { ($0 ?? []).compactMap(\.buffer) }
        for buffer in buffers { buffer.flushQuietly() }
    }
}
