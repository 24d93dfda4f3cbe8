/// The lines that differ between two texts: a shortest edit script, found as Myers does ("An O(ND) Difference Algorithm
/// and Its Variations", 1986).
struct TextDifference {
    enum Line: Equatable {
        case same(String), removed(String), added(String)
    }

    let lines: [Line]

    init(_ old: String, _ new: String) {
        let (a, b) = (TextDifference.lines(of: old), TextDifference.lines(of: new))
        // What begins and ends alike needs no search.
        let head = zip(a, b).prefix { $0 == $1 }.count
        let tail = zip(a.dropFirst(head).reversed(), b.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let middle = TextDifference.script(
            Array(a[head..<(a.count - tail)]), Array(b[head..<(b.count - tail)]))
        lines = a.prefix(head).map { .same($0) } + middle + a.suffix(tail).map { .same($0) }
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Texts that differ in more than this many lines are called different as a whole.
    private static let limit = 1000

    private static func script(_ a: [String], _ b: [String]) -> [Line] {
        guard let trace = trace(a, b) else { return a.map { .removed($0) } + b.map { .added($0) } }
        var lines = [Line](), x = a.count, y = b.count
        for (depth, reach) in trace.enumerated().reversed() {
            let previous = reach.previous(of: x - y, depth)
            let fromX = reach[previous], fromY = fromX - previous
            while x > fromX, y > fromY {
                lines.append(.same(a[x - 1]))
                (x, y) = (x - 1, y - 1)
            }
            guard depth > 0 else { break }
            lines.append(x == fromX ? .added(b[fromY]) : .removed(a[fromX]))
            (x, y) = (fromX, fromY)
        }
        return lines.reversed()
    }

    /// For each number of edits how far along each diagonal one came before it; `nil` beyond the limit.
    private static func trace(_ a: [String], _ b: [String]) -> [Diagonals]? {
        let most = min(a.count + b.count, limit)
        var reach = Diagonals(most + 1), trace = [Diagonals]()
        for depth in 0...most {
            trace.append(reach)
            for diagonal in stride(from: -depth, through: depth, by: 2) {
                let previous = reach.previous(of: diagonal, depth)
                var x = reach[previous] + (previous < diagonal ? 1 : 0)
                while x < a.count, x - diagonal < b.count, a[x] == b[x - diagonal] { x += 1 }
                reach[diagonal] = x
                if x >= a.count, x - diagonal >= b.count { return trace }
            }
        }
        return nil
    }

    // MARK: Showing

    /// As `diff -u` writes it, three lines around each change; empty where nothing differs.
    func unified(old: String, new: String, context: Int = 3) -> String {
        let changed = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
        guard !changed.isEmpty else { return "" }
        var text = "--- \(old)\n+++ \(new)\n", hunks = [Range<Int>]()
        for index in changed {
            let range = max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = hunks.last, range.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        for hunk in hunks { text += hunkText(hunk) }
        return text
    }

    private func hunkText(_ hunk: Range<Int>) -> String {
        let before = lines[..<hunk.lowerBound], inside = lines[hunk]
        let places = [count(before, inOld: true), count(before, inOld: false)]
        let sizes = [count(inside, inOld: true), count(inside, inOld: false)]
        // A side without lines is named by the line before it.
        let starts = zip(places, sizes).map { $1 == 0 ? $0 : $0 + 1 }
        let body = inside.map { line in
            switch line {
            case .same(let text): " \(text)\n"
            case .removed(let text): "-\(text)\n"
            case .added(let text): "+\(text)\n"
            }
        }
        return "@@ -\(starts[0]),\(sizes[0]) +\(starts[1]),\(sizes[1]) @@\n" + body.joined()
    }

    private func count(_ lines: ArraySlice<Line>, inOld isOld: Bool) -> Int {
        lines.count { line in
            switch line {
            case .same: true
            case .removed: isOld
            case .added: !isOld
            }
        }
    }
}

/// A number for each diagonal from `-radius` to `radius`.
private struct Diagonals {
    private var values: [Int]
    private let radius: Int

    init(_ radius: Int) {
        self.radius = radius
        values = Array(repeating: 0, count: 2 * radius + 1)
    }

    /// The neighbour from which one comes farther: from above by a line that is added, from the left by one removed.
    func previous(of diagonal: Int, _ depth: Int) -> Int {
        let isAdded = diagonal == -depth || (diagonal != depth && self[diagonal - 1] < self[diagonal + 1])
        return isAdded ? diagonal + 1 : diagonal - 1
    }

    subscript(diagonal: Int) -> Int {
        get { values[radius + diagonal] }
        set { values[radius + diagonal] = newValue }
    }
}
