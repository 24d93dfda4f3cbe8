/// A random stream that is a function of its key: the same key gives the same draws on every thread and after
/// every resume, and streams of different keys are independent.
///
/// Philox 4×32-10: Salmon et al., *Parallel Random Numbers: As Easy as 1, 2, 3*, SC 2011.
public struct RandomStream: RandomNumberGenerator, Sendable {
    private let key: (UInt32, UInt32)
    private let prefix: (UInt32, UInt32, UInt32)
    private var block: UInt32 = 0
    private var words: (UInt64, UInt64) = (0, 0)
    private var isHalfUsed = false

    /// The stream of one transform of one sample in one epoch.
    public init(seed: UInt64, epoch: Int = 0, sample: Int = 0, purpose: Int = 0) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        prefix = (
            UInt32(truncatingIfNeeded: epoch), UInt32(truncatingIfNeeded: sample),
            UInt32(truncatingIfNeeded: purpose)
        )
    }

    public mutating func next() -> UInt64 {
        if isHalfUsed {
            isHalfUsed = false
            return words.1
        }
        let output = philox4x32(counter: (block, prefix.0, prefix.1, prefix.2), key: key)
        block &+= 1
        words = (UInt64(output.0) | UInt64(output.1) << 32, UInt64(output.2) | UInt64(output.3) << 32)
        isHalfUsed = true
        return words.0
    }
}

typealias Words4 = (UInt32, UInt32, UInt32, UInt32)

/// Ten rounds of Philox on one 128-bit counter.
func philox4x32(counter: Words4, key: (UInt32, UInt32)) -> Words4 {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
        let a = UInt64(0xD251_1F53) * UInt64(c.0)
        let b = UInt64(0xCD9E_8D57) * UInt64(c.2)
        c = (
            UInt32(truncatingIfNeeded: b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
            UInt32(truncatingIfNeeded: a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
        )
        k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
}

extension RandomNumberGenerator {
    /// Uniform in `[0, 1)` with 24 bits, so that it is exact in `Float`.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    public mutating func uniform(in range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Fisher–Yates: a permutation of `0..<count`.
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        order.shuffle(using: &self)
        return order
    }
}
