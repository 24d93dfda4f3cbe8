import CApusKernels

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

    /// What one anchor found.
    public typealias Candidate = (anchor: Int, detection: Detection)

    /// - Parameters:
    ///   - output: `[4 + classCount, anchors]`: centre x, centre y, width, height in model pixels, then scores.
    /// - Returns: boxes in model pixels, best first, at most `maximumDetections`.
    public func decode(_ output: UnsafeBufferPointer<Float>, anchors: Int) -> [Detection] {
        nonMaximumSuppression(
            candidates(output, anchors: anchors).map(\.detection), iouThreshold: iouThreshold,
            maximumDetections: maximumDetections)
    }

    /// What is above the threshold, before suppression: at most `maximumCandidates`, those that score best.
    public func candidates(_ output: UnsafeBufferPointer<Float>, anchors: Int) -> [Candidate] {
        precondition(output.count == (4 + classCount) * anchors, "\(output.count) values for \(anchors) anchors")
        let found = multiLabel ? everyLabel(output, anchors) : bestLabel(output, anchors)
        guard found.count > Self.maximumCandidates else { return found }
        let ranked = found.indices.sorted {
            (found[$1].detection.score, $0) < (found[$0].detection.score, $1)
        }
        return ranked.prefix(Self.maximumCandidates).map { found[$0] }
    }

    private func everyLabel(_ output: UnsafeBufferPointer<Float>, _ anchors: Int) -> [Candidate] {
        var found = [Candidate]()
        for anchor in 0..<anchors {
            for label in 0..<classCount {
                append(anchor, label, output[(4 + label) * anchors + anchor], output, anchors, to: &found)
            }
        }
        return found
    }

    private func bestLabel(_ output: UnsafeBufferPointer<Float>, _ anchors: Int) -> [Candidate] {
        var best = [Float](repeating: -.infinity, count: anchors)
        var labels = [Int32](repeating: 0, count: anchors)
        if let scores = output.baseAddress?.advanced(by: 4 * anchors) {
            apus_largest_rows(scores, classCount, anchors, &best, &labels)
        }
        var found = [Candidate]()
        for anchor in 0..<anchors where best[anchor] > confidenceThreshold {
            append(anchor, Int(labels[anchor]), best[anchor], output, anchors, to: &found)
        }
        return found
    }

    /// Boxes that are not finite, and scores that are not above the threshold (NaN is not), are no detections.
    private func append(
        _ anchor: Int, _ label: Int, _ score: Float, _ output: UnsafeBufferPointer<Float>, _ anchors: Int,
        to found: inout [Candidate]
    ) {
        guard score > confidenceThreshold else { return }
        let box = BoundingBox(
            centerX: output[anchor], centerY: output[anchors + anchor], width: output[2 * anchors + anchor],
            height: output[3 * anchors + anchor])
        guard (box.minX + box.minY + box.maxX + box.maxY).isFinite else { return }
        found.append((anchor, Detection(box, label: label, score: score)))
    }
}
