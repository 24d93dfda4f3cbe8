/// Measures one class under any weights of the images.
struct ClassSampler: Sendable {
    private let truthImages: [Int32]
    private let images: [Int32]
    /// By overlap.
    private let events: [OverlapEvents]
    /// How many detections reach each confidence step.
    private let reaching: [Int32]
    private let profile: EvaluationProfile

    init(_ outcomes: ClassOutcomes, profile: EvaluationProfile) {
        (truthImages, images, self.profile) = (outcomes.truthImages, outcomes.images, profile)
        events = (0..<COCOConstants.overlapCount).map { OverlapEvents(outcomes, overlap: $0) }
        var reaching = [Int32](repeating: 0, count: ConfidenceCounts.steps + 1)
        for step in outcomes.steps where step >= 0 { reaching[Int(step)] += 1 }
        for step in (0..<ConfidenceCounts.steps).reversed() { reaching[step] += reaching[step + 1] }
        self.reaching = reaching
    }

    /// What one class reaches.
    struct Values {
        var average, atHalf, atThreeQuarters, recall: Double
    }

    /// Truths that count, each as often as its image weighs.
    func instances(_ weights: [Int32]) -> Int {
        truthImages.reduce(0) { $0 + Int(weights[Int($1)]) }
    }

    /// One pass over the detections.
    ///
    /// - Parameters:
    ///   - weights: of each image, not below 0.
    ///   - sums: takes in precision, recall and F1 at each confidence.
    /// - Returns: `nil` where no truth weighs anything.
    func values(_ weights: [Int32], _ scratch: inout SamplerScratch, _ sums: inout ConfidenceSums) -> Values? {
        let instances = instances(weights)
        guard instances > 0 else { return nil }
        scratch.accumulate(images, weights)
        scratch.count(events[0], images, weights, reaching: reaching)
        sums.add(scratch.found, scratch.counted, instances: instances)
        var areas: [Double] = []
        var recalls = 0.0
        for events in events {
            scratch.walk(events, images, weights)
            areas.append(scratch.precision(profile, instances: instances))
            recalls += Double(scratch.foundCount) / Double(instances)
        }
        let (points, overlaps) = (profile.pointCount, Double(COCOConstants.overlapCount))
        return Values(
            average: areas.reduce(0, +) / (overlaps * points), atHalf: areas[0] / points,
            atThreeQuarters: areas[5] / points, recall: recalls / overlaps)
    }
}

extension EvaluationProfile {
    /// What a sum of precisions is divided by: some average over recalls, others are an area already.
    fileprivate var pointCount: Double {
        switch integration {
        case .recalls: Double(COCOConstants.recallCount)
        case .elevenPoints: Double(vocRecalls.count)
        case .trapezoids, .envelope: 1
        }
    }
}
