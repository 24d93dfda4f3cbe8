/// The matched objects of an evaluation, class by class: boxes, masks, poses or boxes at an angle.
struct ObjectMatches: Hashable, Sendable {
    /// What its metrics' names begin with, as `mask/`.
    var prefix: String
    var profile: EvaluationProfile
    /// The name of the recall averaged over overlaps; `nil` where the profile has none.
    var recallName: String?
    var classes: [ClassOutcomes]

    init(prefix: String, profile: EvaluationProfile, recallName: String?, classes: [ClassOutcomes]) {
        (self.prefix, self.profile, self.recallName, self.classes) = (prefix, profile, recallName, classes)
    }

    init(prefix: String = "", profile: EvaluationProfile, recallName: String = "AR-100", _ results: [CategoryResult]) {
        self.init(
            prefix: prefix, profile: profile, recallName: profile == .coco ? recallName : nil,
            classes: results.map { ClassOutcomes($0) })
    }
}

/// Measures matched objects under any weights of the images.
struct ObjectSampler: Sendable, MatchSampler {
    private let matches: ObjectMatches
    private let classes: [ClassSampler]
    let names: [String]

    init(_ matches: ObjectMatches, classNames: [String]) {
        self.matches = matches
        classes = matches.classes.map { ClassSampler($0, profile: matches.profile) }
        let overall =
            ["mAP50-95", "mAP50", "mAP75", "precision", "recall", "F1"] + [matches.recallName].compactMap { $0 }
        let perClass = classNames.map { "AP/" + $0 } + classNames.map { "AP50/" + $0 }
        names = (overall + perClass).map { matches.prefix + $0 }
    }

    func instances(_ weights: [Int32]) -> [Int] { classes.map { $0.instances(weights) } }

    /// Class by class over all draws, so that a class's detections stay near.
    func values(_ draws: [[Int32]]) -> [[Double]] {
        var scratch = SamplerScratch()
        var sums = draws.map { _ in ConfidenceSums() }
        var perDraw = draws.map { _ in [ClassSampler.Values?]() }
        for kind in classes {
            for draw in draws.indices { perDraw[draw].append(kind.values(draws[draw], &scratch, &sums[draw])) }
        }
        return draws.indices.map { row(perDraw[$0], sums[$0]) }
    }

    private func row(_ classes: [ClassSampler.Values?], _ sums: ConfidenceSums) -> [Double] {
        let present = classes.compactMap { $0 }
        func mean(_ value: (ClassSampler.Values) -> Double) -> Double {
            present.isEmpty ? .nan : present.reduce(0) { $0 + value($1) } / Double(present.count)
        }
        let best = sums.best(smoothing: matches.profile == .ultralytics82)
        var row = [mean(\.average), mean(\.atHalf), mean(\.atThreeQuarters)]
        row += [best?.precision ?? .nan, best?.recall ?? .nan, best?.f1 ?? .nan]
        if matches.recallName != nil { row.append(mean(\.recall)) }
        return row + classes.map { $0?.average ?? .nan } + classes.map { $0?.atHalf ?? .nan }
    }
}
