/// Draws each parameter where good trials are dense and the others are not: the best of some candidates by the ratio of
/// the two densities. Bergstra et al., *Algorithms for Hyper-Parameter Optimization*, NeurIPS 2011.
struct TreeParzenSampler {
    /// The part of the trials that is good.
    static let goodPart = 0.25
    static let candidates = 24

    /// Values of good trials and of the others, each in YAML.
    let good, others: [[String: String]]

    /// - Parameter trials: finished ones.
    init(_ trials: [Trial]) {
        let ranked = trials.ranked
        let count = Int((Double(ranked.count) * Self.goodPart).rounded(.up))
        good = ranked.prefix(count).map(\.values)
        others = ranked.dropFirst(count).map(\.values)
    }

    func draw(
        _ path: String, in domain: ParameterDomain, using generator: inout some RandomNumberGenerator
    ) -> String {
        let (good, others) = (good.compactMap { $0[path] }, others.compactMap { $0[path] })
        switch domain {
        case .interval(let interval): return draw(interval, good, others, using: &generator)
        case .choices(let texts): return draw(texts, good, others, using: &generator)
        }
    }

    private func draw(
        _ domain: NumericDomain, _ good: [String], _ others: [String], using generator: inout some RandomNumberGenerator
    ) -> String {
        let (near, far) = (domain.estimator(of: good), domain.estimator(of: others))
        var best = (text: "", ratio: -Double.infinity)
        for _ in 0..<Self.candidates {
            let place = near.draw(using: &generator)
            let cell = domain.cell(of: domain.value(at: place))
            let ratio = near.weight(of: cell) / far.weight(of: cell)
            if ratio > best.ratio { best = (domain.text(at: place), ratio) }
        }
        return best.text
    }

    private func draw(
        _ texts: [String], _ good: [String], _ others: [String], using generator: inout some RandomNumberGenerator
    ) -> String {
        let (near, far) = (ChoiceCounts(texts, good), ChoiceCounts(texts, others))
        let drawn = (0..<Self.candidates).map { _ in near.draw(using: &generator) }
        let best = drawn.max { near.share(of: $0) / far.share(of: $0) < near.share(of: $1) / far.share(of: $1) }
        return texts[best ?? 0]
    }
}

extension NumericDomain {
    fileprivate func estimator(of texts: [String]) -> ParzenEstimator {
        ParzenEstimator(
            texts.compactMap(Double.init).map { value in
                let cell = cell(of: value)
                return (cell.lowerBound + cell.upperBound) / 2
            })
    }
}

/// How often each choice was made, one more counted for each: none is ever given up.
private struct ChoiceCounts {
    private let counts: [Int]
    private let total: Int

    init(_ choices: [String], _ made: [String]) {
        counts = choices.map { choice in 1 + made.count { $0 == choice } }
        total = counts.reduce(0, +)
    }

    func share(of index: Int) -> Double { Double(counts[index]) / Double(total) }

    func draw(using generator: inout some RandomNumberGenerator) -> Int {
        var left = Int.random(in: 0..<total, using: &generator)
        for (index, count) in counts.enumerated() {
            if left < count { return index }
            left -= count
        }
        return counts.count - 1
    }
}
