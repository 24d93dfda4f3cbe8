import ApusCore
import ApusVision
import Testing
@testable import ApusMetrics

/// Images with objects at random places and detections near them, elsewhere and twice; no two scores are equal.
struct RandomScenes {
    struct Scene {
        var truths: [LabeledBox]
        var detections: [Detection]
    }
    var scenes: [Scene] = []
    static let classNames = ["cat", "dog", "bird", "none"]

    init(seed: UInt64, count: Int) {
        var random = RandomStream(seed: seed)
        for _ in 0..<count { scenes.append(Self.scene(&random)) }
    }

    private static func scene(_ random: inout RandomStream) -> Scene {
        var scene = Scene(truths: [], detections: [])
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let box = Self.box(&random)
            let label = Int.random(in: 0..<3, using: &random)
            scene.truths.append(LabeledBox(box, label: label, isCrowd: Int.random(in: 0..<8, using: &random) == 0))
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let shift = Float.random(in: 0..<8, using: &random)
                let near = BoundingBox(
                    minX: box.minX + shift, minY: box.minY, maxX: box.maxX + shift / 2, maxY: box.maxY)
                scene.detections.append(Detection(near, label: label, score: .random(in: 0..<1, using: &random)))
            }
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let label = Int.random(in: 0..<4, using: &random)
            scene.detections.append(
                Detection(Self.box(&random), label: label, score: .random(in: -0.1..<1, using: &random)))
        }
        return scene
    }

    private static func box(_ random: inout RandomStream) -> BoundingBox {
        let (x, y) = (Float.random(in: 0..<80, using: &random), Float.random(in: 0..<80, using: &random))
        let size = Float.random(in: 4..<60, using: &random)
        return BoundingBox(minX: x, minY: y, maxX: x + size, maxY: y + size)
    }

    /// The scenes under weights: image `i` as `1000 · i` and so on.
    func evaluator(_ profile: EvaluationProfile, weights: [Int]? = nil) throws -> DetectionEvaluator {
        var evaluator = DetectionEvaluator(classNames: Self.classNames, profile: profile)
        for (index, scene) in scenes.enumerated() {
            for copy in 0..<(weights?[index] ?? 1) {
                try evaluator.add(
                    imageID: index * 1000 + copy, width: 150, height: 150, truths: scene.truths,
                    detections: scene.detections)
            }
        }
        return evaluator
    }
}

@Suite struct MatchedResultsTests {
    private func check(_ sampled: SampledMetrics, _ metrics: some TaskMetrics) {
        let values = metrics.values
        #expect(!sampled.values.isEmpty || values.isEmpty)
        for (name, value) in sampled.values { #expect(values[name] == value, "\(name)") }
        for name in ["mAP50", "mAP50-95", "F1", "precision", "recall", "AP/cat", "AP50/dog", "AP/none", "AR-100"]
        where sampled.values[name] == nil {
            #expect(values[name] == nil, "\(name)")
        }
    }

    @Test(arguments: [UInt64](0..<12), EvaluationProfile.allCases)
    func `weights of one give the evaluation's own numbers`(seed: UInt64, profile: EvaluationProfile) throws {
        let (metrics, matches) = try RandomScenes(seed: seed, count: 12).evaluator(profile).evaluateWithMatches()
        let sampled = matches.metrics(weights: Array(repeating: 1, count: 12))
        check(sampled, metrics)
        #expect(sampled.instances == metrics.perClass.map(\.instances))
        #expect(sampled.imageCount == 12)
    }

    @Test(arguments: [UInt64](0..<12), EvaluationProfile.allCases)
    func `weights of zero and one give the numbers of that part`(seed: UInt64, profile: EvaluationProfile) throws {
        let scenes = RandomScenes(seed: seed, count: 12)
        let weights = (0..<12).map { ($0 &* 7 &+ Int(seed)) % 3 == 0 ? 0 : 1 }
        let matches = try scenes.evaluator(profile).evaluateWithMatches().matches
        let part = try scenes.evaluator(profile, weights: weights).evaluate()
        check(matches.metrics(weights: weights), part)
        let ids = weights.indices.filter { weights[$0] == 1 }.map { $0 * 1000 }
        let slice = ImageSlice(name: "part", imageIDs: ids.reversed() + ids)
        #expect(try matches.metrics(on: slice) == matches.metrics(weights: weights))
    }

    @Test(arguments: [UInt64](0..<12), EvaluationProfile.allCases)
    func `whole weights give the numbers of repeated images`(seed: UInt64, profile: EvaluationProfile) throws {
        let scenes = RandomScenes(seed: seed, count: 10)
        let weights = (0..<10).map { ($0 &* 5 &+ Int(seed)) % 4 }
        let matches = try scenes.evaluator(profile).evaluateWithMatches().matches
        check(matches.metrics(weights: weights), try scenes.evaluator(profile, weights: weights).evaluate())
    }

    @Test(arguments: try GoldenCase.all.filter { $0.name != "ties" })
    func `sets with crowds, empty classes and extremes agree too`(example: GoldenCase) throws {
        var evaluator = DetectionEvaluator(classNames: example.categories.sorted().map { "\($0)" })
        let classes = example.categories.sorted()
        func box(_ row: ArraySlice<Double>) -> BoundingBox {
            let values = row.map(Float.init)
            return BoundingBox(
                minX: values[0], minY: values[1], maxX: values[0] + values[2], maxY: values[1] + values[3])
        }
        for image in example.images {
            try evaluator.add(
                imageID: image, width: 640, height: 480,
                truths: example.truths.filter { Int($0[1]) == image }.compactMap { row in
                    classes.firstIndex(of: Int(row[2])).map {
                        LabeledBox(box(row[3...6]), label: $0, isCrowd: row[8] == 1)
                    }
                },
                detections: example.detections.filter { Int($0[0]) == image }.compactMap { row in
                    classes.firstIndex(of: Int(row[1])).map {
                        Detection(box(row[2...5]), label: $0, score: Float(row[6]))
                    }
                })
        }
        let (metrics, matches) = evaluator.evaluateWithMatches()
        check(matches.metrics(weights: Array(repeating: 1, count: example.images.count)), metrics)
    }

    /// Few classes and many images: threads share the images of one class.
    @Test(arguments: EvaluationProfile.allCases)
    func `any number of threads gives the same matches`(profile: EvaluationProfile) throws {
        let scenes = try RandomScenes(seed: 3, count: 300).evaluator(profile)
        let (metrics, matches) = scenes.evaluateWithMatches(threads: 1)
        for threads in [4, 32] {
            let other = scenes.evaluateWithMatches(threads: threads)
            #expect(other.metrics == metrics && other.matches == matches)
        }
    }

    @Test func `an image that was not evaluated is in no slice`() throws {
        let matches = try RandomScenes(seed: 1, count: 3).evaluator(.coco).evaluateWithMatches().matches
        #expect(throws: EvaluationError.unknownImage(7, entry: "slice dark")) {
            try matches.metrics(on: ImageSlice(name: "dark", imageIDs: [0, 7]))
        }
    }

    @Test func `images without any weight have no numbers`() throws {
        let matches = try RandomScenes(seed: 1, count: 3).evaluator(.coco).evaluateWithMatches().matches
        let nothing = matches.metrics(weights: [0, 0, 0])
        #expect(nothing.values.isEmpty)
        #expect(nothing.imageCount == 0)
        let empty = DetectionEvaluator(classNames: ["a"]).evaluateWithMatches().matches
        #expect(empty.metrics(weights: []).values.isEmpty)
    }
}

@Suite struct ClassifiedResultsTests {
    /// Six images of eight classes, whose third is never there.
    private func evaluator(_ weights: [Int]) throws -> ClassificationEvaluator {
        var random = RandomStream(seed: 4)
        var evaluator = ClassificationEvaluator(classNames: (0..<8).map { "class \($0)" })
        for (index, weight) in weights.enumerated() {
            let scores = (0..<8).map { _ in Float.random(in: 0..<1, using: &random) }
            let label = [0, 1, 3, 4, 0, 7][index % 6]
            for copy in 0..<weight {
                try evaluator.add(imageID: index * 100 + copy, probabilities: scores, label: label)
            }
        }
        return evaluator
    }

    @Test(arguments: [[1, 1, 1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0, 0, 1], [3, 0, 2, 1, 0, 5, 1, 1]])
    func `weights give the numbers of repeated images`(weights: [Int]) throws {
        let matches = try evaluator(Array(repeating: 1, count: 8)).evaluateWithMatches().matches
        let sampled = matches.metrics(weights: weights)
        let values = try evaluator(weights).evaluate().values
        for name in Set(values.keys).union(sampled.values.keys) {
            guard let value = values[name], let own = sampled[name] else {
                Issue.record("\(name): \(values[name] ?? .nan) and \(sampled[name] ?? .nan)")
                continue
            }
            if name == "ECE" { #expect(abs(value - own) < 1e-12) } else { #expect(value == own, "\(name)") }
        }
        #expect(sampled.instanceCount == weights.reduce(0, +))
    }
}
