/// Turns the output of a v8-style detector into detections: threshold, then non-maximum suppression.
public struct DetectionDecoder: Hashable, Sendable {
    public let classCount: Int
    /// Detections that do not score above this are left out.
    public var confidenceThreshold: Float
    public var iouThreshold: Float
    public var maximumDetections: Int
    /// Let an anchor give a detection for every class above the threshold, as evaluation does, not for its best alone.
    public var multiLabel: Bool
    /// Only this many of the highest scores enter suppression.
    public static let maximumCandidates = 30_000

    public init(
        classCount: Int, confidenceThreshold: Float = 0.25, iouThreshold: Float = 0.7, maximumDetections: Int = 300,
        multiLabel: Bool = false
    ) {
        self.classCount = classCount
        self.confidenceThreshold = confidenceThreshold
        self.iouThreshold = iouThreshold
        self.maximumDetections = maximumDetections
        self.multiLabel = multiLabel
    }

    /// - Parameters:
    ///   - output: `[4 + classCount, anchors]`: centre x, centre y, width, height in model pixels, then scores.
    /// - Returns: boxes in model pixels, best first, at most `maximumDetections`.
    public func decode(_ output: UnsafeBufferPointer<Float>, anchors: Int) -> [Detection] {
        precondition(output.count == (4 + classCount) * anchors, "\(output.count) values for \(anchors) anchors")
        let found = multiLabel ? everyLabel(output, anchors) : bestLabel(output, anchors)
        let candidates =
            found.count > Self.maximumCandidates
            ? Array(found.sortedByScore().prefix(Self.maximumCandidates)) : found
        return nonMaximumSuppression(
            candidates, iouThreshold: iouThreshold, maximumDetections: maximumDetections)
    }

    private func everyLabel(_ output: UnsafeBufferPointer<Float>, _ anchors: Int) -> [Detection] {
        var found = [Detection]()
        for anchor in 0..<anchors {
            for label in 0..<classCount {
                append(anchor, label, output[(4 + label) * anchors + anchor], output, anchors, to: &found)
            }
        }
        return found
    }

    private func bestLabel(_ output: UnsafeBufferPointer<Float>, _ anchors: Int) -> [Detection] {
        var best = [Float](repeating: -.infinity, count: anchors)
        var labels = [Int32](repeating: 0, count: anchors)
        for label in 0..<classCount {
            let scores = output[((4 + label) * anchors)..<((5 + label) * anchors)]
            for (anchor, score) in scores.enumerated() where score > best[anchor] {
                best[anchor] = score
                labels[anchor] = Int32(label)
            }
        }
        var found = [Detection]()
        for anchor in 0..<anchors {
            append(anchor, Int(labels[anchor]), best[anchor], output, anchors, to: &found)
        }
        return found
    }

    /// Boxes that are not finite, and scores that are not above the threshold (NaN is not), are no detections.
    private func append(
        _ anchor: Int, _ label: Int, _ score: Float, _ output: UnsafeBufferPointer<Float>, _ anchors: Int,
        to found: inout [Detection]
    ) {
        guard score > confidenceThreshold else { return }
        let box = BoundingBox(
            centerX: output[anchor], centerY: output[anchors + anchor], width: output[2 * anchors + anchor],
            height: output[3 * anchors + anchor])
        guard (box.minX + box.minY + box.maxX + box.maxY).isFinite else { return }
        found.append(Detection(box, label: label, score: score))
    }
}
