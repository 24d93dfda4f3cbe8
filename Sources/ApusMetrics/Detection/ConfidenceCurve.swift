/// What one class finds at each confidence threshold, at overlap 0.5.
struct ConfidenceCounts: Sendable {
    /// Thresholds 0, 0.001, … 1.
    static let steps = 1000
    /// True and false positives among detections that score at least the threshold.
    private(set) var found: [Int]
    private(set) var wrong: [Int]
    let instances: Int

    init(_ result: CategoryResult) {
        let lane = Lanes(area: 0, overlap: 0)
        instances = result.instances[0]
        found = Array(repeating: 0, count: Self.steps + 1)
        wrong = found
        for outcome in result.outcomes where !outcome.ignored.contains(lane) {
            let step = Self.step(of: outcome.score)
            guard step >= 0 else { continue }
            if outcome.found.contains(lane) { found[step] += 1 } else { wrong[step] += 1 }
        }
        for step in (0..<Self.steps).reversed() {
            found[step] += found[step + 1]
            wrong[step] += wrong[step + 1]
        }
    }

    static func threshold(_ step: Int) -> Double { Double(step) / Double(steps) }

    /// The highest threshold that `score` reaches; −1 below 0.
    static func step(of score: Double) -> Int {
        guard score >= 0 else { return -1 }
        var step = Int(min(score, 1) * Double(steps))
        while step < steps, threshold(step + 1) <= score { step += 1 }
        while threshold(step) > score { step -= 1 }
        return step
    }

    /// `nil` where nothing scores that high.
    func precision(_ step: Int) -> Double? {
        let all = found[step] + wrong[step]
        return all == 0 ? nil : Double(found[step]) / Double(all)
    }

    /// `nil` for a class without truths.
    func recall(_ step: Int) -> Double? {
        instances == 0 ? nil : Double(found[step]) / Double(instances)
    }

    /// `nil` for a class without truths.
    func f1(_ step: Int) -> Double? {
        guard instances > 0 else { return nil }
        return 2 * Double(found[step]) / Double(found[step] + wrong[step] + instances)
    }
}

/// The threshold at which the mean F1 of the classes is highest; the middle of its plateau.
func bestStep(_ counts: [ConfidenceCounts], smoothing: Bool) -> Int {
    let present = counts.filter { $0.instances > 0 }
    guard !present.isEmpty else { return 0 }
    let curve = (0...ConfidenceCounts.steps).map { step in
        present.reduce(0) { $0 + ($1.f1(step) ?? 0) } / Double(present.count)
    }
    return bestStep(curve, smoothing: smoothing)
}

/// The step at which a curve over confidence is highest; the middle of its plateau.
func bestStep(_ curve: [Double], smoothing: Bool) -> Int {
    var curve = curve
    if smoothing { curve = smoothed(curve, radius: ConfidenceCounts.steps / 20) }
    var best = 0
    for step in curve.indices where curve[step] > curve[best] { best = step }
    let plateau = curve[best...].prefix { $0 == curve[best] }
    return best + (plateau.count - 1) / 2
}

/// The running mean over `2 · radius + 1` values, the end values repeated.
private func smoothed(_ values: [Double], radius: Int) -> [Double] {
    func value(_ index: Int) -> Double { values[min(max(index, 0), values.count - 1)] }
    var sum = (-radius...radius).reduce(0) { $0 + value($1) }
    return values.indices.map { index in
        defer { sum += value(index + radius + 1) - value(index - radius) }
        return sum / Double(2 * radius + 1)
    }
}
