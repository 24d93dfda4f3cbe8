import ApusCore

/// One bit for each overlap threshold (10 of 16) in each of the four area ranges.
struct Lanes: OptionSet, Sendable {
    var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(area: Int, overlap: Int) { rawValue = 1 << UInt64(area * 16 + overlap) }

    /// The thresholds that `overlap` reaches, in every area range. COCO lets 1 − 1e-10 stand for 1.
    init(reaching overlap: Double) {
        var count = 0
        while count < COCOConstants.overlapCount, overlap >= min(COCOConstants.overlaps[count], 1 - 1e-10) {
            count += 1
        }
        rawValue = ((1 << UInt64(count)) - 1) * 0x0001_0001_0001_0001
    }

    /// Every threshold of the area ranges that `area` lies outside of.
    init(outside area: Double) {
        rawValue = 0
        for (index, range) in COCOConstants.areaRanges.enumerated() where !range.contains(area) {
            rawValue |= 0x3ff << UInt64(index * 16)
        }
    }

    static let all = Lanes(rawValue: 0x03ff_03ff_03ff_03ff)
}

/// What matching says about one detection, for all thresholds and area ranges at once.
struct Outcome: Sendable {
    var score: Double
    var image: Int32
    /// Rank by score within its image and class.
    var rank: Int32
    /// Where it took a box, found or not counted.
    var assigned: Lanes = []
    /// Where it counts as found.
    var found: Lanes = []
    /// Where it counts neither for nor against.
    var ignored: Lanes = []
}

/// Matches the detections of one class, image by image.
struct CategoryMatcher<Shape: EvaluatedShape> {
    private let profile: EvaluationProfile
    /// Whether a detection that finds its best truth taken goes on to the next.
    private let isPersistent: Bool
    /// The most detections of one image that count.
    private let limit: Int
    /// Memory and no arrays: threads that count the same arrays' users wait for each other.
    private let truths: UnsafeBufferPointer<Truth<Shape>>
    private let detections: UnsafeBufferPointer<Candidate<Shape>>
    /// Detections of this class by descending score; equal scores keep image order, then their own.
    private let order: [Int32]
    /// Lanes in which a truth is taken.
    private var taken: [Lanes]
    private let ignoredTruth: [Lanes]
    private let laterWins: Bool
    private var rivals: [(truth: Int, overlap: Double)] = []

    /// - Parameter objects: those of one class; they must outlive this.
    init(_ problem: MatchingProblem<Shape>, _ objects: MatchingProblem<Shape>.Objects) {
        profile = problem.profile
        isPersistent = profile.integration == .recalls
        laterWins = profile != .voc07 && profile != .voc12
        limit = problem.detectionLimits.last ?? .max
        (truths, detections) = (objects.truths, objects.detections)
        order = descendingOrder(of: detections.map(\.score))
        taken = Array(repeating: [], count: truths.count)
        let profile = profile
        ignoredTruth = truths.map { $0.ignored(in: profile) }
    }

    /// How many truths count in each area range.
    var instances: [Int] {
        AreaRange.allCases.map { area in
            let lane = Lanes(area: area.rawValue, overlap: 0)
            return ignoredTruth.count { !$0.contains(lane) }
        }
    }

    /// Truths that count, image by image.
    var countedImages: [Int32] {
        zip(truths, ignoredTruth).filter { !$0.1.contains(Lanes(area: 0, overlap: 0)) }.map(\.0.image)
    }

    /// Outcomes by descending score, without what exceeds the profile's number of detections.
    mutating func match(threads: Int = 1) -> [Outcome] {
        var outcomes = order.map { position in
            let detection = Int(position)
            return Outcome(score: detections[detection].score, image: detections[detection].image, rank: 0)
        }
        let images = rankWithinImages(&outcomes)
        matchImages(images, &outcomes, threads: threads)
        guard isPersistent else { return outcomes }
        ignoreOutsideAreas(&outcomes)
        return outcomes.contains { $0.rank >= limit } ? outcomes.filter { $0.rank < limit } : outcomes
    }

    /// Where each image's detections lie, and for each place the position in `order`.
    private struct ImageRuns {
        /// The first place of each image, and the end.
        var starts: [Int] = []
        var places: [Int32] = []
    }

    private func rankWithinImages(_ outcomes: inout [Outcome]) -> ImageRuns {
        var runs = ImageRuns(places: [Int32](repeating: 0, count: detections.count))
        var runOf = [Int32](repeating: 0, count: detections.count)
        var last: Int32 = -1
        for position in 0..<detections.count {
            let image = detections[position].image
            if image != last { runs.starts.append(position) }
            last = image
            runOf[position] = Int32(runs.starts.count - 1)
        }
        var next = runs.starts
        for (sorted, position) in order.enumerated() {
            let run = Int(runOf[Int(position)])
            outcomes[sorted].rank = Int32(next[run] - runs.starts[run])
            runs.places[next[run]] = Int32(sorted)
            next[run] += 1
        }
        runs.starts.append(detections.count)
        return runs
    }

    /// No two images share a truth, so that threads may take parts of them.
    private mutating func matchImages(_ runs: ImageRuns, _ outcomes: inout [Outcome], threads: Int) {
        let images = runs.starts.count - 1
        let parts = threads > 1 ? max(1, min(4 * threads, images / 16)) : 1
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            guard parts > 1 else { return matchImages(runs, among: 0..<images, outcomes) }
            // Each image's outcomes lie at places of their own, and nobody writes the objects.
            nonisolated(unsafe) let matcher = self
            nonisolated(unsafe) let outcomes = outcomes
            parallelFor(parts, threads: threads) { part in
                var matcher = matcher
                matcher.matchImages(runs, among: images * part / parts..<images * (part + 1) / parts, outcomes)
            }
        }
    }

    private mutating func matchImages(
        _ runs: ImageRuns, among images: Range<Int>, _ outcomes: UnsafeMutableBufferPointer<Outcome>
    ) {
        var truth = 0
        for run in images {
            let image = outcomes[Int(runs.places[runs.starts[run]])].image
            while truth < truths.count, truths[truth].image < image { truth += 1 }
            let first = truth
            while truth < truths.count, truths[truth].image == image { truth += 1 }
            guard first < truth else { continue }
            let start = runs.starts[run]
            for index in start..<start + min(runs.starts[run + 1] - start, limit) {
                let place = Int(runs.places[index])
                match(detections[Int(order[place])].shape, to: first..<truth, &outcomes[place])
            }
        }
    }

    private mutating func match(_ shape: Shape, to range: Range<Int>, _ outcome: inout Outcome) {
        findRivals(for: shape, in: range)
        var open = Lanes.all
        if isPersistent {
            for rival in rivals { take(rival, among: open.subtracting(ignoredTruth[rival.truth]), &open, &outcome) }
            for rival in rivals { take(rival, among: open.intersection(ignoredTruth[rival.truth]), &open, &outcome) }
        } else if let best = rivals.first {
            take(best, among: open, &open, &outcome)
        }
    }

    /// The truths that overlap enough for the lowest threshold: the best first, and of equals the later,
    /// which is whom COCO's scan ends on; VOC's ends on the earlier.
    private mutating func findRivals(for shape: Shape, in range: Range<Int>) {
        rivals.removeAll(keepingCapacity: true)
        for index in range {
            let isCrowd = truths[index].isCrowd && profile.knowsCrowds
            let overlap = shape.overlap(with: truths[index].shape, isCrowd: isCrowd)
            guard overlap >= COCOConstants.overlaps[0] else { continue }
            let rank = rivals.firstIndex { $0.overlap < overlap || $0.overlap == overlap && laterWins }
            rivals.insert((index, overlap), at: rank ?? rivals.count)
        }
    }

    private mutating func take(
        _ rival: (truth: Int, overlap: Double), among lanes: Lanes, _ open: inout Lanes, _ outcome: inout Outcome
    ) {
        var lanes = lanes.intersection(Lanes(reaching: rival.overlap))
        if !isShared(rival.truth) { lanes.subtract(taken[rival.truth]) }
        guard !lanes.isEmpty else { return }
        taken[rival.truth].formUnion(lanes)
        open.subtract(lanes)
        outcome.assigned.formUnion(lanes)
        outcome.ignored.formUnion(lanes.intersection(ignoredTruth[rival.truth]))
        if truths[rival.truth].countsAsFound || !isPersistent { outcome.found.formUnion(lanes) }
    }

    /// Whether several detections may match it: a crowd in COCO, an object that does not count in VOC.
    private func isShared(_ truth: Int) -> Bool {
        truths[truth].isCrowd && profile.knowsCrowds || !isPersistent && ignoredTruth[truth] == .all
    }

    private func ignoreOutsideAreas(_ outcomes: inout [Outcome]) {
        for (sorted, position) in order.enumerated() {
            let detection = Int(position)
            let outside =
                detections[detection].isTolerated ? Lanes.all : Lanes(outside: detections[detection].shape.area)
            outcomes[sorted].ignored.formUnion(outside.subtracting(outcomes[sorted].found))
        }
    }
}

extension Truth {
    /// Where it counts neither as found nor as missed.
    func ignored(in profile: EvaluationProfile) -> Lanes {
        guard profile.ignoresTruths else { return [] }
        if isIgnored || isCrowd && profile != .lvis { return .all }
        return profile.integration == .recalls ? Lanes(outside: area) : []
    }
}
