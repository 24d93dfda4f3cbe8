import ApusCore

/// Everything that a version will hold, in its order, and what was wrong with the rest.
///
/// Of an image it holds a few hundred bytes, whatever its labels take.
struct PreparedCollection {
    var classes: [AnnotationClass]
    var classNames: [String] { classes.map(\.name) }
    var entries: [PreparedEntry]
    var faults: [Fault]
    /// Images that the source lists.
    var found: Int
    /// Where labels and generated images lie.
    let spill: SpillFile

    /// Checks every sample of a listing.
    ///
    /// - Parameters:
    ///   - journal: what an earlier preparation found, which is not looked at again.
    ///   - progress: told after each image, from the thread that checked it.
    init(
        _ listing: SourceListing, description: DatasetDescription, path: String, threads: Int,
        journal: CheckJournal, spill: SpillFile, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(DatasetError) {
        (classes, faults, found, self.spill) = (listing.classes, listing.faults, listing.samples.count, spill)
        entries = []
        let checker = SampleChecker(images: ImageChecker(journal: journal), spill: spill)
        let checked = try Self.check(listing.samples, checker, threads: threads, progress: progress)
        addUsable(listing.samples, checked)
        try assignSplits(description.splits, path: path)
        entries.sort { ($0.split.code, $0.name) < ($1.split.code, $1.name) }
    }

    /// One for each sample. Parts of one image come to one thread, so that it is decoded once.
    private static func check(
        _ samples: [SourceSample], _ checker: SampleChecker, threads: Int,
        progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(DatasetError) -> [CheckedSample] {
        let images = SourceSample.rangesOfOneOrigin(samples)
        let state = Mutex((done: 0, failure: DatasetError?.none))
        let checked = parallelMap(images.count, threads: threads) { index -> [CheckedSample] in
            images[index].compactMap { place in
                guard state.withLock({ $0.failure == nil }) else { return nil }
                do throws(DatasetError) {
                    let result = try checker.check(samples[place])
                    state.withLock { state in
                        state.done += 1
                        progress(state.done, samples.count)
                    }
                    return result
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                    return nil
                }
            }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return checked.flatMap { $0 }
    }

    /// Adds each image content once; of equal ones the first stays, which is that of train before val before test.
    private mutating func addUsable(_ samples: [SourceSample], _ checked: [CheckedSample]) {
        var firstByHash = [ContentHash: Int]()
        for (index, result) in checked.enumerated() {
            if let entry = result.entry, let first = firstByHash[entry.hash] {
                faults.append(duplicate(samples[index], of: samples[first]))
                continue
            }
            faults += result.faults
            guard let entry = result.entry else { continue }
            firstByHash[entry.hash] = index
            entries.append(entry)
        }
    }

    private func duplicate(_ sample: SourceSample, of first: SourceSample) -> Fault {
        let place = first.split.map { " (\($0.rawValue))" } ?? ""
        return Fault(
            .duplicateImage, file: sample.imageFile,
            message: "the same content as \(first.name)\(place); image left out")
    }

    /// The classes of an entry's boxes.
    func labels(of entry: PreparedEntry) throws(DatasetError) -> [Int] { try spill.block(of: entry).labels }

    private mutating func assignSplits(_ splits: SplitDescription, path: String) throws(DatasetError) {
        var candidates = [SplitAssignment.Candidate]()
        candidates.reserveCapacity(entries.count)
        for entry in entries {
            // Only strata ask what an image shows.
            let labels = splits.method == .stratified ? try labels(of: entry) : []
            candidates.append(
                SplitAssignment.Candidate(
                    name: entry.name, origin: entry.origin, declared: entry.declaredSplit, labels: labels))
        }
        guard let assigned = try SplitAssignment(description: splits).assign(candidates) else {
            throw .badDescription(
                path: path, key: "splits.method", found: "declared, but the source declares no splits",
                expected: "random or stratified")
        }
        for (index, split) in assigned.enumerated() { entries[index].split = split }
    }
}
