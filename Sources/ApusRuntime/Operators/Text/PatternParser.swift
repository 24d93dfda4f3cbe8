/// Reads RE2's syntax. <https://github.com/google/re2/wiki/Syntax>
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private static let depthLimit = 64, repeatLimit = 1000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try alternatives()
        guard index == scalars.count else {
            throw PatternError(reason: "with an opening for every closing parenthesis")
        }
        return node
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// Steps over `scalar` where it comes next.
    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw PatternError(reason: "of at most \(Self.depthLimit) nested groups")
        }
        var nodes = [try sequence()]
        while take("|") { nodes.append(try sequence()) }
        return .alternatives(nodes)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            nodes.append(try repeats(of: try atom()))
        }
        return .sequence(nodes)
    }

    private mutating func repeats(of atom: PatternNode) throws(PatternError) -> PatternNode {
        guard let (least, most) = quantifier() else { return atom }
        guard least <= Self.repeatLimit, (most ?? 0) <= Self.repeatLimit, most.map({ $0 >= least }) ?? true else {
            throw PatternError(reason: "of at most \(Self.repeatLimit) repeats")
        }
        // Whether as few or as many as can be are taken makes no difference to a match of the whole text.
        _ = take("?")
        guard quantifier() == nil else { throw PatternError(reason: "without repeats of repeats") }
        return .repeated(atom, least: least, most: most)
    }

    private mutating func quantifier() -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = index
        guard take("{"), let least = number() else {
            index = start
            return nil
        }
        if take("}") { return (least, least) }
        guard take(",") else {
            index = start
            return nil
        }
        let most = number()
        guard take("}") else {
            index = start
            return nil
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let start = index
        while let scalar = next, ScalarSet.digit.contains(scalar) { index += 1 }
        return Int(String(String.UnicodeScalarView(scalars[start..<index])))
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let scalar = next else { throw PatternError(reason: "that is whole") }
        index += 1
        switch scalar {
        case "(": return try group()
        case "[": return .scalar(try bracket())
        case ".": return .scalar(.any)
        case "^": return .boundary(.start)
        case "$": return .boundary(.end)
        case "\\": return try escape()
        case "*", "+", "?": throw PatternError(reason: "with something to repeat before '\(scalar)'")
        default: return .scalar(ScalarSet(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        if take("?") {
            let isNamed = take("P")
            if isNamed || next == "<" {
                while let scalar = next, scalar != ">" { index += 1 }
                guard take(">") else { throw PatternError(reason: "with whole names of groups") }
            } else if !take(":") {
                throw PatternError(reason: "without flags")
            }
        }
        let node = try alternatives()
        guard take(")") else { throw PatternError(reason: "with a closing for every opening parenthesis") }
        return node
    }

    private mutating func escape() throws(PatternError) -> PatternNode {
        switch next {
        case "b": index += 1; return .boundary(.word)
        case "B": index += 1; return .boundary(.notWord)
        case "A": index += 1; return .boundary(.start)
        case "z": index += 1; return .boundary(.end)
        default: return .scalar(try escapedSet())
        }
    }

    /// What stands after a backslash, inside brackets or out.
    private mutating func escapedSet() throws(PatternError) -> ScalarSet {
        guard let scalar = next else { throw PatternError(reason: "that does not end in a backslash") }
        index += 1
        switch scalar {
        case "d": return .digit
        case "D": return ScalarSet.digit.negated
        case "w": return .word
        case "W": return ScalarSet.word.negated
        case "s": return .space
        case "S": return ScalarSet.space.negated
        case "x": return try hexadecimal()
        default: break
        }
        if let value = Self.controls[scalar] { return ScalarSet(ranges: [value...value]) }
        guard !ScalarSet.word.contains(scalar) else { throw PatternError(reason: "without '\\\(scalar)'") }
        return ScalarSet(ranges: [scalar.value...scalar.value])
    }

    private static let controls: [Unicode.Scalar: UInt32] = ["a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11]

    private mutating func hexadecimal() throws(PatternError) -> ScalarSet {
        let isBraced = take("{")
        let start = index
        while let scalar = next, scalar.properties.isASCIIHexDigit, isBraced || index < start + 2 { index += 1 }
        let digits = String(String.UnicodeScalarView(scalars[start..<index]))
        guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF, !isBraced || take("}") else {
            throw PatternError(reason: "with whole numbers after '\\x'")
        }
        return ScalarSet(ranges: [value...value])
    }

    /// A set in brackets, whose opening one is read.
    private mutating func bracket() throws(PatternError) -> ScalarSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while isFirst || next != "]" {
            isFirst = false
            let low = try bracketItem()
            guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                ranges += low.plainRanges
                continue
            }
            index += 1
            let high = try bracketItem()
            guard let a = low.single, let b = high.single, a <= b else {
                throw PatternError(reason: "with ranges from low to high")
            }
            ranges.append(a...b)
        }
        index += 1
        return ScalarSet(ranges: ranges, isNegated: isNegated)
    }

    private mutating func bracketItem() throws(PatternError) -> ScalarSet {
        guard let scalar = next else { throw PatternError(reason: "with a closing for every opening bracket") }
        index += 1
        if scalar == "\\" { return try escapedSet() }
        if scalar == "[", next == ":" { return try namedClass() }
        return ScalarSet(ranges: [scalar.value...scalar.value])
    }

    /// `[:alpha:]` and the like, whose opening bracket is read.
    private mutating func namedClass() throws(PatternError) -> ScalarSet {
        let start = index + 1
        while let scalar = next, scalar != "]" { index += 1 }
        guard take("]"), index - 2 >= start else { throw PatternError(reason: "with whole class names") }
        let name = String(String.UnicodeScalarView(scalars[start..<index - 2]))
        guard let set = Self.classes[name] else { throw PatternError(reason: "without the class '\(name)'") }
        return set
    }

    private static let classes: [String: ScalarSet] = [
        "alnum": ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
        "alpha": ScalarSet(ranges: [0x41...0x5A, 0x61...0x7A]), "ascii": ScalarSet(ranges: [0...0x7F]),
        "blank": ScalarSet(ranges: [0x09...0x09, 0x20...0x20]), "digit": .digit,
        "lower": ScalarSet(ranges: [0x61...0x7A]),
        "punct": ScalarSet(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        "space": ScalarSet(ranges: [0x09...0x0D, 0x20...0x20]), "upper": ScalarSet(ranges: [0x41...0x5A]),
        "word": .word, "xdigit": ScalarSet(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]
}

extension ScalarSet {
    /// The one letter of the set, `nil` where it has more.
    fileprivate var single: UInt32? {
        guard !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}
