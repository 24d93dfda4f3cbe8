/// The detections that survive greedy non-maximum suppression within each class, best first.
///
/// A detection falls where one of its class with a higher score overlaps it by more than `iouThreshold`. Equal scores
/// keep the order of `detections`, so the result is a function of the input alone; there is no time budget.
public func nonMaximumSuppression(
    _ detections: [Detection], iouThreshold: Float, maximumDetections: Int = .max
) -> [Detection] {
    survivors(of: detections, iouThreshold: iouThreshold, maximumDetections: maximumDetections)
        .map { detections[$0] }
}

/// The same as places in `detections`, best first.
public func survivors(
    of detections: [Detection], iouThreshold: Float, maximumDetections: Int = .max
) -> [Int] {
    let (scores, labels) = (detections.map(\.score), detections.map(\.label))
    return suppressed(scores: scores, labels: labels, maximum: maximumDetections) {
        intersectionOverUnion(detections[$0].box, detections[$1].box) > iouThreshold
    }
}

/// The same for boxes at an angle: the places of the survivors, best first.
///
/// - Parameter overlap: what `iouThreshold` is compared with.
public func survivors(
    of boxes: [OrientedBox], scores: [Float], labels: [Int], overlap: OrientedOverlap, iouThreshold: Float,
    maximumDetections: Int = .max
) -> [Int] {
    precondition(boxes.count == scores.count && boxes.count == labels.count, "a score and a label for each box")
    return suppressed(scores: scores, labels: labels, maximum: maximumDetections) {
        overlap(boxes[$0], boxes[$1]) > iouThreshold
    }
}

/// The places that survive, best first: one falls where a better one of its label overlaps it too much.
@inline(__always)
func suppressed(
    scores: [Float], labels: [Int], maximum: Int, _ overlapTooMuch: (_ kept: Int, _ candidate: Int) -> Bool
) -> [Int] {
    var keptByLabel = [Int: [Int]]()
    var kept = [Int]()
    for index in scores.ranked {
        guard kept.count < maximum else { break }
        let rivals = keptByLabel[labels[index], default: []]
        guard !rivals.contains(where: { overlapTooMuch($0, index) }) else { continue }
        keptByLabel[labels[index], default: []].append(index)
        kept.append(index)
    }
    return kept
}

extension [Float] {
    /// Their places, highest first; equal ones keep their order.
    fileprivate var ranked: [Int] { indices.sorted { (self[$1], $0) < (self[$0], $1) } }
}
