import ApusCore
import Testing

@testable import ApusONNX

/// Real models, where they are at hand.
private let folder = FileSystem.folder(of: #filePath) + "/../../../shared/weights"

@Suite(.enabled(if: FileSystem.exists(folder))) struct TrainedModelTests {
    @Test(arguments: [
        ("yolox_nano_coco_416.onnx", true), ("yunet_n_320_320.onnx", true), ("ultraface_rfb_320.onnx", true),
        // Its height and width are open.
        ("ppocr_v2_angle_cls.onnx", false),
    ])
    func `trained models are read, checked, counted and written`(
        name: String, isStatic: Bool
    ) throws {
        let model = try Model(contentsOf: folder + "/" + name)
        try Checker.check(model)
        #expect(try Model(decoding: model.encoded()) == model)
        let summary = GraphSummary(model)
        #expect(summary.parameterCount > 50_000 && summary.parameterCount < 1_000_000)
        #expect((summary.floatingPointOperations != nil) == isStatic)
    }
}
