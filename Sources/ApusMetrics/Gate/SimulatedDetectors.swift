import ApusCore
import Glibc

/// Images and detectors made of random numbers, whose true difference is known: what tells how often a gate errs.
///
/// Images differ in difficulty and objects too, for every detector alike; each detector adds noise of its own, as
/// networks of two seeds do. The worse one misses a given part of the objects besides.
public struct SimulatedDetectors: Sendable {
    /// The later a class, the rarer.
    public var classCount: Int
    public var seed: UInt64
    /// On average.
    public var objectsPerImage, inventedPerImage: Double

    public init(
        classCount: Int = 10, objectsPerImage: Double = 4, inventedPerImage: Double = 6, seed: UInt64 = 0
    ) {
        (self.classCount, self.seed) = (classCount, seed)
        (self.objectsPerImage, self.inventedPerImage) = (objectsPerImage, inventedPerImage)
    }

    private struct Found {
        var image: Int32
        var score: Double
        var overlaps: UInt16
    }

    /// What a detector finds on a set of images.
    ///
    /// - Parameters:
    ///   - set: sets of another number have other images.
    ///   - detector: its noise; another number is another training of the same network.
    ///   - missed: the part of its finds that it misses.
    public func matches(images: Int, set: Int, detector: Int, missed: Double = 0) -> MatchedResults {
        var truths = [[Int32]](repeating: [], count: classCount)
        var found = [[Found]](repeating: [], count: classCount)
        for image in 0..<images {
            var world = RandomStream(seed: seed, epoch: set, sample: image, purpose: 0)
            var noise = RandomStream(seed: seed, epoch: set, sample: image, purpose: 1 + detector)
            let difficulty = 0.7 * world.normal()
            for _ in 0..<world.count(average: objectsPerImage) {
                let kind = self.kind(&world)
                truths[kind].append(Int32(image))
                let quality = 1.2 - difficulty - world.normal() + 0.6 * noise.normal()
                let (blur, jitter, luck) = (noise.normal(), noise.normal(), noise.unit())
                guard quality > -0.8, luck >= missed else { continue }
                let overlap = 0.5 + 0.47 * (1 - exp(-0.8 * (quality + 0.8))) - 0.08 * abs(blur)
                found[kind].append(
                    Found(
                        image: Int32(image), score: logistic(0.8 * quality + 0.5 * jitter),
                        overlaps: UInt16(truncatingIfNeeded: Lanes(reaching: overlap).rawValue)))
            }
            for _ in 0..<noise.count(average: inventedPerImage) {
                let score = logistic(-1.5 - 0.3 * difficulty + 0.9 * noise.normal())
                found[self.kind(&noise)].append(Found(image: Int32(image), score: score, overlaps: 0))
            }
        }
        let outcomes = zip(truths, found).map { Self.outcomes($0, $1.sorted { $0.score > $1.score }) }
        let objects = ObjectMatches(prefix: "", profile: .coco, recallName: "AR-100", classes: outcomes)
        return MatchedResults(
            profile: .coco, classNames: (0..<classCount).map { "class \($0)" }, imageIDs: Array(0..<images),
            parts: [.objects(objects)])
    }

    private static func outcomes(_ truths: [Int32], _ found: [Found]) -> ClassOutcomes {
        var outcomes = ClassOutcomes()
        outcomes.truthImages = truths
        outcomes.images = found.map(\.image)
        outcomes.steps = found.map { Int16(ConfidenceCounts.step(of: $0.score)) }
        outcomes.found = found.map { $0.overlaps & ClassOutcomes.everyOverlap }
        outcomes.ignored = Array(repeating: 0, count: found.count)
        return outcomes
    }

    private func kind(_ random: inout RandomStream) -> Int {
        let place = random.unit()
        return min(classCount - 1, Int(place * place * Double(classCount)))
    }

    /// The part of its finds that a detector must miss to have a mAP50-95 lower by `drop` in truth, told from a set
    /// so large that chance hardly matters.
    public func missedPart(forDrop drop: Double) -> Double {
        guard drop > 0 else { return 0 }
        let images = 20_000
        func precision(_ missed: Double) -> Double {
            let matches = matches(images: images, set: -1, detector: 0, missed: missed)
            return matches.metrics(weights: Array(repeating: 1, count: images))["mAP50-95"] ?? 0
        }
        let goal = precision(0) - drop
        var (low, high) = (0.0, 0.5)
        for _ in 0..<10 {
            let middle = (low + high) / 2
            if precision(middle) > goal { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

private func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

extension RandomStream {
    /// From 0 up to 1.
    fileprivate mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Of mean 0 and deviation 1.
    fileprivate mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// From 0 to twice the average, each as probable.
    fileprivate mutating func count(average: Double) -> Int { Int(unit() * (2 * average + 1)) }
}
