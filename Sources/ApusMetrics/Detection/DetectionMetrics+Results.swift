import ApusCore

extension DetectionMetrics {
    /// The metrics of a matched problem.
    init(
        _ results: [CategoryResult], problem: MatchingProblem<some EvaluatedShape>, imageIDs: [Int],
        classNames: [String], notes: [String], threads: Int
    ) {
        profile = problem.profile
        imageCount = imageIDs.count
        instanceCount = results.reduce(0) { $0 + $1.instances[0] }
        detectionCount = problem.detections.elements.count
        self.notes = notes

        let precisions = results.map { ClassPrecision($0, profile: problem.profile) }
        stats = Self.stats(results, problem: problem)

        let counts = results.map { ConfidenceCounts($0) }
        let step = bestStep(counts, smoothing: problem.profile == .ultralytics82)
        let isCounted = instanceCount > 0
        confidence = isCounted ? ConfidenceCounts.threshold(step) : nil
        precision = meanOverClasses(counts) { $0.precision(step) ?? 0 }
        recall = meanOverClasses(counts) { $0.recall(step) }
        f1 = meanOverClasses(counts) { $0.f1(step) }
        perClass = results.indices.map { index in
            ClassMetrics(
                name: classNames[index], instances: counts[index].instances, detections: results[index].detectionCount,
                ap: precisions[index].average, ap50: precisions[index].atHalf, precision: counts[index].precision(step),
                recall: counts[index].recall(step), f1: counts[index].f1(step))
        }
        curves = DetectionCurves(results, counts: counts, classNames: classNames)
        let threshold = problem.profile != .ultralytics82 && isCounted ? ConfidenceCounts.threshold(step) : 0.25
        confusion = ConfusionMatrix(problem, classNames: classNames, confidence: threshold, threads: threads)
        images = imageResults(results, imageIDs: imageIDs, confidence: threshold)
    }

    private static func stats(
        _ results: [CategoryResult], problem: MatchingProblem<some EvaluatedShape>
    ) -> [Double?] {
        switch problem.detectionLimits {
        case COCOConstants.detectionLimits: return cocoStatistics(results).map { $0 == -1 ? nil : $0 }
        case COCOConstants.keypointDetectionLimits:
            let stats = keypointStatistics(results).map { $0 == -1 ? nil : $0 }
            return stats[..<3] + [nil] + stats[3..<5] + [nil, nil, nil, nil] + stats[8...]
        case []: return meanPrecisions(results, profile: problem.profile) + Array(repeating: nil, count: 9)
        default:
            let stats = lvisStatistics(results, groups: []).map { $0 == -1 ? nil : $0 }
            return stats[..<6] + [nil, nil, nil] + stats[10...]
        }
    }
}

/// One class's AP by the profile's integration; `nil` without instances.
struct ClassPrecision {
    var average, atHalf, atThreeQuarters: Double?

    init(_ result: CategoryResult, profile: EvaluationProfile) {
        switch profile.integration {
        case .recalls:
            self.init(nil, points: 1)
            average = result.curves.meanPrecision(area: .all)
            atHalf = result.curves.meanPrecision(area: .all, overlap: 0)
            atThreeQuarters = result.curves.meanPrecision(area: .all, overlap: 5)
        case .trapezoids: self.init(trapezoidPrecision(result.outcomes, instances: result.instances[0]), points: 1)
        case .elevenPoints: self.init(result, elevenPointSums, points: Double(vocRecalls.count))
        case .envelope: self.init(result, envelopeAreas, points: 1)
        }
    }

    private init(_ result: CategoryResult, _ sums: ([Outcome], Int) -> [Double], points: Double) {
        let instances = result.instances[0]
        self.init(instances == 0 ? nil : sums(result.outcomes, instances), points: points)
    }

    /// - Parameter sums: at each overlap, of as many precisions as there are `points`.
    private init(_ sums: [Double]?, points: Double) {
        guard let sums else { return }
        average = sums.reduce(0, +) / (Double(sums.count) * points)
        (atHalf, atThreeQuarters) = (sums[0] / points, sums[5] / points)
    }
}

/// AP over all overlaps, at 0.50 and at 0.75, averaged over classes that have instances.
func meanPrecisions(_ results: [CategoryResult], profile: EvaluationProfile) -> [Double?] {
    let precisions = results.map { ClassPrecision($0, profile: profile) }
    return [\ClassPrecision.average, \.atHalf, \.atThreeQuarters].map { value in
        mean(precisions.compactMap { $0[keyPath: value] })
    }
}

private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

private func meanOverClasses(_ counts: [ConfidenceCounts], _ value: (ConfidenceCounts) -> Double?) -> Double? {
    mean(counts.filter { $0.instances > 0 }.compactMap(value))
}

extension DetectionCurves {
    init(_ results: [CategoryResult], counts: [ConfidenceCounts], classNames: [String]) {
        perClass = results.indices.map { Series(results[$0], counts: counts[$0], name: classNames[$0]) }
        mean = Series(meanOf: perClass.filter { !$0.recall.isEmpty })
    }
}

extension DetectionCurves.Series {
    private static let steps = stride(from: 0, through: ConfidenceCounts.steps, by: 10)

    init(_ result: CategoryResult, counts: ConfidenceCounts, name: String) {
        self.name = name
        precisionOverRecall = counts.instances == 0 ? [] : envelope(result).map(rounded)
        precision = Self.steps.map { counts.precision($0).map(rounded) }
        recall = Self.steps.compactMap { counts.recall($0).map(rounded) }
        f1 = Self.steps.compactMap { counts.f1($0).map(rounded) }
    }

    init(meanOf series: [DetectionCurves.Series]) {
        func average(_ values: (DetectionCurves.Series) -> [Double]) -> [Double] {
            guard !series.isEmpty else { return [] }
            let columns = series.map(values)
            return (0..<101).map { index in rounded(columns.reduce(0) { $0 + $1[index] } / Double(series.count)) }
        }
        name = "mean"
        precisionOverRecall = average(\.precisionOverRecall)
        recall = average(\.recall)
        f1 = average(\.f1)
        precision = (0..<101).map { index in
            let present = series.compactMap { $0.precision[index] }
            return present.isEmpty ? nil : rounded(present.reduce(0, +) / Double(present.count))
        }
    }
}

/// The highest precision at each of 101 recalls or beyond, at overlap 0.5; 0 where the recall is not reached.
private func envelope(_ result: CategoryResult) -> [Double] {
    let lane = Lanes(area: 0, overlap: 0)
    var found = 0
    var counted = 0
    var points: [(recall: Double, precision: Double)] = []
    for outcome in result.outcomes where !outcome.ignored.contains(lane) {
        counted += 1
        guard outcome.found.contains(lane) else { continue }
        found += 1
        points.append((Double(found) / Double(result.instances[0]), Double(found) / Double(counted)))
    }
    var values = [Double](repeating: 0, count: COCOConstants.recallCount)
    var best = 0.0
    for index in values.indices.reversed() {
        while let last = points.last, last.recall >= COCOConstants.recalls[index] {
            best = max(best, last.precision)
            points.removeLast()
        }
        values[index] = best
    }
    return values
}

private func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

extension ConfusionMatrix {
    init(
        _ problem: MatchingProblem<some EvaluatedShape>, classNames: [String], confidence: Double, threads: Int
    ) {
        let overlap = problem.profile.confusionOverlap
        let images = ImageGroups(problem, confidence: confidence)
        let parts = parallelMap(min(max(threads, 1), problem.imageCount), threads: threads) { part in
            var counter = ConfusionCounter(
                classCount: problem.categoryCount, overlap: overlap, ignoresCrowds: problem.profile.ignoresTruths)
            for image in stride(from: part, to: problem.imageCount, by: max(threads, 1)) {
                counter.add(truths: images.truths[image], detections: images.detections[image])
            }
            return counter
        }
        var total = ConfusionCounter(classCount: problem.categoryCount, overlap: overlap, ignoresCrowds: true)
        for part in parts { total.merge(part) }
        self.init(labels: classNames + ["background"], counts: total.rows, confidence: confidence, overlap: overlap)
    }
}

/// The objects of each image, all classes together.
private struct ImageGroups<Shape: EvaluatedShape>: Sendable {
    private(set) var truths: [ArraySlice<Truth<Shape>>]
    private(set) var detections: [[Candidate<Shape>]]

    init(_ problem: MatchingProblem<Shape>, confidence: Double) {
        var byImage = [[Truth<Shape>]](repeating: [], count: problem.imageCount)
        for truth in problem.truths.elements { byImage[Int(truth.image)].append(truth) }
        truths = byImage.map { $0[...] }
        detections = Array(repeating: [], count: problem.imageCount)
        for detection in problem.detections.elements where detection.score >= confidence {
            detections[Int(detection.image)].append(detection)
        }
    }
}
