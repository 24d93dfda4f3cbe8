/// Which classes are taken for which, with a last row and column for the background.
///
/// A box of the ground truth and a detection are paired by overlap alone, the best overlap first, whatever their
/// classes; what stays unpaired is missed (last column) or invented (last row).
public struct ConfusionMatrix: Codable, Hashable, Sendable {
    /// The classes, and at last "background".
    public var labels: [String]
    /// `counts[truth][prediction]`.
    public var counts: [[Int]]
    /// Detections that score less are left out.
    public var confidence: Double
    /// The overlap from which boxes are paired.
    public var overlap: Double
}

/// Pairs the boxes of one image and counts them.
struct ConfusionCounter {
    let classCount: Int
    let overlap: Double
    let ignoresCrowds: Bool
    /// Row-major, `(classCount + 1)²`.
    private(set) var counts: [Int]

    init(classCount: Int, overlap: Double, ignoresCrowds: Bool) {
        self.classCount = classCount
        self.overlap = overlap
        self.ignoresCrowds = ignoresCrowds
        counts = Array(repeating: 0, count: (classCount + 1) * (classCount + 1))
    }

    mutating func add<Shape>(truths: ArraySlice<Truth<Shape>>, detections: [Candidate<Shape>]) {
        let pairs = paired(truths, detections)
        for (index, truth) in zip(truths.indices, truths) where !isIgnored(truth) {
            count(Int(truth.category), pairs.ofTruth[index].map { Int(detections[$0].category) } ?? classCount)
        }
        for (index, detection) in detections.enumerated() where !pairs.taken[index] {
            let isInCrowd =
                ignoresCrowds
                && truths.contains {
                    isIgnored($0) && detection.shape.overlap(with: $0.shape, isCrowd: $0.isCrowd) >= overlap
                }
            if !isInCrowd { count(classCount, Int(detection.category)) }
        }
    }

    mutating func merge(_ other: ConfusionCounter) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    var rows: [[Int]] {
        (0...classCount).map { Array(counts[$0 * (classCount + 1)..<($0 + 1) * (classCount + 1)]) }
    }

    private mutating func count(_ truth: Int, _ prediction: Int) {
        counts[truth * (classCount + 1) + prediction] += 1
    }

    private func isIgnored(_ truth: Truth<some EvaluatedShape>) -> Bool {
        ignoresCrowds && (truth.isCrowd || truth.isIgnored)
    }

    private func paired<Shape>(
        _ truths: ArraySlice<Truth<Shape>>, _ detections: [Candidate<Shape>]
    ) -> (ofTruth: [Int: Int], taken: [Bool]) {
        var pairs: [(overlap: Double, truth: Int, detection: Int)] = []
        for (index, truth) in zip(truths.indices, truths) where !isIgnored(truth) {
            for (other, detection) in detections.enumerated() {
                let overlap = detection.shape.overlap(with: truth.shape, isCrowd: false)
                if overlap >= self.overlap { pairs.append((overlap, index, other)) }
            }
        }
        pairs.sort { ($1.overlap, $0.truth, $0.detection) < ($0.overlap, $1.truth, $1.detection) }
        var ofTruth: [Int: Int] = [:]
        var taken = [Bool](repeating: false, count: detections.count)
        for pair in pairs where ofTruth[pair.truth] == nil && !taken[pair.detection] {
            ofTruth[pair.truth] = pair.detection
            taken[pair.detection] = true
        }
        return (ofTruth, taken)
    }
}
