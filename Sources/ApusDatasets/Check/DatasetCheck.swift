import ApusCore

/// What `apus data check` takes for improbable.
public struct CheckOptions: Hashable, Sendable {
    /// Look for images that look alike; needs every pixel of every image.
    public var findsDuplicates = true
    /// The longer side, in pixels, that training is expected to see.
    public var inputSize = 640
    /// A box whose shorter side has fewer pixels then is tiny.
    public var tinySide = 3.0
    /// A box that covers more of its image is huge.
    public var hugeShare = 0.95
    /// A class with this many times fewer objects than the most common one is rare.
    public var imbalance = 20.0

    public init() {}
}

/// Everything that was found wrong with a dataset.
public struct CheckResult: Codable, Sendable {
    public var name: String
    public var source: String
    public var images = 0
    public var usableImages = 0
    public var annotations = 0
    public var classes: [String]
    /// The worst first, then by file and line.
    public var faults: [Fault] = []
    /// By `Fault.Kind`.
    public var counts: [String: Int] = [:]
    /// By `Fault.Severity`.
    public var severities: [String: Int] = [:]

    public var worst: Fault.Severity? { faults.map(\.kind.severity).max() }
}

/// Looks at every image and label of a dataset without writing anything.
public enum DatasetCheck {
    /// - Parameter progress: told how many images of how many are examined, from several threads, one call at a time.
    /// - Throws: `DatasetError` where nothing can be read.
    public static func run(
        _ dataset: NamedDataset, options: CheckOptions = CheckOptions(), threads: Int = availableCores,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> CheckResult {
        let listing = try dataset.listing(threads: threads)
        let done = Mutex(0)
        let examined = parallelMap(listing.samples.count, threads: threads) { index in
            let result = ImageExamination(listing.samples[index], options: options)
            done.withLock { done in
                done += 1
                progress(done, listing.samples.count)
            }
            return result
        }
        return try CheckSummary(dataset: dataset, listing: listing, images: examined, options: options).result()
    }
}

/// Puts together what was found in single images and what only all of them show.
private struct CheckSummary {
    let dataset: NamedDataset
    let listing: SourceListing
    let images: [ImageExamination]
    let options: CheckOptions

    func result() throws(DatasetError) -> CheckResult {
        var result = CheckResult(name: dataset.description.name, source: dataset.root, classes: listing.classNames)
        result.images = images.count
        result.usableImages = images.count { $0.size != nil }
        result.annotations = images.reduce(0) { $0 + $1.labels.count }
        let found = listing.faults + images.flatMap(\.faults) + (try datasetFaults())
        result.faults = found.sorted {
            ($1.kind.severity, $0.file, $0.line ?? 0, $0.kind.rawValue)
                < ($0.kind.severity, $1.file, $1.line ?? 0, $1.kind.rawValue)
        }
        for fault in found {
            result.counts[fault.kind.rawValue, default: 0] += 1
            result.severities[fault.kind.severity.rawValue, default: 0] += 1
        }
        return result
    }

    private func datasetFaults() throws(DatasetError) -> [Fault] {
        let splits = try self.splits()
        return duplicates(splits).faults + classes(splits).faults + [empty, grey].compactMap { $0 }
    }

    /// As the description divides the images; `nil` where nothing does.
    private func splits() throws(DatasetError) -> [Split?] {
        let usable = images.indices.filter { images[$0].size != nil }
        let candidates = usable.map { index in
            SplitAssignment.Candidate(listing.samples[index], labels: images[index].boxes.map(\.label))
        }
        var splits = listing.samples.map(\.split)
        if let assigned = try SplitAssignment(description: dataset.description.splits).assign(candidates) {
            for (index, split) in zip(usable, assigned) { splits[index] = split }
        }
        return splits
    }

    private func duplicates(_ splits: [Split?]) -> DuplicateChecks {
        DuplicateChecks(
            samples: listing.samples, splits: splits, contents: images.map(\.content), hashes: images.map(\.hash))
    }

    private func classes(_ splits: [Split?]) -> ClassChecks {
        let none = [Int](repeating: 0, count: listing.classes.count)
        var counts = none, bySplit = [Split: [Int]]()
        for (image, split) in zip(images, splits) where image.size != nil {
            for label in image.labels {
                counts[label] += 1
                if let split { bySplit[split, default: none][label] += 1 }
            }
            if let split, bySplit[split] == nil { bySplit[split] = none }
        }
        return ClassChecks(
            classNames: listing.classNames, counts: counts, bySplit: bySplit, options: options, file: dataset.path)
    }

    /// Images without objects are often meant so; that there are any is worth a line.
    private var empty: Fault? {
        let names = images.indices.filter { images[$0].size != nil && images[$0].labels.isEmpty }
            .map { listing.samples[$0].name }
        guard !names.isEmpty else { return nil }
        return Fault(
            .emptyImage, file: dataset.path,
            message: "\(names.count) of \(images.count) images show no object: \(ClassChecks.list(names))")
    }

    /// A few grey images among coloured ones.
    private var grey: Fault? {
        let names = images.indices.filter { images[$0].color?.model == .grey }.map { listing.samples[$0].name }
        guard !names.isEmpty, names.count * 2 < images.count else { return nil }
        return Fault(
            .colourSpace, file: dataset.path,
            message: "\(names.count) of \(images.count) images are grey: \(ClassChecks.list(names))")
    }
}
