import ApusCore

extension RandomNumberGenerator {
    /// A place in the list, as likely as its weight; `nil` where no weight is above 0. Takes one draw.
    mutating func index(weights: [Double]) -> Int? {
        let total = weights.reduce(0, +)
        var rest = uniform(0, 1) * total
        guard total > 0 else { return nil }
        for (index, weight) in weights.enumerated() where weight > 0 {
            if rest < weight { return index }
            rest -= weight
        }
        return weights.lastIndex { $0 > 0 }
    }

    /// So many of `0..<total`, in the order drawn: each once, or as often as it comes.
    mutating func indices(_ count: Int, of total: Int, repeats: Bool) -> [Int] {
        if repeats { return (0..<count).map { _ in index(below: total) } }
        var all = Array(0..<total)
        let chosen = min(count, total)
        for place in 0..<chosen { all.swapAt(place, place + index(below: total - place)) }
        return Array(all.prefix(chosen))
    }
}
