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
        curves = CategoryCurves(outcomes, instances: instances, limits: problem.detectionLimits)
    }

    static func all(of problem: MatchingProblem<some EvaluatedShape>, threads: Int) -> [CategoryResult] {
        parallelMap(problem.categoryCount, threads: threads) { CategoryResult(problem, category: $0) }
    }
}
