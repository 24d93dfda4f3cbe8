/// What matching says about one class, laid out for weighted passes: all sizes of objects, ten overlaps.
struct ClassOutcomes: Hashable, Sendable {
    /// The image of each truth that counts, ascending.
    var truthImages: [Int32] = []
    /// The image of each detection, by descending score.
    var images: [Int32] = []
    /// The highest of the confidence steps that each detection reaches; −1 below 0.
    var steps: [Int16] = []
    /// Bit t: counts as found at overlap t.
    var found: [UInt16] = []
    /// Bit t: counts neither for nor against at overlap t.
    var ignored: [UInt16] = []

    init() {}

    init(_ result: CategoryResult) {
        truthImages = result.truthImages
        images = result.outcomes.map(\.image)
        steps = result.outcomes.map { Int16(ConfidenceCounts.step(of: $0.score)) }
        ignored = result.outcomes.map { Self.overlaps($0.ignored) }
        found = zip(result.outcomes, ignored).map { Self.overlaps($0.found) & ~$1 }
    }

    static let everyOverlap = UInt16(1 << COCOConstants.overlapCount) - 1

    /// The overlaps of the area range `all`.
    private static func overlaps(_ lanes: Lanes) -> UInt16 {
        UInt16(truncatingIfNeeded: lanes.rawValue) & everyOverlap
    }
}
