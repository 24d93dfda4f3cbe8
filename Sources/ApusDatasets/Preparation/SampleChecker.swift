import ApusAugmentation
import ApusVision

/// What a version keeps of a sample, and what was wrong with it.
struct CheckedSample: Sendable {
    /// `nil` where nothing is kept.
    var entry: PreparedEntry?
    var faults: [Fault] = []
}

/// Checks an image and its labels, and puts aside what of them is large.
struct SampleChecker: Sendable {
    let images: ImageChecker
    let spill: SpillFile

    /// - Throws: `DatasetError.file` where the disk is full.
    func check(_ sample: SourceSample) throws(DatasetError) -> CheckedSample {
        switch sample.content {
        case .generated(let make):
            let generated = make()
            return try check(sample, images.check(generated, sample: sample)) { _ in
                generated.labels
            } content: {
                () throws(DatasetError) in
                .spilled(try spill.add(generated.bytes))
            }
        case .file(let path):
            let checked = images.check(file: path, sample: sample)
            return try check(sample, checked, labels: sample.labels) { () throws(DatasetError) in .file(path) }
        }
    }

    private func check(
        _ sample: SourceSample, _ result: Result<CheckedImage, ImageFault>, labels read: (ImageSize) -> SourceLabels,
        content: () throws(DatasetError) -> PreparedEntry.Content
    ) throws(DatasetError) -> CheckedSample {
        let image: CheckedImage
        switch result {
        case .failure(let error): return CheckedSample(faults: [error.fault])
        case .success(let checked): image = checked
        }
        let size = ImageSize(width: image.width, height: image.height)
        let labels = read(size)
        guard !labels.leavesOutImage else { return CheckedSample(faults: labels.faults) }
        let checked = CheckedLabels(labels, sample: sample, size: size)
        var faults = checked.faults
        if let declared = labels.declaredSize, declared != size {
            let message = "labelled as \(declared), but \(sample.name) is \(size); kept, with the boxes as they stand"
            faults.append(Fault(.sizeMismatch, file: sample.labelFile, message: message))
        }
        let place = try spill.add(LabelBlock(checked.boxes, checked.annotations).bytes)
        return CheckedSample(
            entry: PreparedEntry(sample, image, content: try content(), labels: place), faults: faults)
    }
}
