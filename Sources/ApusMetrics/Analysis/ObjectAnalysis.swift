import ApusCore

/// Where an object detector's numbers come from: sizes, thresholds, calibration and errors.
public struct ObjectAnalysis: Codable, Hashable, Sendable {
    /// Each class by the size of its objects; without numbers in profiles that do not tell sizes apart.
    public var sizes: [ClassSizes]
    /// Each class's own best confidence. The best for all together is `DetectionMetrics.confidence`.
    public var thresholds: [ClassThreshold]
    /// Whether a detection's score is the chance that it is right at overlap 0.5. Detections that score below
    /// `calibrationFloor` are left out: they are many, and nobody uses them.
    ///
    /// Küppers et al., *Multivariate Confidence Calibration for Object Detection*,
    /// <https://arxiv.org/abs/2004.13546>, with precision for accuracy.
    public var calibration: CalibrationMetrics
    public var errors: ErrorBreakdown

    /// The least score of a detection that the calibration counts.
    public static let calibrationFloor = 0.05
}

extension ObjectAnalysis {
    init(_ results: [CategoryResult], classNames: [String], tally: ErrorTally, threads: Int) {
        sizes = zip(results, classNames).map { ClassSizes($0, name: $1) }
        thresholds = zip(results, classNames).map { ClassThreshold(ConfidenceCounts($0), name: $1) }
        calibration = Calibration(results).value
        errors = ErrorBreakdown(tally, threads: threads)
    }

    /// By name, for a tracking store or a gate: `ECE`, `dAP-Cls`, …, `dAP-FP`, `dAP-FN`.
    var values: [String: Double] {
        var values: [String: Double] = [:]
        values["ECE"] = calibration.expectedError
        guard errors.ap50 != nil else { return values }
        for cost in errors.costs { values["dAP-" + cost.kind.rawValue] = cost.dAP }
        values["dAP-FP"] = errors.falsePositives
        values["dAP-FN"] = errors.falseNegatives
        return values
    }
}

extension Calibration {
    /// Of all detections that count and score at least `ObjectAnalysis.calibrationFloor`.
    init(_ results: [CategoryResult]) {
        self.init()
        let lane = Lanes(area: 0, overlap: 0)
        for result in results {
            for outcome in result.outcomes
            where outcome.score >= ObjectAnalysis.calibrationFloor && !outcome.ignored.contains(lane) {
                update(confidence: outcome.score, isCorrect: outcome.found.contains(lane))
            }
        }
    }
}

extension ObjectCollector {
    /// The errors of all images, in the order of their ids.
    func errorTally(threads: Int) -> ErrorTally {
        let order = imageIDs.indices.sorted { imageIDs[$0] < imageIDs[$1] }
        let (truthsOf, detectionsOf) = (byImage(truths), byImage(detections))
        let finder = ErrorFinder<Shape>(categoryCount: classNames.count, hasRegions: profile != .ultralytics82)
        let parts = parallelMap(order.count, threads: threads) { place in
            finder.errors(truths: truthsOf[order[place]], detections: detectionsOf[order[place]])
        }
        var tally = ErrorTally(categoryCount: classNames.count)
        for part in parts { tally.append(part) }
        return tally
    }

    private func byImage<Element: Indexed>(_ elements: [Element]) -> [[Element]] {
        var groups = [[Element]](repeating: [], count: imageIDs.count)
        for element in elements { groups[Int(element.image)].append(element) }
        return groups
    }

    /// As `evaluate`, the metrics with their analysis.
    func analyzed(
        detectionLimits: [Int] = COCOConstants.detectionLimits, threads: Int
    ) -> (metrics: DetectionMetrics, results: [CategoryResult]) {
        let (plain, results) = evaluate(detectionLimits: detectionLimits, threads: threads)
        var metrics = plain
        metrics.analysis = analysis(of: results, threads: threads)
        return (metrics, results)
    }

    /// Why the results are as they are.
    func analysis(of results: [CategoryResult], threads: Int) -> ObjectAnalysis {
        ObjectAnalysis(results, classNames: classNames, tally: errorTally(threads: threads), threads: threads)
    }
}
