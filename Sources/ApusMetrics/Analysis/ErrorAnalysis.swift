import ApusCore

/// One wrong detection or unfound object, with what AP counts in its place before and after it is mended.
struct DetectedError: Sendable {
    struct Point: Sendable {
        var category: Int32
        var score: Double
    }

    var kind: ErrorKind
    /// What counts as wrong now; `nil` for an object that was missed and for a detection that does not count.
    var wrong: Point?
    /// What counts as right once this is mended; `nil` where mending takes the error away.
    var mended: Point?
    /// The class of a missed object, which is no longer sought once this is mended.
    var forgone: Int32?
}

/// A detection as AP counts it.
struct ScoredPoint: Sendable {
    var score: Double
    var isRight: Bool
}

/// The errors of some images, and what AP counts of them, in the order in which they are met.
struct ErrorTally: Sendable {
    /// Truths that count, of each class.
    var instances: [Int]
    /// Truths of each class that no detection has.
    var unfound: [Int]
    /// Detections of each class that count.
    var points: [[ScoredPoint]]
    var errors: [DetectedError] = []

    init(categoryCount: Int) {
        instances = Array(repeating: 0, count: categoryCount)
        unfound = instances
        points = Array(repeating: [], count: categoryCount)
    }

    mutating func append(_ other: ErrorTally) {
        for category in instances.indices {
            instances[category] += other.instances[category]
            unfound[category] += other.unfound[category]
            points[category] += other.points[category]
        }
        errors += other.errors
    }
}

extension ErrorBreakdown {
    /// - Parameter threads: each kind's AP is computed on its own.
    init(_ tally: ErrorTally, threads: Int) {
        let kinds = ErrorKind.allCases
        let precisions = parallelMap(kinds.count + 3, threads: threads) { index -> Double? in
            switch index {
            case kinds.count: tally.precision
            case kinds.count + 1: tally.precision(mending: nil, separating: true)
            case kinds.count + 2: tally.precision(mending: nil, instances: tally.foundInstances)
            default: tally.precision(mending: kinds[index])
            }
        }
        let now = precisions[kinds.count]
        ap50 = now
        costs = kinds.enumerated().map { index, kind in
            Cost(
                kind: kind, count: tally.errors.count { $0.kind == kind },
                dAP: max((precisions[index] ?? 0) - (now ?? 0), 0))
        }
        falsePositives = now.flatMap { now in precisions[kinds.count + 1].map { $0 - now } }
        falseNegatives = now.flatMap { now in precisions[kinds.count + 2].map { $0 - now } }
    }
}

extension ErrorTally {
    fileprivate var foundInstances: [Int] { zip(instances, unfound).map { $0 - $1 } }

    /// The mean AP as things are.
    fileprivate var precision: Double? { meanPrecision(points, instances: instances) }

    /// The mean AP where every error of one kind is mended. Of equal scores the wrong ones rank first.
    ///
    /// - Parameters:
    ///   - instances: truths of each class; else those that there are.
    ///   - separating: whether all that is right ranks before all that is wrong.
    fileprivate func precision(
        mending kind: ErrorKind?, instances other: [Int]? = nil, separating: Bool = false
    ) -> Double? {
        var result = [[ScoredPoint]](repeating: [], count: instances.count)
        var sought = other ?? instances
        for error in errors {
            if error.kind == kind {
                if let point = error.mended {
                    result[Int(point.category)].append(ScoredPoint(score: point.score, isRight: true))
                }
                if let category = error.forgone { sought[Int(category)] -= 1 }
            } else if let point = error.wrong {
                let score = separating ? 0 : point.score
                result[Int(point.category)].append(ScoredPoint(score: score, isRight: false))
            }
        }
        for category in result.indices {
            result[category] += points[category].filter(\.isRight).map {
                ScoredPoint(score: separating ? 1 : $0.score, isRight: true)
            }
        }
        return meanPrecision(result, instances: sought)
    }

    /// Classes that are neither there nor found do not count.
    private func meanPrecision(_ points: [[ScoredPoint]], instances: [Int]) -> Double? {
        let counted = points.indices.filter { !points[$0].isEmpty || instances[$0] != 0 }
        guard !counted.isEmpty else { return nil }
        return counted.reduce(0) { $0 + averagePrecision(points[$1], instances: instances[$1]) } / Double(counted.count)
    }
}

/// The precision envelope averaged over COCO's 101 recalls.
private func averagePrecision(_ points: [ScoredPoint], instances: Int) -> Double {
    guard instances > 0, !points.isEmpty else { return 0 }
    let order = points.indices.sorted {
        points[$0].score != points[$1].score ? points[$0].score > points[$1].score : $0 < $1
    }
    var (precisions, recalls, right) = ([Double](), [Double](), 0)
    for (place, index) in order.enumerated() {
        if points[index].isRight { right += 1 }
        precisions.append(Double(right) / Double(place + 1))
        recalls.append(Double(right) / Double(instances))
    }
    for place in precisions.indices.dropFirst().reversed() where precisions[place] > precisions[place - 1] {
        precisions[place - 1] = precisions[place]
    }
    var (sum, place) = (0.0, 0)
    for step in 0...100 {
        while place < recalls.count, recalls[place] < Double(step) / 100 { place += 1 }
        if place < precisions.count { sum += precisions[place] }
    }
    return sum / 101
}
