import ApusCore
import ApusTracking

/// What a shipper has to tell while training goes on.
public enum ServerEvent: Equatable, Sendable {
    /// The server has a run; a browser shows it there.
    case recording(run: String, page: String)
    /// The server cannot be reached, or does not take runs.
    case waiting(ServerError)
    /// It takes runs again.
    case goingOn
    /// It does not take one value, dataset or file of a run; the rest goes on.
    case leftOut(run: String, String, why: String)
}

/// How far a run has come to its server.
public struct Shipment: Equatable, Sendable {
    public var run: String
    public var name: String
    /// Where a browser shows it.
    public var page: String?
    /// Whether the server has all that was recorded.
    public var isWhole: Bool
    /// Why not.
    public var problem: String?
    /// What the server does not take, and why: it is in the local store, and `ServerSync` tries it again.
    public var refused: [String: String]
    /// Requests that brought the server something new.
    public var requests: Int
}

/// Sends runs to a tracking server from a thread of its own. The runs are in the store whatever happens here: who
/// records never waits for the network, and what was not sent is sent by a later shipper.
public final class Shipper: Sendable {
    private let spool: Spool
    private let store: TrackingStore
    private let server: TrackingServer
    private let cancellation = Cancellation()
    private let pace: Pace
    private let report: @Sendable (ServerEvent) -> Void
    private let state = Monitor(State())

    /// How often the shipper looks and tries, in seconds.
    public struct Pace: Sendable {
        /// Between looks at what was recorded.
        public var interval = 2.0
        /// After the first failure, and at most.
        public var firstRetry = 1.0
        public var longestRetry = 60.0
        /// Larger files are sent when training has ended.
        public var largestFile: Int64 = 8 << 20

        public init() {}
    }

    fileprivate struct State {
        var added: [Run] = []
        var isEnding = false
        var isDone = false
        var shipments: [Shipment] = []
    }

    /// - Parameter report: called on the shipper's thread.
    public init(
        store: TrackingStore, settings: ServerSettings, pace: Pace = Pace(),
        report: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) {
        (self.store, self.pace, self.report) = (store, pace, report)
        server = TrackingServer(client: HTTPClient(settings: settings, cancellation: cancellation))
        spool = Spool(root: store.root, server: settings.address)
        _ = Thread { [self] in work() }
    }

    /// Sends `run` from now on. Returns at once.
    public func add(_ run: Run) {
        state.update { $0.added.append(run) }
    }

    /// Sends what is left, for so many seconds at most, and less where the server cannot be reached.
    public func finish(within seconds: Double = 60) -> [Shipment] {
        state.update { $0.isEnding = true }
        if state.wait(atMost: seconds, { $0.isDone ? true : nil }) == nil {
            cancellation.ask()
            _ = state.wait(atMost: 3, { $0.isDone ? true : nil })
        }
        return state.update { $0.shipments }
    }
}

// MARK: The thread

extension Shipper {
    private func work() {
        Thread.enterBackground()
        shipUntilEnd()
        state.update { $0.isDone = true }
    }

    /// The runs are free for another process when this returns.
    private func shipUntilEnd() {
        var line = ShippingLine(
            store: store, server: server, spool: spool, pauses: (pace.firstRetry, pace.longestRetry), report: report)
        var backOff = BackOff(first: pace.firstRetry, limit: pace.longestRetry)
        var last = LastTries()
        var pause = 0.0, isEnding = false
        while true {
            let added: [Run]
            (added, isEnding) = next(after: pause, knowingEnd: isEnding)
            line.add(added, largestFile: isEnding ? .max : pace.largestFile)
            if isEnding { line.hurry(longestPause: 1) }
            let failure = line.ship(includingOthers: !isEnding)
            state.update { $0.shipments = line.shipments }
            let retry = failure == nil ? line.pause : nil
            if isEnding, retry == nil, last.isOver(after: failure) { break }
            pause = isEnding ? retry ?? pace.interval : pace.interval
            if let failure { pause = last.pause(isEnding, failure, &backOff) } else { backOff.reset() }
        }
    }

    /// Waits until there is something to do: a run was added, the end has come, or time has passed.
    private func next(after pause: Double, knowingEnd: Bool) -> (added: [Run], isEnding: Bool) {
        state.wait(atMost: pause) { state -> ([Run], Bool)? in
            guard !state.added.isEmpty || state.isEnding && !knowingEnd else { return nil }
            return state.take()
        } ?? state.update { $0.take() }
    }
}

/// How often a server that fails is asked once more when training has ended: three times, within ten seconds.
private struct LastTries {
    private var failures = 0
    private var start: ContinuousClock.Instant?

    mutating func isOver(after failure: ServerError?) -> Bool {
        guard let failure, failure.isPassing else { return true }
        failures += 1
        let start = self.start ?? .now
        self.start = start
        return failures > 3 || ContinuousClock.now - start > .seconds(10)
    }

    func pause(_ isEnding: Bool, _ failure: ServerError, _ backOff: inout BackOff) -> Double {
        let wanted = backOff.next(asked: failure.secondsAsked)
        if isEnding { return min(wanted, 2) }
        return failure.isPassing ? wanted : max(wanted, backOff.limit)
    }
}

extension Shipper.State {
    fileprivate mutating func take() -> ([Run], Bool) {
        defer { added = [] }
        return (added, isEnding)
    }
}

extension ServerError {
    var secondsAsked: Int? {
        guard case .busy(_, let seconds) = self else { return nil }
        return seconds
    }
}
