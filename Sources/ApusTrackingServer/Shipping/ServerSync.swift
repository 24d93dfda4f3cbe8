import ApusCore
import ApusTracking

/// Sends what earlier processes left, while somebody waits.
public struct ServerSync: Sendable {
    private let store: TrackingStore
    private let server: TrackingServer
    private let spool: Spool
    private let cancellation = Cancellation()

    public init(store: TrackingStore, settings: ServerSettings) {
        self.store = store
        server = TrackingServer(client: HTTPClient(settings: settings, cancellation: cancellation))
        spool = Spool(root: store.root, server: settings.address)
    }

    /// The store's runs that were ever to be sent to this server.
    public func knownRuns() -> [Run] { spool.runs().compactMap { try? store.run(id: $0) } }

    /// Forgets what the server acknowledged: the run is looked for on the server, made anew where it is not there, and
    /// compared with it.
    public func forget(_ run: Run) { spool.forget(run.id) }

    /// Sends runs, and what the server did not take of them before, trying again for so many seconds where it fails.
    ///
    /// - Returns: how far each of them has come; `isBusy` are runs that another process is sending.
    public func send(
        _ runs: [Run], within seconds: Double, report: (ServerEvent) -> Void = { _ in }
    ) -> (shipments: [Shipment], isBusy: [Run]) {
        withoutActuallyEscaping(report) { report in
            var line = ShippingLine(
                store: store, server: server, spool: spool, pauses: (first: 0.2, longest: 1), report: report)
            let busy = line.add(runs)
            line.tryAgain()
            let end = ContinuousClock.now + .seconds(seconds)
            var backOff = BackOff(limit: 15)
            while let pause = pause(after: line.ship(includingOthers: false), line, &backOff) {
                guard ContinuousClock.now + .seconds(pause) < end else { break }
                wait(pause)
            }
            return (line.shipments, busy)
        }
    }

    /// Seconds until the next try; `nil` where there is nothing to try again.
    private func pause(after failure: ServerError?, _ line: ShippingLine, _ backOff: inout BackOff) -> Double? {
        guard let failure else { return line.pause }
        return failure.isPassing ? backOff.next(asked: failure.secondsAsked) : nil
    }

    private func wait(_ seconds: Double) {
        _ = Monitor(()).wait(atMost: seconds) { _ -> Bool? in nil }
    }
}
