import ApusONNX

/// The terms of an Einsum equation, such as `b i j, b j k -> b i k`.
struct EinsumEquation: Sendable {
    enum Label: Hashable, Sendable {
        case letter(UInt8)
        /// `...`: all axes that have no letter.
        case ellipsis
    }

    let operands: [[Label]]
    let output: [Label]

    /// - Returns: `nil` where the text is no equation.
    init?(_ text: String) {
        let bytes = Array(text.utf8.filter { $0 != UInt8(ascii: " ") })
        var sides = [bytes]
        if let arrow = bytes.indices.first(where: { bytes[$0...].starts(with: "->".utf8) }) {
            sides = [Array(bytes[..<arrow]), Array(bytes[(arrow + 2)...])]
        }
        var terms: [[Label]] = []
        for term in sides[0].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let labels = Self.labels(term) else { return nil }
            terms.append(labels)
        }
        operands = terms
        guard sides.count > 1 else {
            output = Self.implicitOutput(terms)
            return
        }
        guard let labels = Self.labels(sides[1][...]), Self.isOutput(labels, of: terms) else { return nil }
        output = labels
    }

    private static func labels(_ term: ArraySlice<UInt8>) -> [Label]? {
        var labels: [Label] = [], rest = term
        while let byte = rest.first {
            if rest.starts(with: "...".utf8) {
                guard !labels.contains(.ellipsis) else { return nil }
                labels.append(.ellipsis)
                rest = rest.dropFirst(3)
            } else {
                guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) else { return nil }
                labels.append(.letter(byte))
                rest = rest.dropFirst()
            }
        }
        return labels
    }

    private static func isOutput(_ labels: [Label], of terms: [[Label]]) -> Bool {
        let known = Set(terms.joined()).union([.ellipsis])
        return Set(labels).count == labels.count && labels.allSatisfy(known.contains)
    }

    /// Letters that appear once, in the order of the alphabet, after the ellipsis.
    private static func implicitOutput(_ terms: [[Label]]) -> [Label] {
        var counts: [UInt8: Int] = [:]
        for case .letter(let letter) in terms.joined() { counts[letter, default: 0] += 1 }
        return [.ellipsis] + counts.filter { $0.value == 1 }.keys.sorted().map { .letter($0) }
    }
}
