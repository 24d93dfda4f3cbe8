import ApusAugmentation
import ApusVision

/// A sheet of a dataset's images as augmentation makes them, everything marked in them drawn, and below each what was
/// drawn for it.
public struct DatasetPreview {
    public let dataset: PreparedDataset
    /// The images that mosaics and blends may take.
    public let indices: [Int]
    public var seed: UInt64
    public var epoch: Int
    public var panel: SamplePanel

    public init(_ dataset: PreparedDataset, indices: [Int], seed: UInt64 = 0, epoch: Int = 0, panelWidth: Int = 400) {
        (self.dataset, self.indices, self.seed, self.epoch) = (dataset, indices, seed, epoch)
        panel = SamplePanel(
            width: panelWidth, classNames: dataset.classNames,
            skeleton: dataset.classes.first { !$0.skeleton.isEmpty }?.skeleton ?? [])
    }

    /// The image at a position of `indices` through a pipeline.
    public func image(_ position: Int, by pipeline: Pipeline) throws(DatasetError) -> Image {
        let source = SampleSource(count: indices.count) { other throws(DatasetError) in
            try dataset.sample(at: indices[other])
        }
        let (sample, replay) = try pipeline.recording(
            dataset.sample(at: indices[position]), key: key(position), source: source)
        return draw(sample, position, replay.applied.map(\.note))
    }

    /// The image at a position of `indices` as training would see it.
    public func image(_ position: Int, by recipe: DetectionRecipe) throws(DatasetError) -> Image {
        let task = ObjectTask(mostOf: dataset, among: indices)
        let source = DetectionRecipe.Source(count: indices.count) { other throws(DatasetError) in
            let index = indices[other]
            let objects = zip(dataset.boxes(of: index), dataset.annotations(of: index)).filter { !$0.0.isCrowd }
                .map { $1.object($0, for: task) }
            return LabeledImage(image: try dataset.image(index).rgb, objects: objects)
                .resized(longerSide: recipe.imageSize)
        }
        let (sample, notes) = try recipe.recorded(position, of: source, key: key(position))
        return draw(sample, position, notes)
    }

    private func key(_ position: Int) -> SampleKey { SampleKey(seed: seed, epoch: epoch, sample: position) }

    private func draw(_ sample: Sample, _ position: Int, _ notes: [String]) -> Image {
        let groups = Dictionary(grouping: sample.dropped) { "\($0.reason.rawValue) after \($0.transform)" }
        let dropped = groups.sorted { $0.key < $1.key }.map { reason, boxes in
            "boxes gone, \(reason): " + boxes.map { "\($0.index)" }.joined(separator: " ")
        }
        let name = dataset.record(indices[position]).name
        return panel.image(of: sample, title: "\(position) \(name)", notes: notes + dropped)
    }
}

extension ObjectTask {
    /// The task that uses most of what a dataset says of its objects, by the first images that have some.
    init(mostOf dataset: PreparedDataset, among indices: [Int]) {
        let annotations = indices.lazy.flatMap { dataset.annotations($0) }.prefix(64)
        if annotations.contains(where: { !$0.keypoints.isEmpty }) {
            self = .pose
        } else if annotations.contains(where: { $0.rotatedBox != nil }) {
            self = .obb
        } else {
            self = annotations.contains { $0.region != nil } ? .segment : .detect
        }
    }
}
