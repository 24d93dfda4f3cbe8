import ApusAugmentation
import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusDatasets

@Suite struct RecipeTests {
    private func folder(recipe: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.writeVOC(yaml: "recipe: \(recipe)\n")
        return folder
    }

    @Test func `no recipe leaves files as they came`() throws {
        let folder = try folder(recipe: "{}")
        let dataset = try folder.prepare().dataset
        withExtendedLifetime(dataset) { #expect(Array(dataset.storedImage(0)) == testJPEG(0)) }
    }

    @Test(arguments: [
        ("stretch", 20, 20, BoundingBox(minX: 0.5, minY: 2 / 1.5, maxX: 5.5, maxY: 8)),
        ("letterbox", 20, 20, BoundingBox(minX: 0.5, minY: 3, maxX: 5.5, maxY: 8)),
        ("fit", 20, 15, BoundingBox(minX: 0.5, minY: 1, maxX: 5.5, maxY: 6)),
        ("crop", 20, 20, BoundingBox(minX: 0, minY: 2 / 1.5, maxX: 13 / 3, maxY: 8)),
    ])
    func `each way of resizing moves boxes with the pixels`(
        mode: String, width: Int, height: Int, box: BoundingBox
    ) throws {
        let dataset = try folder(recipe: "{resize: {mode: \(mode), size: [20, 20]}, encoding: png}").prepare().dataset
        let record = dataset.record(0)
        #expect((record.width, record.height) == (width, height))
        let found = try #require(record.boxes.first { $0.label == 0 }).box
        for (a, b) in [(found.minX, box.minX), (found.minY, box.minY), (found.maxX, box.maxX), (found.maxY, box.maxY)] {
            #expect(abs(a - b) < 0.35, "\(mode): \(found)")
        }
    }

    @Test func `tiles cover the image, overlap, and keep what they show`() throws {
        let tiles = DatasetRecipe.Tiles()
        for (width, height) in [(640, 640), (641, 640), (1000, 700), (5000, 100), (1281, 1280)] {
            let windows = tiles.windows(of: ImageSize(width: width, height: height))
            #expect(windows.map(\.x).min() == 0 && windows.map { $0.x + $0.width }.max() == width)
            #expect(windows.map(\.y).min() == 0 && windows.map { $0.y + $0.height }.max() == height)
            let starts = Set(windows.map(\.x)).sorted()
            #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 <= 512 })
        }
        let folder = try folder(recipe: "{tiles: {size: [24, 24], overlap: 0.25, minimum_visible: 0.96}}")
        let dataset = try folder.prepare().dataset
        #expect(dataset.imageCount == 3 * 4)
        #expect(dataset.record(0).name == "image0-0-0.jpg")
        #expect(dataset.record(0).boxes.map(\.label) == [0])
    }

    /// One image that counts how often it is read.
    private final class CountedSource: DatasetSource {
        let count = Mutex(0)

        func listing() -> SourceListing {
            let samples = (0..<3).map { index in
                SourceSample(
                    name: "\(index).png",
                    content: .generated {
                        self.count.withLock { $0 += 1 }
                        return GeneratedSample(bytes: testImage(index).pngData(), labels: SourceLabels())
                    }, labelFile: "")
            }
            return SourceListing(classes: [AnnotationClass("a")], samples: samples, faults: [])
        }
    }

    @Test(arguments: [1, 4]) func `an image is decoded once for all its tiles`(threads: Int) throws {
        let source = CountedSource()
        var recipe = DatasetRecipe()
        recipe.tiles = DatasetRecipe.Tiles()
        recipe.tiles?.size = [16, 16]
        let tiles = try RecipeSource(source: source, recipe: recipe, seed: 0, threads: threads).listing().samples
        #expect(tiles.count == 3 * 9)
        // To learn its size.
        #expect(source.count.withLock { $0 } == 3)
        parallelFor(tiles.count, threads: threads) { _ = tiles[$0].generated }
        #expect(source.count.withLock { $0 } == 6)
    }

    @Test(arguments: ["random", "stratified", "grouped"])
    func `the tiles of an image go into one split`(method: String) throws {
        let folder = try TemporaryFolder()
        for index in 0..<20 { try folder.write(testJPEG(index), "source/\(index % 3)/\(index).jpg") }
        try folder.write(
            "name: x\nsource: {format: folders, path: source}\nsplits: {method: \(method), group: '.*'}\n"
                + "recipe: {tiles: {size: [16, 16]}}\n", "dataset.yaml")
        let dataset = try folder.prepare(strict: true).dataset
        let records = (0..<dataset.imageCount).map { dataset.record($0) }
        let byImage = Dictionary(grouping: records) { $0.name.prefix { $0 != "-" } }
        #expect(byImage.count == 20 && records.count == 180)
        for (name, tiles) in byImage { #expect(Set(tiles.map(\.split)).count == 1, "\(name)") }
        #expect(Set(records.map(\.split)).count > 1)
    }

    @Test func `windows move points and masks as they move pixels`() throws {
        var window = ImageWindow(whole: ImageSize(width: 40, height: 30))
        (window.x, window.y, window.width, window.height) = (10, 6, 20, 12)
        (window.scaled, window.canvas) = (ImageSize(width: 40, height: 24), ImageSize(width: 44, height: 30))
        (window.left, window.top) = (2, 3)
        #expect(window.apply(to: Point(15, 8)) == Point(12, 7))
        var mask = Mask(width: 40, height: 30)
        mask[15, 8] = true
        var annotation = Annotation(label: 0)
        annotation.region = .mask(RunLengthMask(mask))
        let moved = try #require(window.apply(to: annotation, size: ImageSize(width: 40, height: 30)))
        #expect(moved.region?.bounds == AnnotatedBox(minX: 12, minY: 7, maxX: 14, maxY: 9))
    }

    @Test func `classes are renamed, joined and dropped without a fault`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        try folder.write(
            "name: x\nsource: {format: voc, path: source}\nrecipe: {classes: {rename: {cat: animal, dog: animal}}}\n",
            "dataset.yaml")
        let joined = try folder.prepare(strict: true).dataset
        #expect(joined.classNames == ["animal"] && joined.boxes(0).count == 2)
        let dropped = try folder.prepare(
            overrides: ["recipe.classes.rename={}", "recipe.classes.drop=[dog]"], strict: true
        ).dataset
        #expect(dropped.classNames == ["cat"] && dropped.boxes(0).count == 1)
    }

    @Test func `a part of the images without objects is kept`() throws {
        let folder = try TemporaryFolder()
        var rows = "filename,label,xmin,ymin,xmax,ymax\n"
        for index in 0..<60 {
            try folder.write(testJPEG(index), "source/\(index).jpg")
            rows += "\(index).jpg,\(index < 20 ? "cat,1,2,11,12" : ",,,,")\n"
        }
        try folder.write(rows, "source/labels.csv")
        try folder.write(
            "name: x\nsource: {format: csv, path: source}\nsplits: {method: random}\nrecipe: {keep_empty: 0.25}\n",
            "dataset.yaml")
        let dataset = try folder.prepare(strict: true).dataset
        #expect((24...38).contains(dataset.imageCount))
        #expect(try folder.prepare(overrides: ["recipe.keep_empty=0"]).dataset.imageCount == 20)
    }

    @Test func `the version is a function of the recipe`() throws {
        let plain = try folder(recipe: "{}").prepare().id
        let resized = try folder(recipe: "{resize: {size: [32, 32]}}").prepare().id
        #expect(plain != resized)
        #expect(try resized == folder(recipe: "{resize: {size: [32, 32]}}").prepare().id)
    }

    @Test(arguments: ["{resize: {size: [3, 3]}}", "{keep_empty: 2}", "{tiles: {overlap: 1}}", "{resise: {}}"])
    func `a mistake is named`(recipe: String) throws {
        let folder = try folder(recipe: recipe)
        #expect(throws: ConfigurationError.self) { try folder.prepare() }
    }
}

@Suite struct StatisticsTests {
    @Test func `numbers are those of the labels`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let statistics = try DatasetStatistics.run(NamedDataset(folder.path + "/dataset.yaml"), threads: 2)
        #expect(statistics.images == 3 && statistics.objects == 6 && statistics.kinds == ["box": 6])
        #expect(
            statistics.classes.map(\.splits) == [
                ["train": 1, "val": 1, "test": 1], ["train": 1, "val": 1, "test": 1],
            ])
        #expect(statistics.commonSizes == ["40×30": 3])
        #expect(statistics.boxSizes.total == 6 && statistics.heatMap.boxes == 6)
        let covered = statistics.heatMap.cells.reduce(0, +) / 1024
        #expect(abs(covered - 3 * (100 + 285) / 1200.0) < 1e-9)
    }

    @Test func `a histogram counts every value once`() {
        var histogram = Histogram(edges: [0, 1, 2, 4])
        for value in [-1, 0, 0.5, 1, 3.9, 4, 100] { histogram.add(value) }
        #expect(histogram.counts == [3, 1, 3] && histogram.total == 7)
    }

    @Test func `the page shows pictures and escapes what comes from outside`() throws {
        let folder = try TemporaryFolder()
        try folder.write(testJPEG(1), "source/<b>&/1.jpg")
        try folder.write(testJPEG(2), "source/dog/2.jpg")
        let page = try StatisticsPage(NamedDataset(folder.path + "/source"), examples: 2, threads: 1).html()
        #expect(page.contains("&lt;b&gt;&amp;") && !page.contains("<b>&/1.jpg"))
        #expect(page.components(of: "data:image/jpeg;base64,") == 2)
        #expect(!page.contains("http"))
    }
}

extension String {
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
