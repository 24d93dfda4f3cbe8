import ApusDatasets
import ApusVision

extension Batch {
    /// What consecutive images of the batch show. The pixels stay where they are: the part's images are a range of the
    /// batch's tensor.
    func part(_ range: Range<Int>) -> Batch {
        let own = targets.indices.filter { range.contains(targets[$0].image) }
        let hasTargets = !targets.isEmpty
        let points = keypoints.count / max(hasTargets ? targets.count : count, 1)
        return Batch(
            pixels: pixels, count: range.count, width: width, height: height,
            indices: Array(indices[range]),
            targets: own.map { index in
                var target = targets[index]
                target.image -= range.lowerBound
                return target
            },
            keypoints: (hasTargets ? own : Array(range)).flatMap { keypoints[$0 * points..<($0 + 1) * points] },
            masks: masks.isEmpty ? masks : InstanceMasks(windows: own.map { masks.windows[$0] }, bytes: masks.bytes),
            labels: labels.filter { range.contains($0.image) }.map {
                ClassificationTarget(image: $0.image - range.lowerBound, label: $0.label, share: $0.share)
            },
            letterboxes: letterboxes.isEmpty ? [] : Array(letterboxes[range]),
            crops: crops.isEmpty ? [] : Array(crops[range]), globalCount: globalCount,
            globalFirst: globalFirst + range.lowerBound, waitSeconds: waitSeconds)
    }

    /// The images in so many ranges of about the same length.
    func ranges(_ parts: Int) -> [Range<Int>] {
        (0..<parts).map { $0 * count / parts..<($0 + 1) * count / parts }.filter { !$0.isEmpty }
    }
}
