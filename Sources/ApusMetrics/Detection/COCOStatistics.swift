/// pycocotools' twelve numbers.
func cocoStatistics(_ results: [CategoryResult]) -> [Double] {
    let means = ClassMeans(results)
    return [means.precision(), means.precision(overlap: 0), means.precision(overlap: 5)]
        + AreaRange.sizes.map { means.precision($0) } + (0..<3).map { means.recall(limit: $0) }
        + AreaRange.sizes.map { means.recall($0) }
}

/// pycocotools' ten numbers of keypoint evaluation: AP, AP50, AP75, AP medium, large, AR, AR50, AR75, AR medium, large.
func keypointStatistics(_ results: [CategoryResult]) -> [Double] {
    let means = ClassMeans(results)
    return [
        means.precision(), means.precision(overlap: 0), means.precision(overlap: 5), means.precision(.medium),
        means.precision(.large), means.recall(), means.recall(overlap: 0), means.recall(overlap: 5),
        means.recall(.medium), means.recall(.large),
    ]
}

/// The names of keypoint evaluation's numbers, in their order.
let keypointStatNames = [
    "mAP50-95", "mAP50", "mAP75", "AP-medium", "AP-large", "AR-20", "AR50-20", "AR75-20", "AR-medium", "AR-large",
]

/// The LVIS API's thirteen numbers.
///
/// - Parameter groups: how frequent each class is; those of unknown frequency belong to no group.
func lvisStatistics(_ results: [CategoryResult], groups: [COCOCategory.Frequency?]) -> [Double] {
    let means = ClassMeans(results)
    let byGroup = COCOCategory.Frequency.allCases.map { group in
        ClassMeans(zip(results, groups).filter { $0.1 == group }.map(\.0)).precision()
    }
    return [means.precision(), means.precision(overlap: 0), means.precision(overlap: 5)]
        + AreaRange.sizes.map { means.precision($0) } + byGroup + [means.recall()]
        + AreaRange.sizes.map { means.recall($0) }
}

/// The names of LVIS's numbers, in their order.
let lvisStatNames = [
    "mAP50-95", "mAP50", "mAP75", "AP-small", "AP-medium", "AP-large", "AP-rare", "AP-common", "AP-frequent", "AR-300",
    "AR-small", "AR-medium", "AR-large",
]

/// Means over the classes of numbers at all overlaps or one of them; −1 where no class has a truth.
private struct ClassMeans {
    let results: [CategoryResult]

    init(_ results: [CategoryResult]) { self.results = results }

    func precision(_ area: AreaRange = .all, overlap: Int? = nil) -> Double {
        mean(results.map { $0.curves.meanPrecision(area: area, overlap: overlap) })
    }

    /// - Parameter limit: the last where it is not said.
    func recall(_ area: AreaRange = .all, limit: Int? = nil, overlap: Int? = nil) -> Double {
        mean(results.map { $0.curves.meanRecall(area: area, limit: limit, overlap: overlap) })
    }
}

extension AreaRange {
    fileprivate static let sizes: [AreaRange] = [.small, .medium, .large]
}

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
    func meanRecall(area: AreaRange, limit: Int? = nil, overlap: Int? = nil) -> Double? {
        let start = cell(area: area.rawValue, limit: limit ?? limits.count - 1, overlap: overlap ?? 0)
        let values = recall[start..<start + (overlap == nil ? COCOConstants.overlapCount : 1)]
        guard let first = values.first, first > -1 else { return nil }
        return values.reduce(0, +) / Double(values.count)
    }
}
