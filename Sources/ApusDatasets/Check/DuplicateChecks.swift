/// Images that are there twice, byte for byte or to the eye, in one split or across splits.
struct DuplicateChecks {
    let samples: [SourceSample]
    let splits: [Split?]
    let contents: [ContentHash?]
    let hashes: [PerceptualHash?]

    var faults: [Fault] {
        var sets = DisjointSets(count: samples.count)
        var firsts = [ContentHash: Int]()
        for (index, content) in contents.enumerated() {
            guard let content else { continue }
            if let first = firsts[content] { sets.join(first, index) } else { firsts[content] = index }
        }
        let exact = sets.members.filter { $0.count > 1 }
        for group in NearDuplicates.groups(hashes) { for index in group { sets.join(group[0], index) } }
        let alike = sets.members.filter { $0.count > 1 }
        return exact.filter { !crossesSplits($0) }.map { fault(.duplicateImage, "the same file", $0) }
            + alike.compactMap(alikeFault)
    }

    private func alikeFault(_ group: [Int]) -> Fault? {
        let isExact = Set(group.map { contents[$0] }).count == 1
        let what = isExact ? "the same file" : "nearly the same picture"
        if crossesSplits(group) { return fault(.splitLeak, what, group, "; scores on such images say nothing") }
        return isExact ? nil : fault(.nearDuplicate, what, group)
    }

    private func crossesSplits(_ group: [Int]) -> Bool { Set(group.map { splits[$0] }).count > 1 }

    /// Names at most six others.
    private func fault(_ kind: Fault.Kind, _ what: String, _ group: [Int], _ ending: String = "") -> Fault {
        let others = group.dropFirst().prefix(6).map { name($0) }.joined(separator: ", ")
        let more = group.count > 7 ? " and \(group.count - 7) more" : ""
        let place = splits[group[0]].map { " in \($0.rawValue)" } ?? ""
        return Fault(
            kind, file: samples[group[0]].imageFile, message: "\(what)\(place) as \(others)\(more)\(ending)")
    }

    private func name(_ index: Int) -> String {
        samples[index].name + (splits[index].map { " (\($0.rawValue))" } ?? "")
    }
}
