import ApusCore

/// How often an epoch shows each image.
public enum Sampling: String, Codable, CaseIterable, Hashable, Sendable {
    /// Once.
    case uniform
    /// Every class as likely, then every image that shows it; images that show none count as a class of their own.
    case classBalanced = "class_balanced"
    /// Images of rare classes several times.
    case repeatFactor = "repeat_factor"
}

/// A place of an epoch: the image, and the number that its draws go by.
struct EpochPlace: Hashable, Sendable {
    /// In the loader's list of indices.
    var position: Int
    /// The position, and another number where the epoch shows the image again.
    var sample: Int
}

/// Chooses an epoch's images, as many each epoch: a function of (seed, epoch).
struct EpochSampler: Sendable {
    let imageCount: Int
    private let rule: Rule

    private enum Rule: Sendable {
        case once
        /// The positions that show each class.
        case classes([[Int]])
        /// How often each image is shown on average.
        case repeats([Double])
    }

    /// - Parameters:
    ///   - labels: what the image at a position shows.
    ///   - threshold: repeat_factor: classes that a smaller part of the images shows are repeated.
    init(imageCount: Int, sampling: Sampling, threshold: Double, labels: (Int) -> Set<Int>) {
        self.imageCount = imageCount
        switch sampling {
        case .uniform: rule = .once
        case .classBalanced:
            var positions: [Int: [Int]] = [:]
            for position in 0..<imageCount {
                let labels = labels(position)
                for label in labels.isEmpty ? [-1] : labels { positions[label, default: []].append(position) }
            }
            rule = .classes(positions.sorted { $0.key < $1.key }.map(\.value))
        case .repeatFactor:
            let shown = (0..<imageCount).map { labels($0) }
            rule = .repeats(Self.repeats(of: shown, threshold: threshold))
        }
    }

    /// The largest `max(1, √(threshold / frequency))` of an image's classes.
    ///
    /// Gupta et al., *LVIS: A Dataset for Large Vocabulary Instance Segmentation*, <https://arxiv.org/abs/1908.03195>.
    static func repeats(of labels: [Set<Int>], threshold: Double) -> [Double] {
        var counts: [Int: Int] = [:]
        for label in labels.joined() { counts[label, default: 0] += 1 }
        let factors = counts.mapValues { max(1, (threshold * Double(labels.count) / Double($0)).squareRoot()) }
        return labels.map { $0.reduce(1) { max($0, factors[$1] ?? 1) } }
    }

    /// How many places an epoch has.
    var placeCount: Int {
        guard case .repeats(let repeats) = rule else { return imageCount }
        return Int(repeats.reduce(0, +).rounded())
    }

    /// What a random stream is for, beside the order.
    private static let purpose = 1 << 29

    func places(seed: UInt64, epoch: Int) -> [EpochPlace] {
        var order = RandomStream(seed: seed, epoch: epoch)
        var stream = RandomStream(seed: seed, epoch: epoch, purpose: Self.purpose)
        switch rule {
        case .once: return order.permutation(of: imageCount).map { EpochPlace(position: $0, sample: $0) }
        case .classes(let classes):
            let positions = (0..<imageCount).map { _ in
                let shown = classes[Int.random(in: classes.indices, using: &stream)]
                return shown[Int.random(in: shown.indices, using: &stream)]
            }
            return numbered(positions)
        case .repeats(let repeats):
            let positions = Self.systematic(repeats, offset: Double(stream.uniform()))
            let places = numbered(positions)
            return order.permutation(of: places.count).map { places[$0] }
        }
    }

    /// Each position as often as its mean says, rounded up or down by one offset for all, so that the sum stays.
    private static func systematic(_ repeats: [Double], offset: Double) -> [Int] {
        let total = repeats.reduce(0, +)
        let count = Int(total.rounded())
        var (sum, taken) = (0.0, 0)
        var positions: [Int] = []
        for (position, mean) in repeats.enumerated() {
            sum += mean
            let isLast = position == repeats.count - 1
            let due = isLast ? count : min(Int(sum / total * Double(count) + offset), count)
            positions += Array(repeating: position, count: max(due - taken, 0))
            taken = max(due, taken)
        }
        return positions
    }

    private func numbered(_ positions: [Int]) -> [EpochPlace] {
        var seen = [Int](repeating: 0, count: imageCount)
        return positions.map { position in
            defer { seen[position] += 1 }
            return EpochPlace(position: position, sample: position + seen[position] * imageCount)
        }
    }
}
