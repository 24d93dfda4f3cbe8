import Glibc

/// How often a fair coin shows heads in `count` throws.
struct Binomial {
    let count: Int

    /// The probability of at least `heads`.
    func upperTail(from heads: Int) -> Double {
        guard heads > 0 else { return 1 }
        guard heads <= count else { return 0 }
        return min(1, (heads...count).reduce(0) { $0 + probability(of: $1) })
    }

    /// The highest index of an ordered sample below which the median lies with no more than this probability.
    func lowestRank(tail: Double) -> Int? {
        var (rank, sum) = (-1, 0.0)
        while rank + 1 < count / 2 {
            sum += probability(of: rank + 1)
            guard sum <= tail else { break }
            rank += 1
        }
        return rank < 0 ? nil : rank
    }

    private func probability(of heads: Int) -> Double {
        let (n, k) = (Double(count), Double(heads))
        return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * M_LN2)
    }
}
