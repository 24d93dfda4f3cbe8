/// A regular expression in RE2's syntax, matched in time linear in the text.
///
/// Thompson, *Regular Expression Search Algorithm*, 1968; Cox, <https://swtch.com/~rsc/regexp/regexp2.html>. There are
/// literals, classes, escapes, groups, alternatives, repeats, `.`, `^`, `$` and `\b`; not Unicode classes or flags.
struct Pattern: Sendable {
    /// One step of the machine; targets are places in its program.
    enum Step: Sendable {
        case scalar(ScalarSet)
        case boundary(Boundary)
        case fork(Int, Int)
        case jump(Int)
        case match
    }

    enum Boundary: Sendable { case start, end, word, notWord }

    private let steps: [Step]

    init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        var compiler = PatternCompiler()
        try compiler.add(try parser.parse())
        steps = compiler.steps + [.match]
    }

    /// Whether the pattern describes the whole text.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var states = StateSet(count: steps.count)
        follow(0, scalars, at: 0, into: &states)
        for (index, scalar) in scalars.enumerated() {
            var next = StateSet(count: steps.count)
            for state in states.members {
                if case .scalar(let set) = steps[state], set.contains(scalar) {
                    follow(state + 1, scalars, at: index + 1, into: &next)
                }
            }
            guard !next.members.isEmpty else { return false }
            states = next
        }
        return states.contains(steps.count - 1)
    }

    /// Adds `state` and all that is reached from it without a letter.
    private func follow(_ state: Int, _ scalars: [Unicode.Scalar], at index: Int, into states: inout StateSet) {
        var open = [state]
        while let state = open.popLast() {
            guard states.insert(state) else { continue }
            switch steps[state] {
            case .jump(let target): open.append(target)
            case .fork(let a, let b): open += [b, a]
            case .boundary(let boundary) where holds(boundary, scalars, at: index): open.append(state + 1)
            case .boundary, .scalar, .match: break
            }
        }
    }

    private func holds(_ boundary: Boundary, _ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        let before = index > 0 && ScalarSet.word.contains(scalars[index - 1])
        let after = index < scalars.count && ScalarSet.word.contains(scalars[index])
        return switch boundary {
        case .start: index == 0
        case .end: index == scalars.count
        case .word: before != after
        case .notWord: before == after
        }
    }
}

/// Why a pattern is refused.
struct PatternError: Error, Equatable {
    let reason: String
}

/// Places of a program, in the order in which they came.
private struct StateSet {
    private var flags: [Bool]
    private(set) var members: [Int] = []

    init(count: Int) { flags = [Bool](repeating: false, count: count) }

    func contains(_ state: Int) -> Bool { flags[state] }

    /// Whether it was not there yet.
    mutating func insert(_ state: Int) -> Bool {
        guard !flags[state] else { return false }
        flags[state] = true
        members.append(state)
        return true
    }
}

/// Letters by ranges.
struct ScalarSet: Sendable, Equatable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    static let digit = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let any = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)

    var negated: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    /// The same without negation, so that sets can be joined.
    var plainRanges: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var start: UInt32 = 0
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > start { result.append(start...range.lowerBound - 1) }
            start = max(start, range.upperBound + 1)
        }
        return start <= 0x10FFFF ? result + [start...0x10FFFF] : result
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }
}
