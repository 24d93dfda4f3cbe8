import ApusAugmentation
import ApusCore
import ApusVision

/// A sample that goes into a prepared version.
struct PreparedEntry: Sendable {
    var record: PreparedDataset.Record
    /// One for each box of the record.
    var annotations: [Annotation] = []
    /// What the source says; `nil` where it says nothing.
    var declaredSplit: Split?
    var content: SourceSample.Content
    var image: CheckedImage
}

/// Everything that a version will hold, in its order, and what was wrong with the rest.
struct PreparedCollection {
    var classes: [AnnotationClass]
    var classNames: [String] { classes.map(\.name) }
    var entries: [PreparedEntry]
    var faults: [Fault]
    /// Images that the source lists.
    var found: Int

    /// Checks every sample of a listing.
    ///
    /// - Parameters:
    ///   - journal: what an earlier preparation found, which is not looked at again.
    ///   - progress: told after each image, from the thread that checked it.
    init(
        _ listing: SourceListing, description: DatasetDescription, path: String, threads: Int,
        journal: CheckJournal, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(DatasetError) {
        let samples = listing.samples
        let done = Mutex(0)
        let checker = ImageChecker(journal: journal)
        let images = parallelMap(samples.count, threads: threads) { index in
            let result = checker.check(samples[index])
            done.withLock { done in
                done += 1
                progress(done, samples.count)
            }
            return result
        }
        (classes, faults, found) = (listing.classes, listing.faults, samples.count)
        entries = []
        addUsable(samples, images)
        try assignSplits(description.splits, path: path)
        entries.sort { ($0.record.split.code, $0.record.name) < ($1.record.split.code, $1.record.name) }
    }

    /// Adds each image content once; of equal ones the first stays, which is that of train before val before test.
    private mutating func addUsable(_ samples: [SourceSample], _ images: [Result<CheckedImage, ImageFault>]) {
        var firstByHash = [ContentHash: SourceSample]()
        for (sample, result) in zip(samples, images) {
            switch result {
            case .failure(let error): faults.append(error.fault)
            case .success(let image):
                if let first = firstByHash[image.hash] {
                    faults.append(duplicate(sample, of: first))
                } else {
                    firstByHash[image.hash] = sample
                    add(sample, image)
                }
            }
        }
    }

    private func duplicate(_ sample: SourceSample, of first: SourceSample) -> Fault {
        let place = first.split.map { " (\($0.rawValue))" } ?? ""
        return Fault(
            .duplicateImage, file: sample.imageFile,
            message: "the same content as \(first.name)\(place); image left out")
    }

    private mutating func add(_ sample: SourceSample, _ image: CheckedImage) {
        let size = ImageSize(width: image.width, height: image.height)
        let labels = image.generated?.labels ?? sample.labels(size)
        guard !labels.leavesOutImage else {
            faults += labels.faults
            return
        }
        let checked = CheckedLabels(labels, sample: sample, size: size)
        faults += checked.faults
        if let declared = labels.declaredSize, declared != size {
            let message =
                "labelled as \(declared), but \(sample.name) is \(size); kept, with the boxes as they stand"
            faults.append(Fault(.sizeMismatch, file: sample.labelFile, message: message))
        }
        let record = PreparedDataset.Record(
            name: sample.name, split: sample.split ?? .train, width: image.width, height: image.height,
            boxes: checked.boxes)
        entries.append(
            PreparedEntry(
                record: record, annotations: checked.annotations, declaredSplit: sample.split,
                content: sample.content, image: image))
    }

    private mutating func assignSplits(_ splits: SplitDescription, path: String) throws(DatasetError) {
        let candidates = entries.map { entry in
            SplitAssignment.Candidate(
                name: entry.record.name, declared: entry.declaredSplit, labels: entry.record.boxes.map(\.label))
        }
        guard let assigned = try SplitAssignment(description: splits).assign(candidates) else {
            throw .badDescription(
                path: path, key: "splits.method", found: "declared, but the source declares no splits",
                expected: "random or stratified")
        }
        for (index, split) in assigned.enumerated() { entries[index].record.split = split }
    }
}
