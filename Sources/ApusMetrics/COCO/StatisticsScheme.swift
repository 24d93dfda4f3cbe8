/// Which numbers a profile has for a type of objects, and what they are called.
struct StatisticsScheme: Sendable {
    let profile: EvaluationProfile
    let type: COCOEvaluationType

    /// - Parameter groups: how frequent each class is; `lvis` asks.
    func stats(_ results: [CategoryResult], groups: [COCOCategory.Frequency?]) -> [Double] {
        switch profile {
        case .coco: type == .keypoints ? keypointStatistics(results) : cocoStatistics(results)
        case .ultralytics82: meanPrecisions(results, profile: profile).map { $0 ?? -1 }
        case .voc07, .voc12: [meanPrecisions(results, profile: profile)[1] ?? -1]
        case .lvis: lvisStatistics(results, groups: groups)
        }
    }

    var names: [String] {
        switch profile {
        case .coco: type == .keypoints ? keypointStatNames : DetectionMetrics.statNames
        case .ultralytics82: Array(DetectionMetrics.statNames.prefix(3))
        case .voc07, .voc12: ["mAP50"]
        case .lvis: lvisStatNames
        }
    }
}
