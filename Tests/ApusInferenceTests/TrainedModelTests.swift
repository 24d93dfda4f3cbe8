import ApusCore
import ApusVision
import Testing

@testable import ApusInference

private let shared = FileSystem.folder(of: #filePath) + "/../../../shared"

/// Models that others trained, where they are at hand: from a photograph's file to what onnxruntime and NumPy find.
@Suite(.enabled(if: FileSystem.exists(shared + "/weights") && FileSystem.exists(shared + "/data/raccoon")))
struct TrainedModelTests {
    @Test func `results are onnxruntime's`() throws {
        let goldens = try Golden.read("trained.json")
        #expect(goldens.count == 20)
        var predictors = [String: Predictor]()
        for (name, expected) in goldens {
            let words = name.split(separator: " ").map(String.init)
            let predictor =
                try predictors[words[0]]
                ?? Predictor(
                    contentsOf: "\(shared)/weights/\(words[0]).onnx",
                    options: .init(sidecar: Golden.folder + "trained/\(words[0]).yaml", threads: 2))
            predictors[words[0]] = predictor
            let isOurs = words[1].hasSuffix(".png")
            let image = try Image(
                contentsOf: isOurs ? Golden.folder + words[1] : "\(shared)/data/raccoon/images/\(words[1])")
            // The largest photograph is 2000 pixels wide, six of them an input pixel.
            expect(try predictor.result(for: image), expected, pixels: 0.1, score: 2e-3)
        }
    }

    @Test(arguments: ["yolox_nano_coco_416", "yunet_n_320_320", "ultraface_rfb_320"])
    func `the detectors need no sidecar`(name: String) throws {
        let goldens = try Golden.read("trained.json")
        let predictor = try Predictor(contentsOf: "\(shared)/weights/\(name).onnx", options: .init(threads: 2))
        let image = try Image(contentsOf: "\(shared)/data/raccoon/images/raccoon-180.jpg")
        let expected = try #require(goldens["\(name) raccoon-180.jpg"])
        expect(try predictor.result(for: image), expected, pixels: 0.1, score: 2e-3)
    }
}
