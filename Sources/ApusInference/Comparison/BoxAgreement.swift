import ApusVision

/// How many boxes two runtimes both find.
public struct BoxAgreement: Codable, Equatable, Sendable {
    /// Boxes of the one that have a partner of the same class in the other.
    public var matched = 0
    /// Boxes of whichever found more.
    public var total = 0

    public init() {}

    /// 1 where all boxes agree, or there is none.
    public var fraction: Double { total == 0 ? 1 : Double(matched) / Double(total) }

    /// Partners overlap by at least `overlap` and their scores differ by at most 0.01.
    public mutating func add(_ a: [Detection], _ b: [Detection], overlap: Float = 0.95) {
        var free = b
        for detection in a {
            let partner = free.firstIndex {
                $0.label == detection.label && abs($0.score - detection.score) <= 0.01
                    && intersectionOverUnion($0.box, detection.box) >= overlap
            }
            guard let partner else { continue }
            free.remove(at: partner)
            matched += 1
        }
        total += max(a.count, b.count)
    }
}
