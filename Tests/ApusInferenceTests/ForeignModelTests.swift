import ApusCore
import ApusVision
import Testing

@testable import ApusInference

/// Small models of every format, against onnxruntime and NumPy.
@Suite struct ForeignModelTests {
    private let image: Image
    private let goldens: [String: [Golden]]

    init() throws {
        image = try Image(contentsOf: Golden.folder + "picture.png")
        goldens = try Golden.read("results.json")
    }

    static let names = [
        "v8", "v5", "pose", "yolox", "nanodet", "ultraface", "retinaface", "yunet", "detr", "rtdetr", "rows",
        "tensorflow",
        "sizes", "classifier", "half", "selected",
    ]

    private func model(_ name: String) -> String { Golden.folder + "models/\(name).onnx" }

    @Test(arguments: names)
    func `a sidecar says how a model is fed and read`(name: String) throws {
        let sidecar = Golden.folder + "sidecars/\(name).yaml"
        let predictor = try Predictor(contentsOf: model(name), options: .init(sidecar: sidecar, threads: 1))
        #expect(predictor.source == .sidecar(sidecar))
        expect(try predictor.result(for: image), try #require(goldens[name]), pixels: 2e-3, score: 1e-4)
    }

    @Test(arguments: [
        "v5", "yolox", "ultraface", "yunet", "detr", "rtdetr", "rows", "tensorflow", "sizes", "classifier", "selected",
    ])
    func `inputs and outputs of the usual forms tell by themselves`(name: String) throws {
        let options = Predictor.Options(iou: name == "v5" ? 0.45 : nil, threads: 1)
        let predictor = try Predictor(contentsOf: model(name), options: options)
        #expect(predictor.assumptions?.contains(predictor.sidecar.decode.format.rawValue) == true)
        expect(try predictor.result(for: image), try #require(goldens[name]), pixels: 2e-3, score: 1e-4)
        #expect(try predictor.sidecarText().hasPrefix("# A guess."))
    }

    @Test(arguments: ["v8", "pose"])
    func `Ultralytics' metadata tell`(name: String) throws {
        let predictor = try Predictor(contentsOf: model(name), options: .init(threads: 1))
        #expect(predictor.source == .metadata && predictor.assumptions == nil)
        expect(try predictor.result(for: image), try #require(goldens[name]), pixels: 2e-3, score: 1e-4)
        #expect(predictor.labels.names == (name == "v8" ? ["cat", "o'dog", "hén"] : ["person"]))
    }

    @Test(arguments: names)
    func `a written sidecar means the same`(name: String) throws {
        let sidecar = try Sidecar(contentsOf: Golden.folder + "sidecars/\(name).yaml")
        let text = try sidecar.yaml()
        let again = try Sidecar(text: text, name: "again")
        #expect(try again.yaml() == text)
        #expect(again.preprocess == sidecar.preprocess && again.labels == sidecar.labels)
    }

    @Test func `options stand above the sidecar`() throws {
        let sidecar = Golden.folder + "sidecars/yolox.yaml"
        let options = Predictor.Options(sidecar: sidecar, confidence: 0.9, maximum: 2, threads: 1)
        let predictor = try Predictor(contentsOf: model("yolox"), options: options)
        #expect(predictor.sidecar.thresholds == Thresholds(confidence: 0.9, iou: 0.45, maximum: 2))
        let found = try predictor.result(for: image).finds
        #expect(found.count <= 2 && found.allSatisfy { $0.score > 0.9 })
    }

    @Test(arguments: [
        ("decode: {format: yolox}", "rows", "expected cells of strides [8, 16, 32]"),
        ("decode: {format: v8}\nlabels: [a]", "v8", "expected 5 numbers an anchor in “output0”, found [1, 7, 42]"),
        ("decode: {format: v8, output: boxes}", "v8", "expected an output “boxes”, found output0 [1, 7, 42]"),
        ("decode: {format: classifier}\nlabels: [a, b]", "classifier", "expected an output of [1, 2]"),
        (
            "preprocess: {size: [640, 640]}\ndecode: {format: v8}", "v8",
            "an input of [1, 3, 640, 640], found [1, 3, 32, 64]"
        ),
        ("preprocess: {channels: grey}\ndecode: {format: v8}", "v8", "expected an input of 1 channels"),
        ("preprocess: {type: uint8}\ndecode: {format: v8}", "v8", "leave preprocess.type out"),
        ("preprocess: {input: pixels}\ndecode: {format: v8}", "v8", "expected an input “pixels”"),
        ("decode: {format: detections}", "sizes", "what the input “orig_target_sizes” takes"),
        ("decode: {format: ssd}", "v8", "expected 2 outputs"),
        ("decode: {format: detr}", "v8", "expected an output “logits”"),
    ])
    func `a sidecar that does not fit says what was expected and found`(
        text: String, name: String, expected: String
    ) throws {
        let folder = try TemporaryFolder()
        let sidecar = folder.path + "/sidecar.yaml"
        try FileSystem.writeWhole(text, to: sidecar)
        let error = #expect(throws: InferenceError.self) {
            let predictor = try Predictor(contentsOf: model(name), options: .init(sidecar: sidecar, threads: 1))
            _ = try predictor.result(for: image)
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test func `a sidecar beside the model is found, another tool's YAML passed over`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/v8.onnx"
        try FileSystem.writeWhole(FileSystem.read(model("v8")), to: path)
        try FileSystem.writeWhole("decode: {format: v8}\nlabels: [a, b, c]", to: folder.path + "/v8.yaml")
        #expect(try Predictor(contentsOf: path).labels.names == ["a", "b", "c"])
        try FileSystem.writeWhole("nc: 80\nbackbone: []", to: folder.path + "/v8.yaml")
        #expect(try Predictor(contentsOf: path).source == .metadata)
        try FileSystem.writeWhole("decode: {formt: v8}", to: folder.path + "/v8.yaml")
        #expect(throws: InferenceError.self) { try Predictor(contentsOf: path) }
    }

    @Test func `outputs that mean nothing known ask for a sidecar`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/odd.onnx"
        try TinyModel.mask().write(to: path)
        let error = #expect(throws: InferenceError.self) { try Predictor(contentsOf: path) }
        let text = error?.description ?? ""
        #expect(text.contains("mask float32 [8, 8]") && text.contains("decode: format") && text.contains("odd.yaml"))
    }
}
