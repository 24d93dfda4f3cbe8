/// The name among `names` that `name` was probably meant to be, or `nil` where none is near.
///
/// Near means at most a third of the longer name's letters away by Damerau–Levenshtein distance
/// (an exchange of neighbours counts one), letters' case, `-` and `_` set aside.
public func nearestName(to name: String, among names: some Sequence<String>) -> String? {
    let folded = foldedLetters(of: name)
    let candidates = names.map { (name: $0, letters: foldedLetters(of: $0)) }
    let ranked = candidates.map { candidate in
        (name: candidate.name, distance: editDistance(folded, candidate.letters), length: candidate.letters.count)
    }
    let best = ranked.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    guard let best, best.distance <= max(1, max(folded.count, best.length) / 3), best.length > 0 else { return nil }
    return best.name
}

private func foldedLetters(of name: String) -> [Character] {
    name.lowercased().prefix(64).filter { $0 != "-" && $0 != "_" }
}

/// Optimal string alignment distance: insertions, deletions, replacements and exchanges of neighbours.
public func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](), last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + Array(repeating: 0, count: b.count)
        for j in 1...b.count {
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
