import ApusVision
import Testing
@testable import ApusMetrics

@Suite struct OrientedEvaluatorTests {
    struct Golden: Decodable {
        struct Example: Decodable {
            var images, classes: Int
            /// image, class, centre x, centre y, width, height, angle, crowd or score.
            var truths, detections: [[Double]]
            var stats: [Double]
        }
        /// Two rectangles and shapely's overlap.
        var pairs: [[Double]]
        var cases: [Example]
    }

    private static let loaded = Result { try golden("oriented.json", as: Golden.self) }

    private func rectangle(_ row: ArraySlice<Double>) -> OrientedRectangle {
        let values = Array(row)
        return OrientedRectangle(
            centerX: values[0], centerY: values[1], width: values[2], height: values[3], angle: values[4])
    }

    @Test func `overlaps equal shapely's`() throws {
        for pair in try Self.loaded.get().pairs {
            let (a, b) = (rectangle(pair[0..<5]), rectangle(pair[5..<10]))
            #expect(abs(intersectionOverUnion(a, b) - pair[10]) < 1e-9)
            #expect(abs(intersectionOverUnion(b, a) - pair[10]) < 1e-9)
        }
    }

    @Test func `overlaps do not change when both move, turn and grow`() throws {
        for (index, pair) in try Self.loaded.get().pairs.enumerated() {
            let scale = 0.1 + Double(index % 7)
            let moved = [rectangle(pair[0..<5]), rectangle(pair[5..<10])].map {
                OrientedRectangle(
                    centerX: -$0.centerY * scale + 1000, centerY: $0.centerX * scale - 500, width: $0.width * scale,
                    height: $0.height * scale, angle: $0.angle + .pi / 2)
            }
            #expect(abs(intersectionOverUnion(moved[0], moved[1]) - pair[10]) < 1e-9)
        }
    }

    private func evaluator(_ example: Golden.Example, images: some Sequence<Int>) throws -> OrientedEvaluator {
        var evaluator = OrientedEvaluator(classNames: (0..<example.classes).map { "\($0)" })
        for image in images {
            try evaluator.add(
                imageID: image,
                truths: example.truths.filter { Int($0[0]) == image }.map {
                    LabeledRectangle(rectangle($0[2..<7]), label: Int($0[1]), isCrowd: $0[7] == 1)
                },
                detections: example.detections.filter { Int($0[0]) == image }.map {
                    DetectedRectangle(rectangle($0[2..<7]), label: Int($0[1]), score: Float($0[7]))
                })
        }
        return evaluator
    }

    @Test func `equals pycocotools over shapely's overlaps in all twelve numbers`() throws {
        for example in try Self.loaded.get().cases {
            let metrics = try evaluator(example, images: 1...example.images).evaluate()
            for (ours, theirs) in zip(metrics.stats, example.stats) { #expect(abs((ours ?? -1) - theirs) < 1e-12) }
        }
    }

    @Test func `does not depend on the order of images or on merging`() throws {
        for example in try Self.loaded.get().cases {
            let whole = try evaluator(example, images: 1...example.images).evaluate()
            #expect(try evaluator(example, images: (1...example.images).reversed()).evaluate(threads: 1) == whole)
            var first = try evaluator(example, images: 1...2)
            try first.merge(evaluator(example, images: 3...example.images))
            #expect(first.evaluate() == whole)
        }
    }

    @Test func `refuses what cannot be evaluated`() throws {
        var evaluator = OrientedEvaluator(classNames: ["a"])
        let turned = OrientedRectangle(centerX: 1, centerY: 1, width: 2, height: 2, angle: .infinity)
        #expect(throws: EvaluationError.notANumber(field: "box", entry: "image 1, ground truth")) {
            try evaluator.add(imageID: 1, truths: [LabeledRectangle(turned, label: 0)], detections: [])
        }
        let upright = OrientedRectangle(centerX: 1, centerY: 1, width: 2, height: 2, angle: 0)
        #expect(throws: EvaluationError.labelOutOfRange(3, classes: 1, imageID: 1)) {
            try evaluator.add(imageID: 1, truths: [], detections: [DetectedRectangle(upright, label: 3, score: 1)])
        }
        #expect(evaluator.imageCount == 0)
    }
}
