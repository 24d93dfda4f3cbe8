import ApusDigest
import ApusTracking

// Metrics, parameters and tags: up to a thousand in a request.

extension RunShipper {
    /// A value on its way.
    private struct Parcel {
        var place: Place
        /// `nil` where nothing is to be sent.
        var entry: LogBatch.Entry?
        /// Why the server need not be asked.
        var refusal: String?
    }

    private struct PendingBatch {
        var batch = LogBatch()
        var parcels: [Parcel] = []
        /// Metrics that were looked at.
        var metrics: Set<String> = []
    }

    private static let values = "metrics, parameters and tags"
    /// After so many single values that the server refused, a metric's others are left out without a question.
    private static let strikeLimit = 3

    func sendValues() throws(ServerError) {
        try suspects.check(Self.values)
        var pending = PendingBatch()
        do throws(ServerError) {
            try compare()
            try addTexts(&pending)
            for (metric, gaps) in openGaps.sorted(by: { $0.key < $1.key }) {
                for gap in gaps { try addPoints(of: metric, from: gap.start, to: gap.end, &pending) }
            }
            let sizes = try locally { () throws(TrackingError) in try run.metricSizes() }
            for (metric, size) in sizes.sorted(by: { $0 < $1 }) where size > cursor.metrics[metric] ?? 0 {
                try addPoints(of: metric, from: cursor.metrics[metric] ?? 0, to: size, &pending)
            }
            try flush(&pending)
        } catch {
            // What is known of these metrics was used up.
            doubtful?.formUnion(pending.metrics)
            throw error
        }
        openGaps = [:]
        suspects.clear(Self.values)
        (batchLimit, leftOutInRow) = (LogBatch.entryLimit, 0)
    }

    // MARK: What the server has

    /// Asks what the server has of each doubtful metric that has points behind the cursor.
    private func compare() throws(ServerError) {
        if doubtful?.isEmpty == true { return }
        let sizes = try locally { () throws(TrackingError) in try run.metricSizes() }
        let last = try asked { () throws(ServerError) in try server.lastPoints(of: cursor.remoteRun) }
        for (metric, size) in sizes where doubtful?.contains(metric) ?? true {
            try compare(metric, size, last)
        }
        doubtful = []
    }

    /// - Parameter last: the last points there, if they are known.
    private func compare(_ metric: String, _ size: Int, _ last: [String: MetricPoint]?) throws(ServerError) {
        known[metric] = nil
        let offset = cursor.metrics[metric] ?? 0
        guard size != offset || openGaps[metric] != nil else { return }
        // A file that was repaired may be shorter than what was sent of it: it is compared from its start.
        let acknowledged = size < offset ? 0 : offset
        if acknowledged != offset {
            openGaps[metric] = nil
            try keep { cursor in
                cursor.metrics[metric] = 0
                cursor.gaps?[metric] = nil
            }
        }
        if let last, try isNew(metric, from: acknowledged, to: size, behind: last[metric]) { return }
        let history = try asked { () throws(ServerError) in try server.history(of: metric, run: cursor.remoteRun) }
        var there = PointCounts(history)
        try forEachPoint(of: metric, from: 0, to: acknowledged) { point, bytes in
            if !cursor.isInGap(metric, bytes.lowerBound) { _ = there.remove(point) }
            return true
        }
        if !there.isEmpty { known[metric] = there }
    }

    /// Whether all points behind the cursor are later than any that the server has.
    private func isNew(
        _ metric: String, from start: Int, to end: Int, behind last: MetricPoint?
    ) throws(ServerError) -> Bool {
        guard let last else { return true }
        var isNew = openGaps[metric] == nil
        try forEachPoint(of: metric, from: start, to: end) { point, _ in
            isNew = isNew && (point.step, point.timestamp) > (last.step, last.timestamp)
            return isNew
        }
        return isNew
    }

    private func asked<R>(_ question: () throws(ServerError) -> R) throws(ServerError) -> R {
        do throws(ServerError) {
            return try question()
        } catch {
            _ = try isFailed(Self.values, with: error)
            throw suspects.failure(Self.values) ?? error
        }
    }

    // MARK: What it lacks

    private func addTexts(_ pending: inout PendingBatch) throws(ServerError) {
        for (key, value) in try locally({ () throws(TrackingError) in try run.parameters() }).sorted(by: { $0 < $1 })
        where !cursor.parameters.contains(key) && !isRefused("parameter \(key)") {
            try add(Parcel(place: .parameter(key), entry: .parameter(key: key, value: value)), to: &pending)
        }
        for (key, value) in try remoteTags().sorted(by: { $0 < $1 }) {
            let digest = hexadecimal(SHA256.hash(Array(value.utf8)).prefix(8))
            guard cursor.tags[key] != digest, !isRefused("tag \(key)") else { continue }
            try add(Parcel(place: .tag(key, digest: digest), entry: .tag(key: key, value: value)), to: &pending)
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

    private func addPoints(
        of metric: String, from start: Int, to end: Int, _ pending: inout PendingBatch
    ) throws(ServerError) {
        pending.metrics.insert(metric)
        try forEachPoint(of: metric, from: start, to: end) { point, bytes throws(ServerError) in
            var parcel = Parcel(place: .point(metric: metric, bytes: bytes))
            if known[metric]?.remove(point) != true {
                parcel.entry = .point(key: metric, point)
            }
            try add(judged(parcel), to: &pending)
            return true
        }
    }

    /// A value whose like the server refused often enough is not sent.
    private func judged(_ parcel: Parcel) -> Parcel {
        let name = parcel.place.name
        guard parcel.entry != nil, strikes[name, default: 0] >= Self.strikeLimit, let why = cursor.refused[name] else {
            return parcel
        }
        return Parcel(place: parcel.place, refusal: why)
    }

    /// Calls `body` with each point that ends before `limit` and its bytes, until it returns `false`.
    func forEachPoint(
        of metric: String, from start: Int, to limit: Int,
        _ body: (MetricPoint, Range<Int>) throws(ServerError) -> Bool
    ) throws(ServerError) {
        var offset = start
        while offset < limit {
            let part = try locally { () throws(TrackingError) in try run.points(of: metric, from: offset) }
            var first = offset
            for (point, end) in zip(part.points, part.ends) where end <= limit {
                guard try body(point, first..<end) else { return }
                first = end
            }
            guard part.end > offset else { return }
            offset = part.end
        }
    }

    // MARK: Batches

    private func add(_ parcel: Parcel, to pending: inout PendingBatch) throws(ServerError) {
        if let entry = parcel.entry, pending.batch.entries.count >= batchLimit || !pending.batch.add(entry) {
            try flush(&pending)
            _ = pending.batch.add(entry)
        }
        pending.parcels.append(parcel)
    }

    private func flush(_ pending: inout PendingBatch) throws(ServerError) {
        let parcels = pending.parcels[...]
        pending.parcels = []
        pending.batch = LogBatch()
        try post(parcels)
    }

    private func post(_ parcels: ArraySlice<Parcel>) throws(ServerError) {
        guard !parcels.isEmpty else { return }
        let parcels = parcels.map(judged)[...]
        let entries = parcels.compactMap(\.entry)
        guard !entries.isEmpty else { return try note(parcels, refusal: nil) }
        do throws(ServerError) {
            try server.log(LogBatch(entries), to: cursor.remoteRun)
        } catch .rejected(let code, let message) {
            try checkRun()
            guard entries.count > 1 else { return try note(parcels, refusal: "\(code): \(message)") }
            try post(parcels.prefix(parcels.count / 2))
            return try post(parcels.dropFirst(parcels.count / 2))
        } catch {
            return try takeApart(parcels, entries.count, error)
        }
        requests += 1
        try note(parcels, refusal: nil)
        batchLimit = min(LogBatch.entryLimit, batchLimit * 2)
        leftOutInRow = 0
    }

    /// Goes past parcels; the one that was sent, where there is a refusal, is left out.
    private func note(_ parcels: ArraySlice<Parcel>, refusal: String?) throws(ServerError) {
        for parcel in parcels {
            guard let why = parcel.entry == nil ? parcel.refusal : refusal else { continue }
            noteLeftOut(parcel.place.name, because: why)
            if parcel.entry != nil { strikes[parcel.place.name, default: 0] += 1 }
        }
        if !openGaps.isEmpty { for parcel in parcels { openGaps.close(parcel.place) } }
        try keep { cursor in
            for parcel in parcels {
                if let why = parcel.entry == nil ? parcel.refusal : refusal {
                    cursor.leaveOut(parcel.place, because: why)
                } else {
                    cursor.take(parcel.place)
                }
            }
        }
    }

    /// The server failed at a batch and takes other things: after some tries it gets half of it, and so on, until the
    /// value that it fails at stands alone. A server that fails at one value after the other is given time.
    private func takeApart(_ parcels: ArraySlice<Parcel>, _ count: Int, _ error: ServerError) throws(ServerError) {
        guard try isFailed(Self.values, with: error) else { throw suspects.failure(Self.values) ?? error }
        let failure = suspects.failure(Self.values) ?? error
        if count > 1 {
            batchLimit = count / 2
        } else {
            try note(parcels, refusal: "\(error)")
            leftOutInRow += 1
        }
        if leftOutInRow < Suspects.limit { suspects.hurry(Self.values) }
        throw failure
    }
}
