import ApusConfiguration

/// What is wrong with the classes of a dataset as a whole.
struct ClassChecks {
    let classNames: [String]
    /// Annotations by class.
    let counts: [Int]
    /// Annotations by class in each split that has images.
    let bySplit: [Split: [Int]]
    let options: CheckOptions
    /// What the faults are reported of.
    let file: String

    var faults: [Fault] { unused + [imbalance].compactMap { $0 } + missing + typos }

    private var unused: [Fault] {
        let names = zip(classNames, counts).filter { $0.1 == 0 }.map(\.0)
        guard !names.isEmpty, counts.contains(where: { $0 > 0 }) else { return [] }
        return [Fault(.unusedClass, file: file, message: "no object of \(Self.list(names))")]
    }

    private var imbalance: Fault? {
        let present = zip(classNames, counts).filter { $0.1 > 0 }
        guard let most = present.max(by: { $0.1 < $1.1 }) else { return nil }
        let rare = present.filter { Double(most.1) > Double($0.1) * options.imbalance }.sorted { $0.1 < $1.1 }
        guard let least = rare.first else { return nil }
        let others = rare.count > 1 ? "; also rare: \(Self.list(rare.dropFirst().map { "\($0.0) (\($0.1))" }))" : ""
        let ratio = Int((Double(most.1) / Double(least.1)).rounded())
        return Fault(
            .classImbalance, file: file,
            message: "\(most.1) objects of '\(most.0)' but \(least.1) of '\(least.0)', \(ratio) to 1\(others)")
    }

    private var missing: [Fault] {
        guard bySplit.count > 1 else { return [] }
        return Split.allCases.compactMap { split in
            guard let present = bySplit[split] else { return nil }
            let names = classNames.indices.filter { present[$0] == 0 && counts[$0] > 0 }.map { classNames[$0] }
            guard !names.isEmpty else { return nil }
            let message = "no object of \(Self.list(names)) in \(split.rawValue), though in other splits"
            return Fault(split == .train ? .missingFromTrain : .missingFromSplit, file: file, message: message)
        }
    }

    private var typos: [Fault] {
        classNames.indices.flatMap { a in
            classNames.indices.filter { $0 > a && isTypo(a, $0) }.map { b in
                let (rare, common) = counts[a] < counts[b] ? (a, b) : (b, a)
                let message =
                    "class '\(classNames[rare])' (\(counts[rare]) objects) is perhaps '\(classNames[common])' "
                    + "(\(counts[common])) misspelt"
                return Fault(.labelTypo, file: file, message: message)
            }
        }
    }

    private func isTypo(_ a: Int, _ b: Int) -> Bool {
        if ClassNames.areAlike(classNames[a], classNames[b]) { return true }
        let (rare, common) = (min(counts[a], counts[b]), max(counts[a], counts[b]))
        let isRare = rare > 0 && Double(common) > Double(rare) * options.imbalance
        return isRare && ClassNames.areAlikeThoughShort(classNames[a], classNames[b])
    }

    /// At most five names.
    static func list(_ names: some Collection<String>) -> String {
        names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}

/// Which class names may be one.
enum ClassNames {
    /// Equal but for case, spaces and signs, or one letter of five or two of nine apart; names that differ in their
    /// digits are meant to.
    static func areAlike(_ a: String, _ b: String) -> Bool {
        let (first, second) = (letters(a), letters(b))
        guard first.filter(\.isNumber) == second.filter(\.isNumber) else { return false }
        if first == second { return true }
        let shorter = min(first.count, second.count)
        guard shorter >= 5, abs(first.count - second.count) <= 2 else { return false }
        return editDistance(first, second) <= (shorter >= 9 ? 2 : 1)
    }

    /// Of three letters or more, one with a letter too many, one too few, or two exchanged: so little says something
    /// only where one of the two is rare.
    static func areAlikeThoughShort(_ a: String, _ b: String) -> Bool {
        let (first, second) = (letters(a), letters(b))
        guard min(first.count, second.count) >= 3, !(first + second).contains(where: \.isNumber) else { return false }
        if first.count != second.count {
            return abs(first.count - second.count) == 1 && editDistance(first, second) == 1
        }
        let differing = first.indices.filter { first[$0] != second[$0] }
        return differing.count == 2 && differing[1] == differing[0] + 1
            && first[differing[0]] == second[differing[1]] && first[differing[1]] == second[differing[0]]
    }

    private static func letters(_ name: String) -> [Character] {
        name.lowercased().prefix(64).filter { $0.isLetter || $0.isNumber }
    }
}
