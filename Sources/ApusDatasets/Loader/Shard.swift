/// The part of every batch that one of several processes makes.
///
/// In training the processes' parts of a batch, one after another, are the batch that one process alone would make; a
/// last batch of fewer images than processes begins the epoch's order again, so that all take the same steps. In
/// evaluation each process takes every `count`th batch whole, and no image is seen twice.
public struct Shard: Hashable, Sendable {
    public let rank, count: Int

    public init(rank: Int, count: Int) {
        precondition(count > 0 && (0..<count).contains(rank), "part \(rank) of \(count)")
        (self.rank, self.count) = (rank, count)
    }

    /// A process on its own.
    public static let whole = Shard(rank: 0, count: 1)

    /// This process's places of a batch of so many.
    func part(of total: Int) -> Range<Int> { total * rank / count..<total * (rank + 1) / count }

    /// The most places that any process has of a batch of at most so many.
    func largestPart(of total: Int) -> Int { (total + count - 1) / count }
}
