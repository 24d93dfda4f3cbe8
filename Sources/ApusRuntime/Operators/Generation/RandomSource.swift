import ApusCore
import ApusONNX
import Glibc

/// The random numbers of one node: the same in every run, on every machine. Without a `seed` attribute they depend on
/// the node's first output, so that no two nodes draw alike.
struct RandomSource: Sendable {
    private let seed: UInt64

    init(_ node: Node) throws(GraphError) {
        if let given = try node.optionalFloat("seed") {
            seed = UInt64(given.bitPattern)
        } else {
            seed = Self.hash(node.outputs.first ?? "")
        }
    }

    /// How many numbers `shape` asks for, where that is not absurd.
    func check(_ shape: Shape) throws(OperatorError) -> Int {
        let count = try shape.requireCount()
        try expect(count <= 1 << 28, "at most 2²⁸ random numbers", found: "\(shape)")
        return count
    }

    func stream() -> RandomStream { RandomStream(seed: seed) }

    func uniform(count: Int, from low: Double, to high: Double) -> [Double] {
        var stream = stream()
        return (0..<count).map { _ in low + (high - low) * stream.unit() }
    }

    /// Two numbers a pair of draws: Box and Muller, *A Note on the Generation of Random Normal Deviates*, 1958.
    func normal(count: Int, mean: Double, deviation: Double) -> [Double] {
        var stream = stream(), numbers: [Double] = []
        numbers.reserveCapacity(count + 1)
        while numbers.count < count {
            let radius = (-2 * log(1 - stream.unit())).squareRoot(), angle = 2 * Double.pi * stream.unit()
            numbers.append(mean + deviation * radius * cos(angle))
            numbers.append(mean + deviation * radius * sin(angle))
        }
        return Array(numbers.prefix(count))
    }

    /// Fowler, Noll and Vo's hash (FNV-1a), which unlike Swift's is the same in every process.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension RandomStream {
    /// Uniform in `[0, 1)` with 53 bits.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
