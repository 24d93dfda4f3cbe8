/// Finds the pictures of a dataset that look alike, in time nearly proportional to their number.
///
/// Two hashes with at most 7 bits between them agree, but for one bit, in one of four parts of 16 bits: each hash is
/// looked for under the 17 values near each of its parts. The thumbnails then have to agree as well.
struct NearDuplicates {
    /// Hashes further apart are of different pictures.
    static let distanceLimit = 7
    /// Thumbnails that differ more, in grey levels, are of different pictures.
    static let differenceLimit: Float = 7

    private let hashes: [PerceptualHash?]
    private var groups: DisjointSets

    /// Groups of two or more pictures that look alike, perhaps in a mirror, each ascending.
    ///
    /// - Parameter hashes: `nil` for images that could not be read.
    static func groups(_ hashes: [PerceptualHash?]) -> [[Int]] {
        var search = NearDuplicates(hashes)
        search.run()
        return search.groups.members.filter { $0.count > 1 }
    }

    private init(_ hashes: [PerceptualHash?]) {
        self.hashes = hashes
        groups = DisjointSets(count: hashes.count)
    }

    private mutating func run() {
        let usable = hashes.indices.filter { hashes[$0]?.isPlain == false }
        // Pictures of one hash are compared with the first of them.
        var firsts = [UInt64: Int]()
        var distinct = [Int]()
        for index in usable {
            guard let hash = hashes[index] else { continue }
            if let first = firsts[hash.bits], joins(first, index, isMirrored: false) { continue }
            if firsts[hash.bits] == nil { firsts[hash.bits] = index }
            distinct.append(index)
        }
        for part in 0..<4 { search(distinct, part: part) }
    }

    private mutating func search(_ indices: [Int], part: Int) {
        let buckets = Buckets(indices.map { Self.part(part, of: hashes[$0]?.bits ?? 0) })
        for (place, index) in indices.enumerated() {
            guard let hash = hashes[index] else { continue }
            for (bits, isMirrored) in [(hash.bits, false), (hash.mirroredBits, true)] {
                let key = Self.part(part, of: bits)
                for near in [key] + (0..<16).map({ key ^ 1 << $0 }) {
                    for other in buckets[near] where other > place {
                        compare(bits, index, indices[other], isMirrored: isMirrored)
                    }
                }
            }
        }
    }

    private mutating func compare(_ bits: UInt64, _ a: Int, _ b: Int, isMirrored: Bool) {
        guard let other = hashes[b], PerceptualHash.distance(bits, other.bits) <= Self.distanceLimit else { return }
        _ = joins(a, b, isMirrored: isMirrored)
    }

    private mutating func joins(_ a: Int, _ b: Int, isMirrored: Bool) -> Bool {
        guard let first = hashes[a], let second = hashes[b],
            first.difference(from: second, isMirrored: isMirrored) <= Self.differenceLimit
        else { return false }
        groups.join(a, b)
        return true
    }

    private static func part(_ part: Int, of bits: UInt64) -> UInt16 {
        UInt16(truncatingIfNeeded: bits >> UInt64(16 * part))
    }
}

/// Places by a key of 16 bits.
private struct Buckets {
    private var starts = [Int](repeating: 0, count: 1 << 16 + 1)
    private var places: [Int]

    init(_ keys: [UInt16]) {
        for key in keys { starts[Int(key) + 1] += 1 }
        for key in 1..<starts.count { starts[key] += starts[key - 1] }
        places = [Int](repeating: 0, count: keys.count)
        var next = starts
        for (place, key) in keys.enumerated() {
            places[next[Int(key)]] = place
            next[Int(key)] += 1
        }
    }

    subscript(key: UInt16) -> ArraySlice<Int> { places[starts[Int(key)]..<starts[Int(key) + 1]] }
}

/// Sets that grow together (union by rank, path halving).
struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func root(_ index: Int) -> Int {
        var index = index
        while parents[index] != index {
            parents[index] = parents[parents[index]]
            index = parents[index]
        }
        return index
    }

    /// The smaller member leads.
    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        parents[max(a, b)] = min(a, b)
    }

    /// All sets, by their smallest members.
    var members: [[Int]] {
        var sets = self
        var byRoot = [Int: [Int]]()
        for index in parents.indices { byRoot[sets.root(index), default: []].append(index) }
        return byRoot.sorted { $0.key < $1.key }.map(\.value)
    }
}
