/// A box by its sides.
struct Rectangle: Sendable {
    let left, top, right, bottom: Float

    /// Four of `numbers`, from `index` on: `y1, x1, y2, x2` in any order of the corners, or centre x, y, width, height.
    init(_ numbers: UnsafeBufferPointer<Float>, _ index: Int, isCentered: Bool) {
        let (a, b, c, d) = (numbers[index], numbers[index + 1], numbers[index + 2], numbers[index + 3])
        if isCentered {
            (left, right, top, bottom) = (a - c / 2, a + c / 2, b - d / 2, b + d / 2)
        } else {
            (left, right, top, bottom) = (min(b, d), max(b, d), min(a, c), max(a, c))
        }
    }

    var area: Float { (right - left) * (bottom - top) }

    /// Whether the intersection is more than `share` of the union.
    @inline(__always)
    func overlaps(_ other: Rectangle, byMoreThan share: Float) -> Bool {
        let width = min(right, other.right) - max(left, other.left)
        let height = min(bottom, other.bottom) - max(top, other.top)
        guard width > 0, height > 0 else { return false }
        let intersection = width * height
        guard intersection > 0, area > 0, other.area > 0 else { return false }
        let union = area + other.area - intersection
        return union > 0 && intersection / union > share
    }
}

/// Keeps the best boxes that do not overlap better ones.
struct BoxSelection: Sendable {
    let most: Int
    let overlap: Float
    /// Boxes that do not score more go; `nil` keeps all.
    let threshold: Float?

    /// The indices of the boxes kept, the best first; of equal scores the first box first.
    func callAsFunction(
        _ boxes: UnsafeBufferPointer<Rectangle>, scores: UnsafeBufferPointer<Float>
    ) -> [Int] {
        var queue = ScoreQueue(scores, above: threshold)
        var kept: [Int] = [], rectangles: [Rectangle] = []
        while kept.count < most, let index = queue.popBest() {
            let box = boxes[index]
            guard !rectangles.contains(where: { box.overlaps($0, byMoreThan: overlap) }) else { continue }
            kept.append(index)
            rectangles.append(box)
        }
        return kept
    }
}

/// Indices by falling score: a heap, since few of many are wanted.
private struct ScoreQueue {
    /// The score in the upper half, in an order that integers have; in the lower the index, the smallest largest.
    private var heap: [UInt64] = []

    init(_ scores: UnsafeBufferPointer<Float>, above threshold: Float?) {
        for (index, score) in scores.enumerated() where threshold.map({ score > $0 }) ?? true {
            heap.append(UInt64(Self.rank(score)) << 32 | UInt64(UInt32.max - UInt32(truncatingIfNeeded: index)))
        }
        for parent in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(parent) }
    }

    /// Larger for larger scores; 0 for what is no number.
    private static func rank(_ score: Float) -> UInt32 {
        guard !score.isNaN else { return 0 }
        let bits = (score + 0).bitPattern
        return bits >> 31 == 1 ? ~bits : bits | 1 << 31
    }

    mutating func popBest() -> Int? {
        guard let best = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return Int(UInt32.max - UInt32(truncatingIfNeeded: best))
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        let value = heap[parent]
        while case let left = 2 * parent + 1, left < heap.count {
            let child = left + 1 < heap.count && heap[left + 1] > heap[left] ? left + 1 : left
            guard heap[child] > value else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = value
    }
}
