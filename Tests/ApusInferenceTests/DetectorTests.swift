import ApusCore
import ApusONNX
import ApusRuntime
import ApusVision
import Testing
@testable import ApusInference

@Suite struct DetectorTests {
    private let white = Image(width: 64, height: 64, color: [255, 255, 255])

    private func box(_ x: Float, _ y: Float, _ width: Float, _ height: Float) -> BoundingBox {
        BoundingBox(minX: x, minY: y, maxX: x + width, maxY: y + height)
    }

    @Test func `boxes come back in pixels of the image, overlaps gone`() throws {
        let detections = try Detector(model: TinyModel.detector(), file: "tiny").detections(in: white)
        #expect(detections.map(\.box) == [box(16, 24, 32, 16), box(48, 0, 16, 16)])
        #expect(detections.map(\.label) == [0, 1])
        #expect(zip(detections, [1, 0.5] as [Float]).allSatisfy { abs($0.score - $1) < 1e-5 })
    }

    @Test func `a wide image lies between padding, and finds on it are cut away`() throws {
        let wide = Image(width: 64, height: 32, color: [255, 255, 255])
        let detections = try Detector(model: TinyModel.detector(), file: "tiny").detections(in: wide)
        #expect(detections.map(\.box) == [box(16, 8, 32, 16)])
        #expect(abs(detections[0].score - (1 + 114 / 255) / 2) < 1e-5)
    }

    @Test func `thresholds and the limit hold`() throws {
        let model = TinyModel.detector()
        let sure = try Detector(model: model, file: "tiny", options: .init(confidenceThreshold: 0.6))
        #expect(try sure.detections(in: white).count == 1)
        let lenient = try Detector(model: model, file: "tiny", options: .init(iouThreshold: 0.95))
        #expect(try lenient.detections(in: white).count == 3)
        let first = try Detector(model: model, file: "tiny", options: .init(maximumDetections: 1))
        #expect(try first.detections(in: white).map(\.label) == [0])
    }

    @Test func `a model without metadata, or for another task, says so`() {
        #expect(throws: InferenceError.description(file: "m", .missing(key: "apus.task"))) {
            try Detector(model: TinyModel.detector(metadata: [:]), file: "m")
        }
        #expect(throws: InferenceError.task(file: "m", expected: .detect, found: .classify)) {
            try Detector(model: TinyModel.classifier(), file: "m")
        }
    }

    @Test func `metadata that contradict the graph say so`() {
        let other = TinyModel.description(.detect, side: 64).metadata
        let expected = InferenceError.signature(
            file: "m", expected: "an input of [1, 3, 64, 64]", found: "[any, 3, 32, 32]")
        #expect(throws: expected) { try Detector(model: TinyModel.detector(metadata: other), file: "m") }
        var description = TinyModel.description(.detect)
        description.labels.append("hat")
        #expect(throws: InferenceError.self) {
            try Detector(model: TinyModel.detector(metadata: description.metadata), file: "m").detections(in: white)
        }
    }

    @Test func `a file that is no model says so`() {
        let error = #expect(throws: InferenceError.self) { try Detector(contentsOf: #filePath) }
        #expect(error?.description.contains("DetectorTests.swift") == true)
    }
}

@Suite struct ClassifierTests {
    @Test func `likeliest first`() throws {
        let classifier = try Classifier(model: TinyModel.classifier(), file: "tiny")
        let bright = try classifier.classifications(in: Image(width: 30, height: 20, color: [204, 204, 204]))
        #expect(bright.map(\.label) == [1, 0])
        #expect(abs(bright[0].score - 0.8) < 1e-5)
        let dark = try classifier.classifications(in: Image(width: 5, height: 9, color: [0, 0, 0]), count: 1)
        #expect(dark == [Classification(label: 0, score: 1)])
    }
}

@Suite struct PredictionTests {
    @Test func `JSON is COCO's, in a fixed order`() {
        let box = BoundingBox(minX: 1.5, minY: 2, maxX: 4, maxY: 10)
        let prediction = Prediction(
            image: "a \"b\"\n.jpg", width: 8, height: 16, result: .detections([Detection(box, label: 1, score: 0.75)]),
            milliseconds: 1.23456)
        let text = prediction.json(labels: LabelMap(names: TinyModel.labels)).text
        let start = #"{"image": "a \"b\"\n.jpg", "width": 8, "height": 16, "detections": ["#
        let detection = #"{"category_id": 1, "category_name": "boot", "bbox": [1.5, 2.0, 2.5, 8.0], "score": 0.75}"#
        #expect(text == start + detection + #"], "milliseconds": 1.235}"#)
    }

    @Test func `what JSON cannot say is null, and control characters are escaped`() {
        let all = JSONText.array([.number(.nan), .float(.infinity), .null, .string("\u{1}\\é"), .integer(-3)])
        #expect(all.text == #"[null, null, null, "\u0001\\é", -3]"#)
    }
}
