import ApusVision
import Glibc

/// What an image looks like, small enough to compare with all others of a dataset.
///
/// 64 bits say which of the lowest frequencies of the brightness are above their median: pictures that were scaled,
/// compressed again or brightened keep nearly all of them. A thumbnail of 16×16 confirms what the bits suggest.
struct PerceptualHash: Hashable, Sendable {
    /// Of the 8×8 lowest frequencies but the constant one, by rows.
    let bits: UInt64
    /// The bits of the picture seen in a mirror.
    let mirroredBits: UInt64
    /// 16×16 brightnesses with the mean 128 and a standard deviation of 40.
    let thumbnail: [UInt8]
    /// Too even a picture to be told from others.
    let isPlain: Bool

    private static let side = 32
    private static let frequencies = 8

    init(_ image: Image) {
        let levels = Self.levels(of: image)
        let mean = levels.reduce(0, +) / Float(levels.count)
        let deviation = (levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(levels.count)).squareRoot()
        isPlain = deviation < 3
        thumbnail = Self.thumbnail(levels, mean: mean, deviation: max(deviation, 1))
        let transform = Self.cosines(of: levels)
        bits = Self.bits(transform)
        let mirrored = transform.enumerated().map { $0.offset % Self.frequencies % 2 == 1 ? -$0.element : $0.element }
        mirroredBits = Self.bits(mirrored)
    }

    /// How many bits differ.
    static func distance(_ a: UInt64, _ b: UInt64) -> Int { (a ^ b).nonzeroBitCount }

    /// The mean difference of the thumbnails in grey levels.
    func difference(from other: PerceptualHash, isMirrored: Bool) -> Float {
        var sum = 0
        for y in 0..<16 {
            for x in 0..<16 {
                let place = y * 16 + (isMirrored ? 15 - x : x)
                sum += abs(Int(thumbnail[y * 16 + x]) - Int(other.thumbnail[place]))
            }
        }
        return Float(sum) / 256
    }

    /// 32×32 mean brightnesses.
    private static func levels(of image: Image) -> [Float] {
        let columns = (0...side).map { $0 * image.width / side }, rows = (0...side).map { $0 * image.height / side }
        return image.pixels.withUnsafeBufferPointer { pixels in
            (0..<side * side).map { cell in
                let (row, column) = (cell / side, cell % side)
                let (top, left) = (min(rows[row], image.height - 1), min(columns[column], image.width - 1))
                let (bottom, right) = (max(rows[row + 1], top + 1), max(columns[column + 1], left + 1))
                var sum = 0
                for y in top..<bottom {
                    let start = (y * image.width + left) * image.channels
                    for index in start..<start + (right - left) * image.channels { sum += Int(pixels[index]) }
                }
                return Float(sum) / Float((bottom - top) * (right - left) * image.channels)
            }
        }
    }

    private static func thumbnail(_ levels: [Float], mean: Float, deviation: Float) -> [UInt8] {
        (0..<256).map { cell in
            let start = cell / 16 * 2 * side + cell % 16 * 2
            let value = (levels[start] + levels[start + 1] + levels[start + side] + levels[start + side + 1]) / 4
            return UInt8(min(max(128 + 40 * (value - mean) / deviation, 0), 255))
        }
    }

    /// The lowest frequencies of the discrete cosine transform, by rows.
    private static func cosines(of levels: [Float]) -> [Float] {
        var rows = [Float](repeating: 0, count: side * frequencies)
        for y in 0..<side {
            for u in 0..<frequencies {
                rows[y * frequencies + u] = (0..<side).reduce(0) { $0 + levels[y * side + $1] * table[u * side + $1] }
            }
        }
        return (0..<frequencies * frequencies).map { index in
            let (v, u) = (index / frequencies, index % frequencies)
            return (0..<side).reduce(0) { $0 + rows[$1 * frequencies + u] * table[v * side + $1] }
        }
    }

    private static let table: [Float] = (0..<frequencies * side).map { index in
        cos(.pi * Float(index / side) * (2 * Float(index % side) + 1) / Float(2 * side))
    }

    private static func bits(_ transform: [Float]) -> UInt64 {
        let median = transform.dropFirst().sorted()[31]
        return transform.enumerated().dropFirst().reduce(0) { bits, entry in
            entry.element > median ? bits | 1 << UInt64(entry.offset) : bits
        }
    }
}
