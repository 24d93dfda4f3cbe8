/// A pattern of SQL's LIKE as MLflow understands it: `%` is any text and `_` any character, within a line.
struct TextPattern: Equatable, Sendable {
    private let parts: [Unicode.Scalar]
    private let ignoresCase: Bool
    /// Behind a final `%` anything may follow, further lines too.
    private let isOpen: Bool

    init(_ pattern: String, ignoringCase: Bool) {
        parts = Array((ignoringCase ? pattern.lowercased() : pattern).unicodeScalars)
        ignoresCase = ignoringCase
        isOpen = pattern.hasSuffix("%")
    }

    func matches(_ text: String) -> Bool {
        let scalars = Array((ignoresCase ? text.lowercased() : text).unicodeScalars)
        // The places of `scalars` that the pattern so far can end at.
        var places: Set = [0]
        for part in parts {
            places = part == "%" ? spread(places, in: scalars) : advance(places, over: part, in: scalars)
            if places.isEmpty { return false }
        }
        return isOpen || places.contains(scalars.count)
            || (scalars.last == "\n" && places.contains(scalars.count - 1))
    }

    private func advance(_ places: Set<Int>, over part: Unicode.Scalar, in scalars: [Unicode.Scalar]) -> Set<Int> {
        var next = Set<Int>()
        for place in places where place < scalars.count {
            if part == "_" ? scalars[place] != "\n" : scalars[place] == part { next.insert(place + 1) }
        }
        return next
    }

    private func spread(_ places: Set<Int>, in scalars: [Unicode.Scalar]) -> Set<Int> {
        var reached = places
        for place in places.sorted() {
            var end = place
            while end < scalars.count, scalars[end] != "\n", !reached.contains(end + 1) {
                end += 1
                reached.insert(end)
            }
        }
        return reached
    }
}
