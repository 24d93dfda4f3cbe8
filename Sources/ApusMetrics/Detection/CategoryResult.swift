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

    init(_ problem: MatchingProblem<some EvaluatedShape>, category: Int, threads: Int = 1) {
        (instances, truthImages, outcomes) = problem.withObjects(ofCategory: category) { objects in
            var matcher = CategoryMatcher(problem, objects)
            return (matcher.instances, matcher.countedImages, matcher.match(threads: threads))
        }
        detectionCount = problem.detections.range(ofCategory: category).count
        curves = CategoryCurves(outcomes, instances: instances, limits: problem.detectionLimits)
    }

    static func all(of problem: MatchingProblem<some EvaluatedShape>, threads: Int) -> [CategoryResult] {
        let within = threadsWithinClass(threads, classes: problem.categoryCount)
        return parallelMap(problem.categoryCount, threads: threads) {
            CategoryResult(problem, category: $0, threads: within)
        }
    }
}

/// Where there are fewer classes than threads, several take parts of one class.
func threadsWithinClass(_ threads: Int, classes: Int) -> Int { max(1, threads / max(1, classes)) }
