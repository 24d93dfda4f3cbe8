import ApusCore
import ApusTracking

/// Runs on their way to a server, parents before their children.
struct ShippingLine {
    private let store: TrackingStore
    private let server: TrackingServer
    private let spool: Spool
    private let report: (ServerEvent) -> Void
    private var shippers: [RunShipper] = []
    private var problems: [String: ServerError] = [:]
    private var announced: Set<String> = []
    private var isWaiting = false
    /// Runs of earlier processes that were not sent whole.
    private var others: [String]
    /// Seconds between tries of a single request that the server fails at.
    private let pauses: (first: Double, longest: Double)

    init(
        store: TrackingStore, server: TrackingServer, spool: Spool, pauses: (first: Double, longest: Double),
        report: @escaping (ServerEvent) -> Void
    ) {
        (self.store, self.server, self.spool, self.pauses, self.report) = (store, server, spool, pauses, report)
        others = spool.runs()
    }

    /// - Returns: runs that another process is sending.
    @discardableResult
    mutating func add(_ runs: [Run], largestFile: Int64 = .max) -> [Run] {
        var taken = [Run]()
        for run in runs where !shippers.contains(where: { $0.run.id == run.id }) {
            if let parent = try? run.parent(), parent.id != run.id { add([parent]) }
            if let shipper = shipper(run) {
                shippers.append(shipper)
            } else {
                taken.append(run)
            }
            others.removeAll { $0 == run.id }
        }
        for shipper in shippers { shipper.largestFile = largestFile }
        return taken
    }

    private func shipper(_ run: Run) -> RunShipper? {
        guard let shipper = RunShipper(run, to: server, spool: spool) else { return nil }
        (shipper.suspects.firstPause, shipper.suspects.longestPause) = pauses
        return shipper
    }

    /// Tries once more what the server did not take of the runs.
    func tryAgain() {
        for shipper in shippers { shipper.tryAgain() }
    }

    /// From now on, what the server fails at is tried again after so many seconds at most.
    func hurry(longestPause: Double) {
        for shipper in shippers { shipper.suspects.longestPause = min(pauses.longest, longestPause) }
    }

    /// Seconds until requests that the server fails at are tried again; `nil` where there are none.
    var pause: Double? { shippers.compactMap(\.suspects.pause).min() }

    /// Sends what there is now. Where the server answers that it cannot take one run, the others are tried.
    ///
    /// - Returns: what keeps the server from taking it; what is wrong with single runs is theirs.
    mutating func ship(includingOthers: Bool) -> ServerError? {
        var failure: ServerError?
        for shipper in shippers {
            guard let found = ship(shipper) else { continue }
            guard found.mayBeOfRequest, found.isAnswer else { return waiting(found) }
            failure = failure ?? found
        }
        if let failure { return waiting(failure) }
        if includingOthers, let failure = shipOthers() { return waiting(failure) }
        if isWaiting {
            isWaiting = false
            report(.goingOn)
        }
        return nil
    }

    private mutating func ship(_ shipper: RunShipper) -> ServerError? {
        do throws(ServerError) {
            try shipper.ship()
            problems[shipper.run.id] = nil
        } catch {
            problems[shipper.run.id] = error
            guard error.isOfRun else { return error }
            if case .failing(_, tries: 3, _) = error { report(.waiting(error)) }
        }
        for (name, why) in shipper.takeLeftOut() { report(.leftOut(run: shipper.run.id, name, why: why)) }
        if let page = shipper.page, announced.insert(shipper.run.id).inserted {
            report(.recording(run: shipper.run.id, page: page))
        }
        return nil
    }

    private mutating func shipOthers() -> ServerError? {
        while let id = others.popLast() {
            let cursor = spool.cursor(ofRun: id, server: server.address)
            guard !cursor.isComplete else { continue }
            guard let run = try? store.run(id: id) else {
                spool.forget(id)
                continue
            }
            guard let shipper = shipper(run) else { continue }
            do throws(ServerError) {
                try shipper.ship()
            } catch {
                guard error.isOfRun else {
                    others.append(id)
                    return error
                }
            }
        }
        return nil
    }

    private mutating func waiting(_ failure: ServerError) -> ServerError {
        if !isWaiting { report(.waiting(failure)) }
        isWaiting = true
        return failure
    }

    var shipments: [Shipment] {
        shippers.map { shipper in
            let problem = problems[shipper.run.id]
            return Shipment(
                run: shipper.run.id, name: (try? shipper.run.name()) ?? shipper.run.id, page: shipper.page,
                isWhole: problem == nil && shipper.hasShipped, problem: problem.map { "\($0)" },
                refused: shipper.refused, requests: shipper.requests)
        }
    }
}

extension ServerError {
    /// Whether the server takes other runs.
    fileprivate var isOfRun: Bool {
        switch self {
        case .missing, .rejected, .failing, .local: true
        default: false
        }
    }

    /// Whether the server said something.
    fileprivate var isAnswer: Bool {
        if case .unanswered = self { false } else { true }
    }
}
