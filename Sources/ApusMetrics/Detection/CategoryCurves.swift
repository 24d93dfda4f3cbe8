/// COCO's accumulation for one class: precision and score at each recall, and the final recalls.
///
/// Values are −1 where the class has no truth in the area range, as in pycocotools.
struct CategoryCurves: Sendable {
    /// `[area][limit][overlap][recall]`.
    private(set) var precision: [Double]
    private(set) var scores: [Double]
    /// `[area][limit][overlap]`.
    private(set) var recall: [Double]

    /// Empty without detection limits: a profile that integrates otherwise has no such curves.
    let limits: [Int]

    init(_ outcomes: [Outcome], instances: [Int], limits: [Int]) {
        self.limits = limits
        recall = Array(repeating: -1, count: 4 * limits.count * COCOConstants.overlapCount)
        precision = Array(repeating: -1, count: recall.count * COCOConstants.recallCount)
        scores = precision
        let needed = instances.map { truePositivesNeeded(of: $0) }
        for (index, limit) in limits.enumerated() {
            let steps = Steps(outcomes, limit: limit)
            for area in 0..<4 where instances[area] > 0 {
                for overlap in 0..<COCOConstants.overlapCount {
                    let cell = cell(area: area, limit: index, overlap: overlap)
                    let positives = steps.truePositives(area: area, overlap: overlap)
                    recall[cell] = Double(positives.count) / Double(instances[area])
                    fill(cell, positives, needed: needed[area], topScore: steps.topScore)
                }
            }
        }
    }

    func cell(area: Int, limit: Int, overlap: Int) -> Int {
        (area * limits.count + limit) * COCOConstants.overlapCount + overlap
    }

    func precision(area: Int, limit: Int, overlap: Int) -> ArraySlice<Double> {
        let start = cell(area: area, limit: limit, overlap: overlap) * COCOConstants.recallCount
        return precision[start..<start + COCOConstants.recallCount]
    }

    private mutating func fill(
        _ cell: Int, _ positives: [(precision: Double, score: Double)], needed: [Int], topScore: Double
    ) {
        var envelope = positives.map(\.precision)
        for index in envelope.indices.dropLast().reversed() where envelope[index + 1] > envelope[index] {
            envelope[index] = envelope[index + 1]
        }
        for (index, count) in needed.enumerated() {
            let place = cell * COCOConstants.recallCount + index
            // Recall 0 is reached by the very first detection, whatever it is.
            precision[place] = count == 0 ? envelope.first ?? 0 : count <= envelope.count ? envelope[count - 1] : 0
            scores[place] = count == 0 ? topScore : count <= positives.count ? positives[count - 1].score : 0
        }
    }
}

/// The smallest number of true positives that reaches each of the recalls, in the same rounding as numpy's search.
func truePositivesNeeded(of instances: Int, recalls: [Double] = COCOConstants.recalls) -> [Int] {
    guard instances > 0 else { return [] }
    return recalls.map { recall in
        var count = Int((recall * Double(instances)).rounded(.up))
        while count > 0, Double(count - 1) / Double(instances) >= recall { count -= 1 }
        while Double(count) / Double(instances) < recall { count += 1 }
        return count
    }
}

/// The outcomes that took a box, each with how many false positives came before it.
private struct Steps {
    struct Step {
        var outcome: Outcome
        /// In each area range, detections so far that took nothing and count against.
        var misses: SIMD4<Int32>
    }

    private(set) var topScore = 0.0
    private var steps: [Step] = []

    init(_ outcomes: [Outcome], limit: Int) {
        var misses = SIMD4<Int32>()
        var isFirst = true
        for outcome in outcomes where outcome.rank < limit {
            if isFirst { topScore = outcome.score }
            isFirst = false
            if outcome.assigned.isEmpty {
                misses &+= outcome.countedAreas
            } else {
                steps.append(Step(outcome: outcome, misses: misses))
            }
        }
    }

    /// The precision and the score at each true positive in turn.
    func truePositives(area: Int, overlap: Int) -> [(precision: Double, score: Double)] {
        let lane = Lanes(area: area, overlap: overlap)
        var result: [(precision: Double, score: Double)] = []
        var misses: Int32 = 0
        for step in steps where step.outcome.ignored.isDisjoint(with: lane) {
            if step.outcome.found.contains(lane) {
                let found = Double(result.count + 1)
                let others = Double(step.misses[area] + misses)
                result.append((found / (others + found + 0x1p-52), step.outcome.score))
            } else {
                misses += 1
            }
        }
        return result
    }
}

extension Outcome {
    /// 1 for each area range in which an unassigned detection counts against.
    fileprivate var countedAreas: SIMD4<Int32> {
        var areas = SIMD4<Int32>(repeating: 1)
        for area in 0..<4 where ignored.contains(Lanes(area: area, overlap: 0)) { areas[area] = 0 }
        return areas
    }
}
