import ApusCore

/// All that evaluation says about one class.
struct CategoryResult: Sendable {
    /// Truths that count, in each area range.
    let instances: [Int]
    let detectionCount: Int
    /// The image of each truth that counts.
    let truthImages: [Int32]
    /// By descending score.
    let outcomes: [Outcome]
    let curves: CategoryCurves

    init(_ problem: MatchingProblem<some EvaluatedShape>, category: Int) {
        var matcher = CategoryMatcher(problem, category: category)
        instances = matcher.instances
        truthImages = matcher.countedImages
        outcomes = matcher.match()
        detectionCount = problem.detections.range(ofCategory: category).count
        switch problem.profile {
        case .coco: curves = CategoryCurves(outcomes, instances: instances, limits: problem.detectionLimits)
        case .ultralytics82: curves = CategoryCurves([], instances: [], limits: [])
        }
    }

    static func all(of problem: MatchingProblem<some EvaluatedShape>, threads: Int) -> [CategoryResult] {
        parallelMap(problem.categoryCount, threads: threads) { CategoryResult(problem, category: $0) }
    }
}

/// pycocotools' twelve numbers.
func cocoStatistics(_ results: [CategoryResult]) -> [Double] {
    func meanPrecision(_ area: AreaRange = .all, overlap: Int? = nil) -> Double {
        mean(results.map { $0.curves.meanPrecision(area: area, overlap: overlap) })
    }
    func meanRecall(_ area: AreaRange = .all, limit: Int = 2) -> Double {
        mean(results.map { $0.curves.meanRecall(area: area, limit: limit) })
    }
    return [
        meanPrecision(), meanPrecision(overlap: 0), meanPrecision(overlap: 5),
        meanPrecision(.small), meanPrecision(.medium), meanPrecision(.large),
        meanRecall(limit: 0), meanRecall(limit: 1), meanRecall(limit: 2),
        meanRecall(.small), meanRecall(.medium), meanRecall(.large),
    ]
}

/// pycocotools' ten numbers of keypoint evaluation: AP, AP50, AP75, AP medium, large, AR, AR50, AR75, AR medium, large.
func keypointStatistics(_ results: [CategoryResult]) -> [Double] {
    func meanPrecision(_ area: AreaRange = .all, overlap: Int? = nil) -> Double {
        mean(results.map { $0.curves.meanPrecision(area: area, overlap: overlap) })
    }
    func meanRecall(_ area: AreaRange = .all, overlap: Int? = nil) -> Double {
        mean(results.map { $0.curves.meanRecall(area: area, limit: 0, overlap: overlap) })
    }
    return [
        meanPrecision(), meanPrecision(overlap: 0), meanPrecision(overlap: 5), meanPrecision(.medium),
        meanPrecision(.large), meanRecall(), meanRecall(overlap: 0), meanRecall(overlap: 5), meanRecall(.medium),
        meanRecall(.large),
    ]
}

/// The names of keypoint evaluation's numbers, in their order.
let keypointStatNames = [
    "mAP50-95", "mAP50", "mAP75", "AP-medium", "AP-large", "AR-20", "AR50-20", "AR75-20", "AR-medium", "AR-large",
]

/// The mean over what is there, −1 where nothing is.
///
/// A class is wholly there or wholly missing, and every class has as many values as any other, so the mean of the
/// classes' means is pycocotools' mean over all values.
private func mean(_ values: [Double?]) -> Double {
    let present = values.compactMap { $0 }
    return present.isEmpty ? -1 : present.reduce(0, +) / Double(present.count)
}

extension CategoryCurves {
    /// AP with the most detections over all overlaps or one of them; `nil` where the class has no truth.
    func meanPrecision(area: AreaRange, overlap: Int? = nil) -> Double? {
        let overlaps = overlap.map { $0..<$0 + 1 } ?? 0..<COCOConstants.overlapCount
        var sum = 0.0
        for overlap in overlaps {
            let values = precision(area: area.rawValue, limit: limits.count - 1, overlap: overlap)
            guard let first = values.first, first > -1 else { return nil }
            sum += values.reduce(0, +)
        }
        return sum / Double(overlaps.count * COCOConstants.recallCount)
    }

    /// The recall averaged over all overlaps, or at one of them; `nil` where the class has no truth.
    func meanRecall(area: AreaRange, limit: Int, overlap: Int? = nil) -> Double? {
        let start = cell(area: area.rawValue, limit: limit, overlap: overlap ?? 0)
        let values = recall[start..<start + (overlap == nil ? COCOConstants.overlapCount : 1)]
        guard let first = values.first, first > -1 else { return nil }
        return values.reduce(0, +) / Double(values.count)
    }
}
