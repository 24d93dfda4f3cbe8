import Testing
@testable import ApusVision

@Suite struct RunLengthMaskTests {
    struct Golden: Decodable {
        let width, height, area: Int
        let bits, compressed: String
    }

    @Test func `equals pycocotools, both ways`() throws {
        for golden in try Oracle.decode("run-lengths.json") as [Golden] {
            let mask = Mask(width: golden.width, height: golden.height, bits: golden.bits.map { $0 == "1" })
            let runs = RunLengthMask(mask)
            #expect(runs.compressed == golden.compressed)
            #expect(mask.area == golden.area)
            let read = RunLengthMask(width: golden.width, height: golden.height, compressed: golden.compressed)
            #expect(read == runs && read?.mask == mask)
        }
    }

    @Test func `runs that do not fill the image are refused`() {
        #expect(RunLengthMask(width: 2, height: 2, counts: [1, 2]) == nil)
        #expect(RunLengthMask(width: 2, height: 2, counts: [1, 4]) == nil)
        #expect(RunLengthMask(width: 2, height: 2, counts: [5, -1]) == nil)
        #expect(RunLengthMask(width: 2, height: 2, counts: [.max, .max]) == nil)
        #expect(RunLengthMask(width: .max, height: 2, counts: [1]) == nil)
        #expect(RunLengthMask(width: 2, height: 2, counts: [1, 3]) != nil)
    }

    @Test(arguments: ["", "o", "~~", "oooooooooooooooooooo", " "])
    func `a malformed text is refused`(text: String) {
        #expect(RunLengthMask(width: 5, height: 5, compressed: text) == nil)
    }

    @Test func `an empty mask has no box`() {
        var mask = Mask(width: 4, height: 3)
        #expect(mask.boundingBox == nil)
        mask[1, 2] = true
        mask[3, 1] = true
        #expect(mask.boundingBox == BoundingBox(minX: 1, minY: 1, maxX: 4, maxY: 3))
    }
}

@Suite struct KeypointTests {
    @Test func `COCO's list goes there and back`() {
        let values: [Float] = [1, 2, 2, 0, 0, 0, 5, 6, 1]
        let points = Keypoints(coco: values)
        #expect(points?.coco == values)
        #expect(points?.markedCount == 2)
        #expect(points?.boundingBox == BoundingBox(minX: 1, minY: 2, maxX: 5, maxY: 6))
        #expect(Keypoints(coco: [1, 2]) == nil)
        #expect(Keypoints(coco: [1, 2, 3]) == nil)
        #expect(Keypoints(coco: [1, 2, .nan]) == nil)
    }

    @Test func `a point outside the image is absent`() {
        #expect(Keypoint(x: 5, y: 5).clipped(width: 6, height: 6) == Keypoint(x: 5, y: 5))
        #expect(Keypoint(x: 6, y: 5).clipped(width: 6, height: 6).visibility == .absent)
    }
}
