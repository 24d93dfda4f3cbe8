import ApusCore
import ApusDatasets
import ApusTorch

extension ProcessGroup {
    /// The part of every batch that this process makes.
    var shard: Shard { Shard(rank: rank, count: size) }

    /// Whether any process wishes something, wish by wish.
    func any(_ wishes: [Bool]) throws(TorchError) -> [Bool] {
        try sum(wishes.map { $0 ? 1 : 0 }).map { $0 > 0 }
    }
}
