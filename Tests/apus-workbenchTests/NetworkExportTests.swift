import ApusCommandSupport
import ApusONNX
import Foundation
import Testing

@Suite struct NetworkExportTests {
    private func export(_ words: String..., in folder: TemporaryFolder) throws -> Outcome {
        let common = ["export", "--architecture", "mobilenet_v3_small", "--image-size", "64", "--output", "out"]
        return try apus(common + words, in: folder.path)
    }

    @Test func `an architecture is exported without a run`() throws {
        let folder = try TemporaryFolder()
        let outcome = try export("--random-weights", "--classes", "3", "--fixed-batch", "--json", in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains(#""sameClass" : 8"#))
        let model = try Model(contentsOf: folder.path + "/out/model.onnx")
        #expect(model.graph.inputs == [ValueInfo("images", .float32, shape: [1, 3, 64, 64])])
        #expect(model.graph.outputs == [ValueInfo("output0", .float32, shape: [1, 3])])
        let again = try export("--random-weights", "--classes", "3", in: folder)
        #expect(again.status == 1 && again.errors.contains("is there already"))
    }

    @Test(
        arguments: [
            (["--architecture", "resnet18", "--random-weights"], "--output"),
            (["--architecture", "resnet18", "--output", "x"], "--random-weights"),
            (["--architecture", "resnet19", "--output", "x", "--random-weights"], "resnet18"),
            (["--architecture", "resnet18", "--scale", "n", "--output", "x", "--random-weights"], "--scale"),
            (["--architecture", "resnet18", "--output", "x", "--random-weights", "--image-size", "7"], "32 to 4096"),
            (["latest", "--architecture", "resnet18", "--output", "x", "--random-weights"], "latest"),
            (["--classes", "3", "latest", "--name", "x"], "--architecture"),
            (["latest"], "--name"),
            ([], "--architecture"),
        ])
    func `a request that says too little or too much ends with 2`(words: [String], named: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try apus(["export"] + words, in: folder.path)
        #expect(outcome.status == 2 && outcome.errors.contains(named), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/x"))
    }

    @Test func `weights that do not fit are refused`() throws {
        let folder = try TemporaryFolder()
        let header = #"{"classifier.0.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        bytes.append(contentsOf: Array(header.utf8) + [0, 0, 0, 0])
        try bytes.write(to: URL(filePath: folder.path + "/w.safetensors"))
        let outcome = try export("--weights", "w.safetensors", in: folder)
        #expect(outcome.status == 2 && outcome.errors.contains("do not fit the model"), "\(outcome.errors)")
    }
}
