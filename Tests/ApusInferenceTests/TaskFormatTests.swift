import ApusCore
import ApusVision
import Testing

@testable import ApusInference

/// Formats of the tasks beyond boxes, on numbers made by hand.
@Suite struct TaskFormatTests {
    private let placement = Placement(
        imageWidth: 64, imageHeight: 64, inputWidth: 64, inputHeight: 64, contentWidth: 64, contentHeight: 64)

    private func result(
        _ format: any OutputFormat, _ arrays: [NDArray], thresholds: Thresholds = .init(), classCount: Int? = 1
    ) throws(InferenceError) -> Prediction.Result {
        let names = arrays.indices.map { "output\($0)" }
        let outputs = ModelOutputs(
            file: "m", names: names, arrays: Dictionary(uniqueKeysWithValues: zip(names, arrays)))
        let context = DecodingContext(placement: placement, thresholds: thresholds, classCount: classCount)
        return try format.result(of: outputs, context)
    }

    /// One class; boxes of 4×4 on a grid of `count`, score 0.9, and `rest` behind it.
    private func table(_ count: Int, rest: [Float], score: Float = 0.9) -> NDArray {
        var values = [Float](repeating: 0, count: (5 + rest.count) * count)
        for anchor in 0..<count {
            let place: [Float] = [Float(anchor % 32) * 2 + 1, Float(anchor / 32 % 32) * 2 + 1, 4, 4, score]
            for (feature, value) in (place + rest).enumerated() { values[feature * count + anchor] = value }
        }
        return NDArray(values, shape: [1, 5 + rest.count, count])
    }

    private let prototypes = NDArray([Float](repeating: 1, count: 2 * 16 * 16), shape: [1, 2, 16, 16])

    @Test func `a mask fills its box where the mix is positive, to the image's border`() throws {
        guard case .segments(let found) = try result(V8SegmentFormat(), [table(1, rest: [1, 0.5]), prototypes]) else {
            Issue.record("no segments")
            return
        }
        #expect(found.count == 1 && found[0].box == BoundingBox(minX: 0, minY: 0, maxX: 3, maxY: 3))
        #expect(found[0].mask.area == 9)
        guard case .segments(let none) = try result(V8SegmentFormat(), [table(1, rest: [-1, 0.5]), prototypes]) else {
            return
        }
        #expect(none[0].mask.area == 0)
        #expect(Prediction(image: "", width: 64, height: 64, result: .segments(none), milliseconds: 0).yoloRows() == [])
    }

    @Test func `more objects than the limit are cut, best first, and without objects there are none`() throws {
        for (format, rest) in [(V8SegmentFormat(), [1, 1]), (V8OrientedFormat(), [0.3])]
            as [(any OutputFormat, [Float])]
        {
            let limits = Thresholds(confidence: 0.25, iou: 0.9, maximum: 300)
            let many = try result(format, [table(600, rest: rest), prototypes], thresholds: limits)
            #expect(many.finds.count == 300)
            #expect(try result(format, [table(600, rest: rest, score: 0.1), prototypes]).finds.isEmpty)
            #expect(try result(format, [table(600, rest: rest, score: .nan), prototypes]).finds.isEmpty)
            let all = try result(
                format, [table(600, rest: rest), prototypes], thresholds: Thresholds(iou: 0.9, maximum: 1000))
            #expect(all.finds.count == 600)
        }
    }

    @Test func `numbers that are none leave objects out, and masks empty`() throws {
        #expect(try result(V8OrientedFormat(), [table(5, rest: [.nan])]).finds.isEmpty)
        let segments = try result(V8SegmentFormat(), [table(1, rest: [.nan, 0]), prototypes]).finds
        #expect(segments.count == 1 && segments[0].mask?.area == 0)
        var format = V8Format()
        format.keypoints = 1
        guard case .poses(let poses) = try result(format, [table(1, rest: [.nan, 5, 0.9])]) else { return }
        #expect(poses.map(\.points) == [[PosePoint(x: 0, y: 0, score: 0)]])
    }

    @Test(
        arguments: [
            ([[1, 7, 6]], "prototypes"), ([[1, 7, 6], [1, 2, 16]], "prototypes"),
            ([[1, 7, 6], [2, 2, 4, 4]], "prototypes"),
            ([[1, 7, 6], [1, 0, 4, 4]], "prototypes"), ([[1, 7, 6], [1, 9, 4, 4]], "numbers an anchor"),
            ([[7], [1, 2, 4, 4]], "a table of numbers"), ([[2, 7, 6], [1, 2, 4, 4]], "a table of numbers"),
        ] as [([[Int]], String)])
    func `shapes that are no segmentation say what was expected`(shapes: [[Int]], expected: String) {
        let error = #expect(throws: InferenceError.self) {
            try result(V8SegmentFormat(), shapes.map { NDArray(zeros: Shape($0)) }, classCount: 1)
        }
        let text = error?.description ?? ""
        #expect(text.contains(expected) || text.contains("outputs") && expected == "prototypes", "\(text)")
    }

    @Test func `points lie where both axes agree, a flat or odd row says nothing`() throws {
        var columns = [Float](repeating: 0, count: 3 * 128), rows = columns
        (columns[31], rows[100]) = (0.8, 0.6)
        for index in 128..<256 { columns[index] = .nan }
        rows[128 + 7] = 5
        (columns[256], rows[256]) = (.infinity, 1)
        var format = SimCCFormat()
        (format.x, format.y) = ("output0", "output1")
        let arrays = [NDArray(columns, shape: [1, 3, 128]), NDArray(rows, shape: [1, 3, 128])]
        guard case .poses(let poses) = try result(format, arrays) else { return }
        let none = PosePoint(x: 0, y: 0, score: 0)
        #expect(poses.map(\.points) == [[PosePoint(x: 15.5, y: 50, score: 0.6), none, none]])
        #expect(throws: InferenceError.self) { try result(format, [arrays[0], NDArray(zeros: [1, 2, 128])]) }
        #expect(throws: InferenceError.self) { try result(format, [arrays[0], NDArray(zeros: [1, 3, 96])]) }
        format.activation = .softmax
        guard case .poses(let ours) = try result(format, arrays) else { return }
        #expect((0.1...0.5).contains(ours[0].points[0].score))
        format.sharpness = 10
        guard case .poses(let sharp) = try result(format, arrays) else { return }
        #expect((0.75...0.9).contains(sharp[0].points[0].score))
    }

    @Test func `classes of pixels come as scores, as one plane or as numbers`() throws {
        let map = { (array: NDArray) throws -> [UInt8] in
            guard case .classMap(let map) = try result(SemanticFormat(), [array], classCount: nil) else { return [] }
            return map.indices
        }
        let left = (0..<256).map { Float($0 % 16 < 8 ? 1 : -1) }
        let halves = (0..<4096).map { UInt8($0 % 64 < 32 ? 1 : 0) }
        for array in [
            NDArray(left, shape: [1, 1, 16, 16]), NDArray(left.map { -$0 } + left, shape: [1, 2, 16, 16]),
            NDArray(left.map { Int64(max($0, 0)) }, shape: [1, 16, 16]),
        ] {
            let isSame = try map(array) == halves
            #expect(isSame)
        }
        #expect(throws: InferenceError.self) { try map(NDArray(left.map { Int64($0) }, shape: [1, 16, 16])) }
        #expect(throws: InferenceError.self) { try map(NDArray(zeros: [1, 300, 4, 4])) }
        #expect(throws: InferenceError.self) { try map(NDArray(zeros: [2, 3, 4, 4])) }
    }

    @Test func `sidecars of the new formats read back as written`() throws {
        for text in [
            "decode: {format: v8-segment, prototypes: p}", "decode: {format: v8-obb, overlap: probabilistic}",
            "decode: {format: simcc, activation: softmax}\nkeypoints: {count: 2, names: [a, b], skeleton: [[0, 1]]}",
            "decode: {format: semantic, threshold: 0.5}",
        ] {
            let sidecar = try Sidecar(text: text, name: "m")
            let again = try Sidecar(text: sidecar.yaml(), name: "m")
            #expect(try again.yaml() == sidecar.yaml() && again.keypoints == sidecar.keypoints)
        }
    }
}

@Suite struct ResultTextTests {
    private func prediction(_ result: Prediction.Result) -> Prediction {
        Prediction(image: "7.jpg", width: 10, height: 20, result: result, milliseconds: 1)
    }

    private let labels = LabelMap(names: ["cell"])

    private var segment: Segment {
        var mask = RegionMask(imageWidth: 10, imageHeight: 20, left: 2, top: 4, width: 3, height: 3)
        for column in 0..<3 { mask.fill(column: column, 0..<3) }
        return Segment(BoundingBox(minX: 2, minY: 4, maxX: 5, maxY: 7), label: 0, score: 0.5, mask: mask)
    }

    private let pose = Pose(
        BoundingBox(minX: 0, minY: 0, maxX: 5, maxY: 10), label: 0, score: 0.5,
        points: [PosePoint(x: 1, y: 2, score: 0.75), PosePoint(x: 3, y: 4, score: 0.25)])

    private let turned = OrientedDetection(
        OrientedBox(centerX: 4, centerY: 5, width: 4, height: 2, angle: 0), label: 0, score: 0.5)

    @Test func `masks are runs, polygons, both or left out`() {
        let counts = JSONText.string(RunLengthMask(segment.mask).compressed).text
        let runs = #""segmentation": {"size": [20, 10], "counts": \#(counts)}"#
        let polygon = #""polygons": [[2.0, 4.0, 5.0, 4.0, 5.0, 7.0, 2.0, 7.0]]"#
        for form in MaskForm.allCases {
            let text = prediction(.segments([segment])).json(labels: labels, masks: form).text
            #expect(text.contains(runs) == (form == .rle || form == .both))
            #expect(text.contains(polygon) == (form == .polygons || form == .both), "\(text)")
        }
    }

    @Test func `points have names and scores, boxes at an angle corners`() {
        let layout = KeypointLayout(count: 2, names: ["nose"])
        let poses = prediction(.poses([pose])).json(labels: labels, keypoints: layout).text
        #expect(poses.contains(#""keypoints": [1.0, 2.0, 2.0, 0.0, 0.0, 0.0], "points": [{"name": "nose", "x": 1.0"#))
        #expect(poses.contains(#"{"name": "point 1", "x": 3.0, "y": 4.0, "score": 0.25}"#))
        let boxes = prediction(.oriented([turned])).json(labels: labels).text
        let center = #""obb": {"center": [4.0, 5.0], "size": [4.0, 2.0], "angle": 0.0}"#
        #expect(boxes.contains(center + #", "corners": [2.0, 4.0, 6.0, 4.0, 6.0, 6.0, 2.0, 6.0]"#))
    }

    @Test func `COCO's results and YOLO's rows`() throws {
        let coco = try #require(prediction(.poses([pose])).cocoResults(image: .integer(7)))
        let start = #"{"image_id": 7, "category_id": 0, "bbox": [0.0, 0.0, 5.0, 10.0], "score": 0.5, "#
        #expect(coco.map(\.text) == [start + #""keypoints": [1.0, 2.0, 0.75, 3.0, 4.0, 0.25]}"#])
        #expect(prediction(.poses([pose])).yoloRows() == ["0 0.25 0.25 0.5 0.5 0.1 0.1 2.0 0.0 0.0 0.0"])
        let polygon = "0 0.2 0.2 0.5 0.2 0.5 0.35 0.2 0.35"
        #expect(prediction(.segments([segment])).yoloRows(scores: true) == [polygon + " 0.5"])
        #expect(prediction(.oriented([turned])).yoloRows() == ["0 0.2 0.2 0.6 0.2 0.6 0.3 0.2 0.3"])
        let classes = prediction(.classMap(IndexImage(width: 10, height: 20, indices: .init(repeating: 1, count: 200))))
        #expect(classes.cocoResults(image: .integer(0)) == nil && classes.yoloRows() == nil)
        let counts =
            #""class_map": {"classes": [{"category_id": 1, "category_name": "class 1", "pixels": 200, "share": 1.0}]}"#
        #expect(classes.json(labels: labels).text.contains(counts))
    }
}
