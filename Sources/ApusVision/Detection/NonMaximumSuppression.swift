/// The detections that survive greedy non-maximum suppression within each class, best first.
///
/// A detection falls where one of its class with a higher score overlaps it by more than `iouThreshold`. Equal scores
/// keep the order of `detections`, so the result is a function of the input alone; there is no time budget.
public func nonMaximumSuppression(
    _ detections: [Detection], iouThreshold: Float, maximumDetections: Int = .max
) -> [Detection] {
    var keptByLabel = [Int: [BoundingBox]]()
    var kept = [Detection]()
    for detection in detections.sortedByScore() {
        guard kept.count < maximumDetections else { break }
        let rivals = keptByLabel[detection.label, default: []]
        guard !rivals.contains(where: { intersectionOverUnion($0, detection.box) > iouThreshold }) else { continue }
        keptByLabel[detection.label, default: []].append(detection.box)
        kept.append(detection)
    }
    return kept
}

extension [Detection] {
    /// Highest score first; equal scores keep their order.
    func sortedByScore() -> [Detection] {
        indices.sorted { (self[$1].score, $0) < (self[$0].score, $1) }.map { self[$0] }
    }
}
