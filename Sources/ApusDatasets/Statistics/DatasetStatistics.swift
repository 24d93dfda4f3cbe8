import ApusAugmentation
import ApusCore
import ApusDigest
import ApusVision

/// What a dataset consists of, in numbers.
public struct DatasetStatistics: Codable, Sendable {
    public struct ClassCounts: Codable, Hashable, Sendable {
        public var name: String
        public var objects = 0
        /// Images with at least one object of the class.
        public var images = 0
        /// Objects by split; those of no split under "none".
        public var splits: [String: Int] = [:]
        public var heatMap = HeatMap()
        /// Of the boxes, relative to their images.
        public var sizes = Histogram.relativeSizes
    }

    public struct SplitCounts: Codable, Hashable, Sendable {
        public var images = 0
        public var objects = 0
        public var emptyImages = 0
    }

    public var name: String
    public var source: String
    public var images = 0
    public var unreadableImages = 0
    public var emptyImages = 0
    public var objects = 0
    /// Objects by what is known of them: box, rotated box, outline, mask, keypoints, whole image, crowd.
    public var kinds: [String: Int] = [:]
    public var classes: [ClassCounts]
    /// By train, val, test and none.
    public var splits: [String: SplitCounts] = [:]
    public var imageWidths = Histogram.sides
    public var imageHeights = Histogram.sides
    public var imageAspects = Histogram.aspects
    public var boxSizes = Histogram.relativeSizes
    public var boxAspects = Histogram.aspects
    public var objectsPerImage = Histogram.objects
    public var heatMap = HeatMap()
    /// How many images have each size, the most common 50.
    public var commonSizes: [String: Int] = [:]

    init(name: String, source: String, classNames: [String]) {
        (self.name, self.source) = (name, source)
        classes = classNames.map { ClassCounts(name: $0) }
    }
}

extension DatasetStatistics {
    /// Reads the sizes and the labels of a dataset, but decodes no image.
    ///
    /// - Parameter progress: told how many images of how many are read, from several threads, one call at a time.
    public static func run(
        _ dataset: NamedDataset, threads: Int = availableCores,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> DatasetStatistics {
        try collect(dataset, try dataset.listing(threads: threads), threads: threads, progress: progress)
    }

    static func collect(
        _ dataset: NamedDataset, _ listing: SourceListing, threads: Int,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws(DatasetError) -> DatasetStatistics {
        let empty = DatasetStatistics(
            name: dataset.description.name, source: dataset.root, classNames: listing.classNames)
        let splits = try SplitAssignment.byName(dataset.description.splits, listing.samples)
        let whole = Mutex((statistics: empty, sizes: [ImageSize: Int](), done: 0))
        let chunk = 256
        parallelFor((listing.samples.count + chunk - 1) / chunk, threads: threads) { index in
            var part = empty
            var sizes = [ImageSize: Int]()
            let range = index * chunk..<min((index + 1) * chunk, listing.samples.count)
            for place in range { part.add(ReadImage(listing.samples[place]), split: splits[place], sizes: &sizes) }
            whole.withLock { whole in
                whole.statistics.merge(part)
                whole.sizes.merge(sizes, uniquingKeysWith: +)
                whole.done += range.count
                progress(whole.done, listing.samples.count)
            }
        }
        return whole.withLock { whole in
            var result = whole.statistics
            let common = whole.sizes.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }.prefix(
                50)
            result.commonSizes = Dictionary(uniqueKeysWithValues: common.map { ($0.key.description, $0.value) })
            return result
        }
    }

    private mutating func add(_ image: ReadImage, split: Split?, sizes: inout [ImageSize: Int]) {
        guard let size = image.size, !image.leavesOut else {
            unreadableImages += 1
            return
        }
        sizes[size, default: 0] += 1
        images += 1
        imageWidths.add(Double(size.width))
        imageHeights.add(Double(size.height))
        imageAspects.add(Double(size.width) / Double(size.height))
        objectsPerImage.add(Double(image.annotations.count))
        let splitName = split?.rawValue ?? "none"
        splits[splitName, default: SplitCounts()].images += 1
        splits[splitName, default: SplitCounts()].objects += image.annotations.count
        if image.annotations.isEmpty {
            emptyImages += 1
            splits[splitName, default: SplitCounts()].emptyImages += 1
        }
        for label in Set(image.annotations.map(\.label)) { classes[label].images += 1 }
        for annotation in image.annotations { add(annotation, size: size, split: splitName) }
    }

    private mutating func add(_ annotation: Annotation, size: ImageSize, split: String) {
        objects += 1
        classes[annotation.label].objects += 1
        classes[annotation.label].splits[split, default: 0] += 1
        for kind in annotation.kinds { kinds[kind, default: 0] += 1 }
        guard !annotation.isWholeImage else { return }
        let box = annotation.bounds(in: size)
        guard box.area > 0 else { return }
        let (width, height) = (Double(size.width), Double(size.height))
        let relative = (box.area / (width * height)).squareRoot()
        boxSizes.add(relative)
        classes[annotation.label].sizes.add(relative)
        boxAspects.add(box.width / box.height)
        let edges = (box.minX / width, box.minY / height, box.maxX / width, box.maxY / height)
        heatMap.add(minX: edges.0, minY: edges.1, maxX: edges.2, maxY: edges.3)
        classes[annotation.label].heatMap.add(minX: edges.0, minY: edges.1, maxX: edges.2, maxY: edges.3)
    }

    private mutating func merge(_ other: DatasetStatistics) {
        images += other.images
        unreadableImages += other.unreadableImages
        emptyImages += other.emptyImages
        objects += other.objects
        kinds.merge(other.kinds, uniquingKeysWith: +)
        imageWidths.merge(other.imageWidths)
        imageHeights.merge(other.imageHeights)
        imageAspects.merge(other.imageAspects)
        boxSizes.merge(other.boxSizes)
        boxAspects.merge(other.boxAspects)
        objectsPerImage.merge(other.objectsPerImage)
        heatMap.merge(other.heatMap)
        splits.merge(other.splits) { a, b in
            SplitCounts(
                images: a.images + b.images, objects: a.objects + b.objects, emptyImages: a.emptyImages + b.emptyImages)
        }
        for index in classes.indices { classes[index].merge(other.classes[index]) }
    }
}

extension DatasetStatistics.ClassCounts {
    fileprivate mutating func merge(_ other: Self) {
        objects += other.objects
        images += other.images
        splits.merge(other.splits, uniquingKeysWith: +)
        heatMap.merge(other.heatMap)
        sizes.merge(other.sizes)
    }
}

extension Annotation {
    /// What is known of the object.
    fileprivate var kinds: [String] {
        var kinds = [String]()
        if isWholeImage { kinds.append("whole image") }
        if box != nil { kinds.append("box") }
        if rotatedBox != nil { kinds.append("rotated box") }
        if let region { kinds.append(region.isMask ? "mask" : "outline") }
        if !keypoints.isEmpty { kinds.append("keypoints") }
        if flags.contains(.crowd) { kinds.append("crowd") }
        return kinds
    }
}

extension SplitAssignment {
    /// The split of each sample as far as it follows from declarations and names; `nil` where the labels decide.
    static func byName(
        _ description: SplitDescription, _ samples: [SourceSample]
    ) throws(DatasetError) -> [Split?] {
        guard description.method != .stratified else { return samples.map(\.split) }
        let candidates = samples.map { Candidate($0, labels: []) }
        return try SplitAssignment(description: description).assign(candidates)?.map { $0 } ?? samples.map(\.split)
    }
}
