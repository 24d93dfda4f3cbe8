/// Requests that a server fails at although it takes others: when each is tried again, and whether that was often
/// enough.
struct Suspects {
    private struct Record {
        var backOff: BackOff
        var tries = 0
        var last = ContinuousClock.now
        var pause = 0.0
        var error: ServerError
        /// Whether it failed, or waited, since the last `begin`.
        var isCurrent = true
    }

    /// So many tries a request has before it is left out.
    static let limit = 6

    /// Seconds until the second try, twice as many until the third, and so many at most.
    var firstPause = 1.0
    var longestPause = 60.0
    private var records: [String: Record] = [:]

    /// What no longer fails is no longer waited for.
    mutating func begin() {
        for name in records.keys { records[name]?.isCurrent = false }
    }

    /// Throws where the request `name` is to be tried later.
    mutating func check(_ name: String) throws(ServerError) {
        guard let record = records[name], seconds(until: record) > 0 else { return }
        records[name]?.isCurrent = true
        throw failing(name, record)
    }

    /// Counts a try that failed.
    ///
    /// - Returns: whether there were enough.
    mutating func fail(_ name: String, with error: ServerError) -> Bool {
        var record = records[name] ?? Record(backOff: BackOff(first: firstPause, limit: longestPause), error: error)
        record.tries += 1
        record.pause = record.backOff.next(asked: error.secondsAsked)
        (record.error, record.last, record.isCurrent) = (error, .now, true)
        records[name] = record
        return record.tries >= Self.limit
    }

    /// What is to be thrown after a try that failed.
    func failure(_ name: String) -> ServerError? { records[name].map { failing(name, $0) } }

    private func failing(_ name: String, _ record: Record) -> ServerError {
        .failing(name, tries: record.tries, why: "\(record.error)")
    }

    /// The next try need not wait.
    mutating func hurry(_ name: String) { records[name]?.pause = 0 }

    mutating func clear(_ name: String) { records[name] = nil }

    /// Seconds until something is tried again; `nil` where nothing is.
    var pause: Double? { records.values.filter(\.isCurrent).map(seconds).min() }

    private func seconds(until record: Record) -> Double {
        let passed = (ContinuousClock.now - record.last) / .seconds(1)
        return max(0, min(record.pause, longestPause) - passed)
    }
}

extension ServerError {
    /// Whether the request itself, and not the server's state, may be why it failed.
    var mayBeOfRequest: Bool {
        switch self {
        case .unanswered, .notMLflow: true
        case .busy(let status, _): status >= 500
        case .credentials(let status, _): status == 403
        default: false
        }
    }
}
