/// How near found keypoints are to the marked ones, image by image: what `KeypointAccuracy` counts over all images.
struct KeypointMatches: Hashable, Sendable {
    /// Of one image.
    struct Counts: Hashable, Sendable {
        var marked = 0
        /// At each of `KeypointAccuracy.thresholds`.
        var near = [Int](repeating: 0, count: KeypointAccuracy.thresholds.count)
        /// The sum over the marked points.
        var likeness = 0.0

        static func += (sum: inout Counts, other: Counts) {
            sum.marked += other.marked
            sum.likeness += other.likeness
            for place in sum.near.indices { sum.near[place] += other.near[place] }
        }
    }

    /// What its metrics' names begin with, as `pose/`.
    var prefix: String
    /// In the order of image ids.
    var images: [Counts]
}

/// Measures keypoints under any weights of the images.
struct KeypointSampler: Sendable, MatchSampler {
    private let matches: KeypointMatches
    let names: [String]

    init(_ matches: KeypointMatches) {
        self.matches = matches
        names = (KeypointAccuracy.thresholds.map { "PCK-\($0)" } + ["mean_OKS"]).map { matches.prefix + $0 }
    }

    /// Objects are what poses count.
    func instances(_ weights: [Int32]) -> [Int] { [] }

    func values(_ draws: [[Int32]]) -> [[Double]] { draws.map(values) }

    private func values(_ weights: [Int32]) -> [Double] {
        var sums = [Double](repeating: 0, count: KeypointAccuracy.thresholds.count + 1)
        var marked = 0.0
        for (counts, weight) in zip(matches.images, weights) where weight > 0 {
            let weight = Double(weight)
            marked += weight * Double(counts.marked)
            for (place, near) in counts.near.enumerated() { sums[place] += weight * Double(near) }
            sums[sums.count - 1] += weight * counts.likeness
        }
        return sums.map { marked > 0 ? $0 / marked : .nan }
    }
}

extension KeypointMatches {
    func write(to writer: inout MatchBytesWriter) {
        for counts in images {
            writer.write(counts.marked)
            for near in counts.near { writer.write(near) }
            let bits = counts.likeness.bitPattern
            writer.write(Int(bits >> 32))
            writer.write(Int(bits & 0xffff_ffff))
        }
    }

    init(_ reader: inout MatchBytesReader, prefix: String, imageCount: Int) throws(MatchBytesReader.Malformed) {
        self.init(prefix: prefix, images: [])
        for _ in 0..<imageCount {
            var counts = Counts()
            counts.marked = try reader.read(upTo: Int(Int32.max), "the number of marked points")
            for place in counts.near.indices {
                counts.near[place] = try reader.read(upTo: counts.marked, "the number of near points")
            }
            let high = UInt64(try reader.read(upTo: Int(UInt32.max), "a likeness"))
            counts.likeness = Double(
                bitPattern: high << 32 | UInt64(try reader.read(upTo: Int(UInt32.max), "a likeness")))
            guard counts.likeness >= 0, counts.likeness <= Double(counts.marked) else {
                throw MatchBytesReader.Malformed(reason: "a likeness is not from 0 to the number of points")
            }
            images.append(counts)
        }
    }
}
