import ApusCore
import Testing
@testable import ApusVision

@Suite struct NonMaximumSuppressionTests {
    private func box(_ x: Float, side: Float = 10) -> BoundingBox {
        BoundingBox(minX: x, minY: 0, maxX: x + side, maxY: side)
    }

    @Test func `the best of a heap survives, and other classes do not matter`() {
        let input = [
            Detection(box(0), label: 0, score: 0.5), Detection(box(1), label: 0, score: 0.9),
            Detection(box(1), label: 1, score: 0.3), Detection(box(50), label: 0, score: 0.2),
        ]
        #expect(nonMaximumSuppression(input, iouThreshold: 0.5) == [input[1], input[2], input[3]])
        #expect(nonMaximumSuppression(input, iouThreshold: 0.5, maximumDetections: 1) == [input[1]])
        #expect(nonMaximumSuppression([], iouThreshold: 0.5) == [])
    }

    @Test func `equal scores keep their order`() {
        let input = (0..<5).map { Detection(box(Float(20 * $0)), label: $0 % 2, score: 0.5) }
        #expect(nonMaximumSuppression(input, iouThreshold: 0.5) == input)
    }

    @Test func `suppression is idempotent and its result does not overlap`() {
        var stream = RandomStream(seed: 5)
        let input = (0..<300).map { _ in
            Detection(
                BoundingBox(
                    centerX: stream.uniform(in: 0...99), centerY: stream.uniform(in: 0...99),
                    width: stream.uniform(in: 1...40), height: stream.uniform(in: 1...40)),
                label: Int(stream.next() % 3), score: stream.uniform())
        }
        let kept = nonMaximumSuppression(input, iouThreshold: 0.4)
        #expect(nonMaximumSuppression(kept, iouThreshold: 0.4) == kept)
        for (index, a) in kept.enumerated() {
            for b in kept[(index + 1)...] where a.label == b.label {
                #expect(intersectionOverUnion(a.box, b.box) <= 0.4)
            }
        }
    }
}

@Suite struct DetectionDecoderTests {
    struct Golden: Decodable {
        let output: [Float]
        let anchors: Int
        let classes: Int
        let single, multi: [[Float]]
    }

    @Test(arguments: [false, true])
    func `equals the reference on a random output with ties`(multiLabel: Bool) throws {
        let golden: Golden = try Oracle.decode("decoder.json")
        let decoder = DetectionDecoder(classCount: golden.classes, iouThreshold: 0.45, multiLabel: multiLabel)
        let found = golden.output.withUnsafeBufferPointer { decoder.decode($0, anchors: golden.anchors) }
        let expected = multiLabel ? golden.multi : golden.single
        #expect(found.count == expected.count)
        for (detection, row) in zip(found, expected) {
            let anchor = Int(row[0])
            #expect(detection.label == Int(row[1]) && detection.score == row[2])
            #expect(abs(detection.box.centerX - golden.output[anchor]) < 1e-4)
            #expect(abs(detection.box.height - golden.output[3 * golden.anchors + anchor]) < 1e-4)
        }
    }

    @Test func `values that are no numbers are no detections`() {
        // Anchors: good, a NaN score, a NaN centre, an infinite width.
        let rows: [Float] = [10, 10, .nan, 10, 5, 5, 5, 5, 4, 4, 4, .infinity, 4, 4, 4, 4, 0.9, .nan, 0.9, 0.9]
        let decoder = DetectionDecoder(classCount: 1)
        let found = rows.withUnsafeBufferPointer { decoder.decode($0, anchors: 4) }
        #expect(found == [Detection(BoundingBox(minX: 8, minY: 3, maxX: 12, maxY: 7), label: 0, score: 0.9)])
    }

    @Test func `no anchors, no detections`() {
        let decoder = DetectionDecoder(classCount: 80)
        #expect(decoder.decode(UnsafeBufferPointer(start: nil, count: 0), anchors: 0) == [])
    }
}
