import ApusDigest

/// Divides samples among the splits as a description says.
struct SplitAssignment {
    /// What a decision may depend on.
    struct Candidate {
        var name: String
        /// The image that it was cut from: all parts of one image go into one split.
        var origin: String?
        var declared: Split?
        var labels: [Int]

        init(name: String, origin: String? = nil, declared: Split?, labels: [Int]) {
            (self.name, self.origin, self.declared, self.labels) = (name, origin, declared, labels)
        }

        init(_ sample: SourceSample, labels: [Int]) {
            self.init(name: sample.name, origin: sample.origin, declared: sample.split, labels: labels)
        }
    }

    let description: SplitDescription

    /// - Returns: one split for each candidate, or `nil` where splits are to be declared and one is not.
    /// - Throws: `DatasetError` for a table that cannot be read.
    func assign(_ candidates: [Candidate]) throws(DatasetError) -> [Split]? {
        let parts = PartsOfImages(candidates)
        guard description.method == .file else { return try assignWhole(parts.images).map(parts.spread) }
        guard let path = description.file?.resolved else { return nil }
        let table = try SplitTable.read(path)
        return candidates.map { candidate in
            let image = candidate.origin ?? candidate.name
            return table[candidate.name] ?? table[image] ?? split(at: position(of: image))
        }
    }

    /// - Parameter candidates: whole images.
    private func assignWhole(_ candidates: [Candidate]) throws(DatasetError) -> [Split]? {
        switch description.method {
        case .declared: return declared(candidates)
        case .random: return candidates.map { split(at: position(of: $0.name)) }
        case .stratified: return stratified(candidates)
        case .grouped:
            let key = GroupKey(description.group)
            return candidates.map { split(at: position(of: key.of($0.name))) }
        case .file: return nil
        }
    }

    /// A number in 0..<1 that depends on the name and the seed alone.
    func position(of name: String) -> Double {
        let digest = SHA256.hash(Array("\(description.seed)/\(name)".utf8))
        let bits = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(bits >> 11) * 0x1p-53
    }

    private func declared(_ candidates: [Candidate]) -> [Split]? {
        let splits = candidates.compactMap(\.declared)
        guard splits.count == candidates.count else { return nil }
        guard description.valFromTrain > 0, !splits.contains(.val) else { return splits }
        return zip(candidates, splits).map { candidate, split in
            split == .train && position(of: candidate.name) < description.valFromTrain ? .val : split
        }
    }

    /// The split whose share of 0..<1 holds `position`.
    private func split(at position: Double) -> Split {
        var sum = 0.0
        for (split, fraction) in description.fractions {
            sum += fraction
            if position < sum { return split }
        }
        return description.fractions.last { $0.1 > 0 }?.0 ?? .train
    }

    /// Ranks each group by its members' positions and cuts the ranking at the fractions.
    private func stratified(_ candidates: [Candidate]) -> [Split] {
        let groups = Dictionary(grouping: candidates.indices, by: stratum(of: candidates))
        var splits = [Split](repeating: .train, count: candidates.count)
        for group in groups.values {
            let ranked = group.map { ($0, position(of: candidates[$0].name)) }
                .sorted { ($0.1, candidates[$0.0].name) < ($1.1, candidates[$1.0].name) }
            for (rank, (index, _)) in ranked.enumerated() {
                splits[index] = split(at: (Double(rank) + 0.5) / Double(ranked.count))
            }
        }
        return splits
    }

    /// The rarest class of each image, or −1 for background.
    private func stratum(of candidates: [Candidate]) -> (Int) -> Int {
        var imagesWithClass = [Int: Int]()
        for candidate in candidates {
            for label in Set(candidate.labels) { imagesWithClass[label, default: 0] += 1 }
        }
        return { index in
            candidates[index].labels.min {
                (imagesWithClass[$0, default: 0], $0) < (imagesWithClass[$1, default: 0], $1)
            }
                ?? -1
        }
    }
}

// MARK: - Growing datasets

extension SplitAssignment {
    /// As `assign`, but what has a split keeps it.
    ///
    /// - Parameter known: one for each candidate; `nil` where it is new.
    func assign(_ candidates: [Candidate], keeping known: [Split?]) throws(DatasetError) -> [Split]? {
        let isFresh = known.allSatisfy { $0 == nil }
        guard description.method == .stratified, !isFresh else {
            return try assign(candidates).map { zip($0, known).map { $1 ?? $0 } }
        }
        let parts = PartsOfImages(candidates)
        return parts.spread(filled(parts.images, parts.first(of: known)))
    }

    /// New images, in the order of their positions, go where their stratum is furthest below its share.
    private func filled(_ candidates: [Candidate], _ known: [Split?]) -> [Split] {
        var result = known
        for group in Dictionary(grouping: candidates.indices, by: stratum(of: candidates)).values {
            var counts = [Split: Double]()
            for index in group { if let split = known[index] { counts[split, default: 0] += 1 } }
            let fresh = group.filter { known[$0] == nil }
                .sorted { (position(of: candidates[$0].name), $0) < (position(of: candidates[$1].name), $1) }
            for index in fresh {
                let total = counts.values.reduce(1, +)
                let open = description.fractions.filter { $0.1 > 0 }
                let split = open.max {
                    $0.1 * total - counts[$0.0, default: 0] < $1.1 * total - counts[$1.0, default: 0]
                }
                result[index] = split?.0 ?? .train
                counts[split?.0 ?? .train, default: 0] += 1
            }
        }
        return result.map { $0 ?? .train }
    }
}

/// Which candidates are parts of one image.
private struct PartsOfImages {
    /// The images, with what all their parts show.
    private(set) var images: [SplitAssignment.Candidate] = []
    /// The image of each candidate.
    private var places: [Int] = []

    init(_ candidates: [SplitAssignment.Candidate]) {
        var known = [String: Int]()
        for candidate in candidates {
            guard let origin = candidate.origin else {
                places.append(images.count)
                images.append(candidate)
                continue
            }
            let place = known[origin] ?? images.count
            if place == images.count {
                known[origin] = place
                images.append(SplitAssignment.Candidate(name: origin, declared: candidate.declared, labels: []))
            }
            images[place].labels += candidate.labels
            places.append(place)
        }
    }

    /// What each candidate gets of what its image gets.
    func spread(_ splits: [Split]) -> [Split] { places.map { splits[$0] } }

    /// What the first part of each image has that has something.
    func first(of known: [Split?]) -> [Split?] {
        var result = [Split?](repeating: nil, count: images.count)
        for (place, split) in zip(places, known) where result[place] == nil { result[place] = split }
        return result
    }
}
