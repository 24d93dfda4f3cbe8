import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@testable import ApusDatasets

/// Images made from their index, with an object of every kind, or a class as a whole.
private struct Figures: DetectionDataset {
    var imageCount = 23
    var mirrored = [1, 0, 2]
    var isWhole = false

    func name(of index: Int) -> String { "figure\(index).png" }

    private func corners(_ index: Int) -> [Point] {
        let shift = Point(Double(index % 7), Double(index % 5))
        return [Point(6, 5) + shift, Point(40, 9) + shift, Point(18, 36) + shift]
    }

    func boxes(of index: Int) -> [LabeledBox] {
        if isWhole {
            let size = size(of: index) ?? ImageSize(square: 1)
            return [
                LabeledBox(
                    BoundingBox(minX: 0, minY: 0, maxX: Float(size.width), maxY: Float(size.height)), label: index % 3)
            ]
        }
        guard index != 4, let box = BoundingBox(around: corners(index)) else { return [] }
        return [LabeledBox(box, label: index == 0 ? 2 : index % 2)]
    }

    func annotations(of index: Int) -> [Annotation] {
        boxes(of: index).map { labeled in
            var annotation = Annotation(label: labeled.label)
            guard !isWhole else { return annotation }
            annotation.box = AnnotatedBox(labeled.box)
            annotation.region = .polygons([corners(index)])
            annotation.keypoints = corners(index).map { Landmark($0) }
            annotation.keypoints[2].visibility = .occluded
            return annotation
        }
    }

    func size(of index: Int) -> ImageSize? { ImageSize(width: 52 + index * 3, height: 88 - index * 2) }

    var classes: [AnnotationClass] {
        ["a", "b", "c"].map { name in
            var kind = AnnotationClass(name)
            (kind.keypoints, kind.mirrored) = (["left", "right", "foot"], mirrored)
            return kind
        }
    }

    func image(at index: Int) throws -> Image {
        let size = size(of: index) ?? ImageSize(square: 1)
        return testImage(index, width: size.width, height: size.height)
    }
}

private let all = Array(0..<23)

private func settings(_ change: (inout LoaderSettings) -> Void = { _ in }) -> LoaderSettings {
    var settings = LoaderSettings(imageSize: 64, batchSize: 4)
    (settings.seed, settings.cacheBytes) = (3, 1 << 20)
    change(&settings)
    return settings
}

/// Loaders of every kind.
private enum Kind: String, CaseIterable, CustomTestStringConvertible {
    case detect, segment, pose, obb, rectangular, multiScale, balanced, repeated, classify, crop
    case evaluateSegment, evaluateRectangular, evaluateClasses, evaluateCrops

    var testDescription: String { rawValue }

    var isTraining: Bool { !rawValue.hasPrefix("evaluate") }

    func loader(_ change: (inout LoaderSettings) -> Void = { _ in }) throws -> BatchLoader {
        var settings = settings(change)
        let dataset = Figures(isWhole: [.classify, .evaluateClasses].contains(self))
        var augmentation = AugmentationConfiguration(degrees: 10, flipVertical: 0.5, mixup: 0.3)
        switch self {
        case .rectangular:
            (settings.rectangular, augmentation.mosaic) = (true, 0)
            return try BatchLoader(
                training: .detect, dataset: dataset, indices: all, augmentation: augmentation, settings: settings)
        case .multiScale, .balanced, .repeated:
            settings.multiScale = self == .multiScale ? 0.5 : 0
            settings.sampling = self == .balanced ? .classBalanced : self == .repeated ? .repeatFactor : .uniform
            settings.repeatThreshold = 0.3
            return try BatchLoader(
                training: .segment, dataset: dataset, indices: all, augmentation: augmentation, settings: settings)
        case .classify:
            var classes = ClassificationAugmentation()
            (classes.mixup, classes.cutmix) = (0.4, 1)
            return try BatchLoader(classifying: dataset, indices: all, augmentation: classes, settings: settings)
        case .crop:
            return try BatchLoader(
                cropping: dataset, indices: all, augmentation: CropAugmentation(), width: 48, height: 64,
                settings: settings)
        case .evaluateSegment, .evaluateRectangular:
            settings.rectangular = self == .evaluateRectangular
            return try BatchLoader(evaluating: .segment, dataset: dataset, indices: all, settings: settings)
        case .evaluateClasses:
            return try BatchLoader(
                evaluatingClasses: dataset, indices: all, shorterSide: Int(Double(settings.imageSize) / 0.875),
                settings: settings)
        case .evaluateCrops:
            return try BatchLoader(
                evaluatingCrops: dataset, indices: all, width: 48, height: 64, settings: settings)
        case .detect, .segment, .pose, .obb:
            let task = try #require(ObjectTask(rawValue: rawValue))
            return try BatchLoader(
                training: task, dataset: dataset, indices: all, augmentation: augmentation, settings: settings)
        }
    }
}

/// One image of a batch and all that it teaches.
private struct Picture: Equatable {
    var pixels: [UInt8]
    var size: [Int]
    var index: Int
    var targets: [DetectionTarget]
    var keypoints: [SIMD3<Float>]
    var masks: [[UInt8]]
    var labels: [ClassificationTarget]

    static func all(of batch: Batch) -> [Picture] {
        let bytes = batch.width * batch.height * 3
        let rows = batch.targets.isEmpty ? 0 : batch.keypoints.count / batch.targets.count
        return (0..<batch.count).map { image in
            let own = batch.targets.indices.filter { batch.targets[$0].image == image }
            func alone(_ target: DetectionTarget) -> DetectionTarget {
                var target = target
                target.image = 0
                return target
            }
            return Picture(
                pixels: batch.withUnsafeBytes { Array($0[image * bytes..<(image + 1) * bytes]) },
                size: [batch.width, batch.height], index: batch.indices[image],
                targets: own.map { alone(batch.targets[$0]) },
                keypoints: own.flatMap { batch.keypoints[$0 * rows..<($0 + 1) * rows] },
                masks: batch.masks.isEmpty
                    ? []
                    : own.map { index in
                        let window = batch.masks.windows[index]
                        return Array(batch.masks.bytes[window.offset..<window.offset + window.width * window.height])
                    },
                labels: batch.labels.filter { $0.image == image }
                    .map { ClassificationTarget(image: 0, label: $0.label, share: $0.share) })
        }
    }
}

private func pictures(_ epoch: LoaderEpoch) throws -> [[Picture]] {
    var result: [[Picture]] = []
    while let batch = try epoch.next() { result.append(Picture.all(of: batch)) }
    return result
}

/// How many cells are inside.
private func count(_ cells: ArraySlice<UInt8>) -> Int { cells.count { $0 == 1 } }

@Suite struct TaskLoaderTests {
    @Test(arguments: Kind.allCases)
    fileprivate func `an epoch taken up in the middle goes on as it would have, on any number of threads`(
        kind: Kind
    ) throws {
        let whole = try pictures(kind.loader().epoch(3))
        #expect(whole.count == (try kind.loader().stepsPerEpoch) && whole.count > 3)
        for (step, threads) in [(0, 1), (2, 3), (whole.count - 1, 2), (whole.count + 3, 1)] {
            let loader = try kind.loader {
                $0.threads = threads; $0.cacheBytes = threads == 3 ? 0 : 1 << 20
            }
            #expect(try pictures(loader.epoch(3, from: step)) == Array(whole.dropFirst(step)))
        }
        if kind.isTraining { #expect(try pictures(kind.loader().epoch(4)) != whole) }
    }

    @Test(arguments: Kind.allCases.filter(\.isTraining), [2, 3, 5])
    fileprivate func `processes together make what one makes`(kind: Kind, count: Int) throws {
        let whole = try pictures(kind.loader { $0.batchSize = 10 }.epoch(1))
        let parts = try (0..<count).map { rank in
            try pictures(
                kind.loader {
                    $0.batchSize = 10; $0.shard = Shard(rank: rank, count: count)
                }.epoch(1))
        }
        #expect(parts.allSatisfy { $0.count == whole.count })
        for step in whole.indices {
            let together = parts.flatMap { $0[step] }
            #expect(Array(together.prefix(whole[step].count)) == whole[step])
            #expect(together.count == max(whole[step].count, count))
        }
    }

    @Test func `a last batch of too few images begins again`() throws {
        let parts = try (0..<4).map { rank in
            try pictures(
                Kind.detect.loader {
                    $0.batchSize = 11; $0.shard = Shard(rank: rank, count: 4)
                }.epoch(0))
        }
        #expect(parts.map(\.count) == [3, 3, 3, 3] && parts.map { $0[2].count } == [1, 1, 1, 1])
        let first = try pictures(Kind.detect.loader { $0.batchSize = 11 }.epoch(0))
        #expect(parts[1][2] == Array(first[0].prefix(1)))
    }

    @Test(arguments: Kind.allCases.filter { !$0.isTraining }, [2, 3])
    fileprivate func `processes evaluate each image once`(kind: Kind, count: Int) throws {
        let whole = try pictures(kind.loader().epoch(0))
        let loaders = try (0..<count).map { rank in try kind.loader { $0.shard = Shard(rank: rank, count: count) } }
        let parts = try loaders.map { try pictures($0.epoch(0)) }
        #expect(zip(loaders, parts).allSatisfy { $0.stepsPerEpoch == $1.count })
        for (step, batch) in whole.enumerated() { #expect(parts[step % count][step / count] == batch) }
        let total: Int = parts.map(\.count).reduce(0, +)
        #expect(total == whole.count)
    }

    @Test func `masks say which cells' centres an outline surrounds`() throws {
        let loader = try BatchLoader(
            evaluating: .segment, dataset: Figures(), indices: all, settings: settings { $0.rectangular = true })
        let epoch = loader.epoch(0)
        while let batch = try epoch.next() {
            #expect(batch.masks.windows.count == batch.targets.count)
            for (target, window) in zip(batch.targets, batch.masks.windows) {
                let letterbox = batch.letterboxes[target.image]
                let object = Figures().annotations(of: batch.indices[target.image])[0]
                let mask = try #require(object.region).mask(size: Figures().size(of: batch.indices[target.image])!)
                let cells = batch.masks.bytes[window.offset..<window.offset + window.width * window.height]
                let area = Double(mask.area) * Double(letterbox.scale * letterbox.scale) / 16
                let difference: Double = Double(count(cells)) - area
                #expect(abs(difference) < 6)
                let left: Float = (target.centerX - target.width / 2) * Float(batch.width)
                let right: Float = (target.centerX + target.width / 2) * Float(batch.width)
                #expect(Float(window.left * 4) <= left + 0.01)
                #expect(Float((window.left + window.width) * 4) >= right - 0.01)
                #expect(window.left + window.width <= batch.width / 4)
                #expect(window.top + window.height <= batch.height / 4)
            }
        }
    }

    @Test func `a hole stays a hole, and parts that overlap stay whole`() {
        var masks = InstanceMasks()
        let square = { (low: Double, high: Double) in
            [Point(low, low), Point(high, low), Point(high, high), Point(low, high)]
        }
        let ring = MaskOutline.joined([square(0, 32), square(8, 24)])
        let box = BoundingBox(minX: 0, minY: 0, maxX: 32, maxY: 32)
        masks.add(SceneObject(box, label: 0, shape: ObjectShape(outline: [ring])), in: ImageSize(square: 32))
        let parts = [square(0, 20), square(12, 32)]
        masks.add(SceneObject(box, label: 0, shape: ObjectShape(outline: parts)), in: ImageSize(square: 32))
        let (ringed, joined) = (count(masks.bytes.prefix(64)), count(masks.bytes.suffix(64)))
        #expect(ringed == 48)
        #expect(joined == 46)
    }

    @Test func `flips of keypoints without a table are an error that says what to do`() throws {
        func load(_ change: (inout AugmentationConfiguration) throws -> Void) throws -> BatchLoader {
            var augmentation = AugmentationConfiguration(flipHorizontal: 0)
            try change(&augmentation)
            return try BatchLoader(
                training: .pose, dataset: Figures(mirrored: []), indices: all, augmentation: augmentation,
                settings: settings())
        }
        _ = try load { _ in }
        let error = try #require(throws: LoaderError.self) { _ = try load { $0.flipHorizontal = 0.5 } }
        #expect(error.description.contains("fliplr: 0") && error.description.contains("keypoints.mirrored"))
        #expect(throws: LoaderError.self) { try load { $0.flipVertical = 0.1 } }
        #expect(throws: LoaderError.self) {
            try load { $0.transforms = try Pipeline("- D4", name: "last") }
        }
        #expect(throws: LoaderError.self) {
            try BatchLoader(
                cropping: Figures(mirrored: []), indices: all, augmentation: CropAugmentation(), settings: settings())
        }
    }

    @Test func `labels that do not say what the task learns are an error`() throws {
        let (figures, whole) = (Figures(), Figures(isWhole: true))
        func error(_ make: () throws -> BatchLoader) throws -> String {
            try #require(throws: LoaderError.self) { _ = try make() }.description
        }
        let augmentation = AugmentationConfiguration()
        #expect(
            try error {
                try BatchLoader(
                    classifying: figures, indices: all, augmentation: ClassificationAugmentation(),
                    settings: settings())
            }.contains("figure0.png"))
        for task in ObjectTask.allCases {
            #expect(
                try error {
                    try BatchLoader(
                        training: task, dataset: whole, indices: all, augmentation: augmentation, settings: settings())
                }.contains("train classify"))
        }
        #expect(
            try error {
                try BatchLoader(
                    training: .detect, dataset: figures, indices: all, augmentation: augmentation,
                    settings: settings { $0.rectangular = true })
            }.contains("mosaic: 0"))
    }

    @Test func `rectangular batches are no larger than they need`() throws {
        for kind in [Kind.rectangular, .evaluateRectangular] {
            let epoch = try kind.loader { $0.imageSize = 96 }.epoch(0)
            while let batch = try epoch.next() {
                let sizes = batch.indices.map { Figures().size(of: $0)!.scaled(longerSide: 96) }
                #expect(batch.width % 32 == 0 && batch.height % 32 == 0)
                let (width, height) = (sizes.map(\.width).max() ?? 0, sizes.map(\.height).max() ?? 0)
                #expect((width..<width + 32).contains(batch.width))
                #expect((height..<height + 32).contains(batch.height))
            }
        }
    }

    @Test func `sides of batches are drawn in steps of 32`() throws {
        var seen = Set<Int>()
        for index in 0..<6 {
            let epoch = try Kind.multiScale.loader { $0.imageSize = 64 }.epoch(index)
            while let batch = try epoch.next() { seen.insert(batch.width) }
        }
        #expect(seen == [32, 64, 96])
    }

    @Test func `images of rare classes come more often`() throws {
        let labels: [Set<Int>] = (0..<100).map { $0 < 4 ? [0, 1] : [0] }
        #expect(EpochSampler.repeats(of: labels, threshold: 0.16)[0] == 2)
        let sampler = EpochSampler(imageCount: 100, sampling: .repeatFactor, threshold: 0.08) { labels[$0] }
        let expected = 96 + 4 * 2.0.squareRoot()
        var counts = [Int](repeating: 0, count: 100)
        for epoch in 0..<200 {
            let places = sampler.places(seed: 1, epoch: epoch)
            #expect(places.count == sampler.placeCount && Set(places.map(\.sample)).count == places.count)
            for place in places { counts[place.position] += 1 }
        }
        #expect(sampler.placeCount == Int(expected.rounded()))
        let shown: Int = counts[..<4].reduce(0, +)
        let mean: Double = Double(shown) / 800
        #expect(abs(mean - 2.0.squareRoot()) < 0.08)
        #expect(counts[4...].allSatisfy { (190...215).contains($0) })
        let balanced = EpochSampler(imageCount: 100, sampling: .classBalanced, threshold: 1) { labels[$0] }
        let rare = (0..<50).flatMap { balanced.places(seed: 2, epoch: $0) }.count { $0.position < 4 }
        let share: Double = Double(rare) / 5000
        #expect(abs(share - 0.52) < 0.03)
    }

    @Test func `crops lead back to their images`() throws {
        let epoch = try Kind.evaluateCrops.loader().epoch(0)
        var count = 0
        while let batch = try epoch.next() {
            for (place, crop) in batch.crops.enumerated() {
                let object = Figures().annotations(of: batch.indices[place])[crop.object]
                for (row, landmark) in zip(batch.keypoints[place * 3..<place * 3 + 3], object.keypoints) {
                    let point = crop.toImage(Point(Double(row.x) * 48, Double(row.y) * 64))
                    let apart = point - landmark.position
                    #expect(abs(apart.x) < 1e-3)
                    #expect(abs(apart.y) < 1e-3)
                    #expect(Int(row.z) == landmark.visibility.rawValue)
                }
                // The box is enlarged by 1.25 along the side that decides.
                let target = batch.targets[place]
                let longer: Float = max(target.width, target.height)
                #expect(abs(longer - 0.8) < 1e-4)
            }
            count += batch.count
        }
        #expect(count == 22)
    }

    @Test func `mixed classes share what their images do`() throws {
        let epoch = try Kind.classify.loader { $0.batchSize = 5 }.epoch(0)
        while let batch = try epoch.next() {
            for image in 0..<batch.count {
                let own = batch.labels.filter { $0.image == image }
                let sum: Float = own.map(\.share).reduce(0, +)
                #expect(abs(sum - 1) < 1e-6)
                #expect(own.count == 1 || own.count == 2)
            }
        }
    }

    @Test func `drawings show a batch`() throws {
        let epoch = try Kind.pose.loader().epoch(0)
        let batch = try #require(try epoch.next())
        #expect(batch.drawings(classes: Figures().classes, width: 128).count == 4)
    }
}

@Suite struct KeypointDescriptionTests {
    private static let table = """
        scorer,me,me,me,me
        bodyparts,left,left,right,right
        coords,x,y,x,y
        a.png,4,5,20,9
        """

    private func prepare(_ yaml: String) throws -> PreparedDataset {
        let folder = try TemporaryFolder()
        try folder.write(testImage(1).pngData(), "source/a.png")
        try folder.write(Self.table, "source/table.csv")
        try folder.write(
            "name: mice\nsource: {format: keypoints, path: source, annotations: table.csv}\n"
                + "splits: {method: random, train: 1, val: 0, test: 0}\n" + yaml, "dataset.yaml")
        return try folder.prepare().dataset
    }

    @Test func `a description completes the skeleton and its sigmas`() throws {
        let plain = try prepare("")
        let error = try #require(throws: DatasetError.self) { try plain.keypointSigmas() }
        #expect(error.description.contains("keypoints.sigmas"))
        let described = try prepare("keypoints: {mirrored: [1, 0], skeleton: [[0, 1]], sigmas: [0.05, 0.1]}\n")
        #expect(try described.keypointSigmas() == [0.05, 0.1])
        #expect(described.classes[0].mirrored == [1, 0] && described.classes[0].skeleton == [SIMD2(0, 1)])
        #expect(try prepare("keypoints: {sigmas: uniform}\n").keypointSigmas() == [0.5, 0.5])
        #expect(described.id != plain.id)
    }

    @Test(arguments: [
        "{mirrored: [1, 1]}", "{sigmas: coco}", "{sigmas: [0.1]}", "{sigmas: most}", "{sigmas: [0.1, -1]}",
        "{names: [a, a]}", "{names: [a, b, c]}", "{skeleton: [[0]]}", "{sigma: coco}",
    ])
    func `what does not fit is an error`(keypoints: String) throws {
        #expect(throws: (any Error).self) { try prepare("keypoints: \(keypoints)\n") }
    }
}
