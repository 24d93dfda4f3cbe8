/// Whether two classifiers are equally often right, told from the images on which only one of them is.
///
/// McNemar, *Note on the sampling error of the difference between correlated proportions*, Psychometrika 12, 1947;
/// by the exact binomial distribution.
public struct McNemar: Codable, Hashable, Sendable {
    /// Images that only the candidate gets right.
    public var gained: Int
    /// Images that only the baseline gets right.
    public var lost: Int

    public init(gained: Int, lost: Int) { (self.gained, self.lost) = (gained, lost) }

    /// How probable so many losses or more are where neither is better.
    public var lossProbability: Double { Binomial(count: gained + lost).upperTail(from: lost) }

    /// How probable a difference as large, either way, is where neither is better.
    public var pValue: Double { min(1, 2 * Binomial(count: gained + lost).upperTail(from: max(gained, lost))) }
}

extension McNemar {
    /// - Parameter weights: images that count, in the order of both sides; all where `nil`.
    /// - Returns: `nil` where the two are not classifications of the same images.
    init?(candidate: MatchedResults, baseline: MatchedResults, weights: [Int32]? = nil) {
        guard case .classes(let ours)? = candidate.parts.first, case .classes(let theirs)? = baseline.parts.first,
            candidate.imageIDs == baseline.imageIDs, ours.labels == theirs.labels
        else { return nil }
        self.init(gained: 0, lost: 0)
        for image in ours.labels.indices where weights?[image] ?? 1 > 0 {
            let (own, other) = (ours[image].isCorrect, theirs[image].isCorrect)
            if own && !other { gained += 1 }
            if other && !own { lost += 1 }
        }
    }
}
