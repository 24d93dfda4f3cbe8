import ApusCommandSupport
import ApusCore
import ApusONNX
import ApusVision
import Foundation
import Testing

/// The commands one after another in a small workspace, and what each does with a request it cannot carry out.
@Suite struct RoadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeExperiment(epochs: 1)
    }

    private func train(_ override: String = "epochs=1") throws -> Outcome {
        try apus("train", "experiments/tiny.yaml", override, "--quiet", in: folder.path)
    }

    private func names(_ path: String) -> [String] {
        (try? FileSystem.names(in: folder.path + "/" + path)) ?? []
    }

    @Test func `a run ends in a registered model, and refused exports leave nothing`() throws {
        let run = try train()
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        for (name, alias) in [("a/b", "x"), ("..", "x"), ("net", "v1"), ("net", "a/b")] {
            let refused = try apus("export", "latest", "--name", name, "--alias", alias, in: folder.path)
            #expect(refused.status == 2)
            #expect(names("models") == ["tiny.yaml"])
        }
        #expect(names("") == ["datasets", "experiments", "models"])
        let exported = try apus("export", "latest", "--name", "net", "--quiet", in: folder.path)
        #expect(exported.output == "net/1\n")
        let moved = try apus("evaluate", "net/1", "--json", "--quiet", in: folder.path)
        #expect(try JSONSerialization.jsonObject(with: Data(moved.output.utf8)) is [String: Any])
        #expect(moved.errors.isEmpty)
    }

    @Test func `a finished run is not resumed, one that was killed is, from any folder`() throws {
        let id = try train().output.trimmingCharacters(in: .whitespacesAndNewlines)
        let finished = try apus("train", "--resume", "latest", in: folder.path)
        #expect(finished.status == 2)
        #expect(finished.errors.contains("is finished"))
        let store = folder.path + "/experiments/mlruns"
        let meta = try #require(
            try FileSystem.names(in: store).map { "\(store)/\($0)/\(id)/meta.yaml" }.first(where: FileSystem.exists))
        let text = try FileSystem.readText(meta)
        try FileSystem.writeWhole(text.replacingOccurrences(of: "status: 3", with: "status: 4"), to: meta)
        let resumed = try apus("train", "--resume", id, "--quiet", in: folder.path + "/models")
        #expect(resumed.status == 0)
        #expect(resumed.output == id + "\n")
    }

    @Test(arguments: [
        "image_size=3200000000000", "image_size=65536", "batch_size=65536", "optimizer.warmup_epochs=1e300",
        "optimizer.nominal_batch_size=9223372036854775807",
    ])
    func `numbers that no machine holds are refused`(override: String) throws {
        let outcome = try apus(
            "train", "experiments/tiny.yaml", "image_size=4096", override, "--quiet", in: folder.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("apus: override '"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [("scale: q", "v8-detect", ":2:8"), ("scale: n", "v8-detct", ":1:15")])
    func `a model that cannot be built is named with its line`(size: String, architecture: String, place: String)
        throws
    {
        try folder.write("architecture: \(architecture)\n\(size)\n", to: "models/tiny.yaml")
        let outcome = try train()
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("models/tiny.yaml" + place))
        #expect(outcome.errors.contains("expected one of"))
    }

    @Test func `weights of which nothing fits are refused`() throws {
        try FileSystem.writeWhole([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8), to: folder.path + "/w.safetensors")
        let outcome = try train("weights=../w.safetensors")
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("w.safetensors: no tensor of the weights fits"))
    }

    @Test(arguments: ["Relu", "Cast", "ReduceMean"])
    func `a model whose output is no detector's is an error`(operation: String) throws {
        let description = ModelDescription(
            task: .detect, labels: ["square"], input: .init(letterbox: .init(width: 64, height: 64)),
            detection: .init(strides: [32]), name: "odd", version: "1")
        var builder = GraphBuilder(name: "odd")
        let images = builder.input("images", shape: ["batch", 3, 64, 64])
        let output =
            switch operation {
            case "Cast": builder.node("Cast", [images], attributes: ["to": 7])
            case "ReduceMean": builder.node("ReduceMean", [images], attributes: ["keepdims": 0])
            default: builder.node(operation, [images])
            }
        builder.output(output, name: "found", shape: ["any"])
        try builder.model(opset: 17, metadata: description.metadata).write(to: folder.path + "/odd.onnx")
        let outcome = try apus(
            "evaluate", "odd.onnx", "--dataset", "datasets/squares/dataset.yaml", "--quiet", in: folder.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("expected float32 [4, 5, anchors]"))
    }

    @Test func `results that cannot be delivered are a failure, progress that cannot is none`() throws {
        #expect(try shell("train experiments/tiny.yaml 2>/dev/full") == 0)
        #expect(try shell("train experiments/tiny.yaml 2>&- >&-") == 0)
        #expect(try shell("runs list >/dev/full 2>/dev/null") == 1)
    }

    private func shell(_ line: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "'\(builtProducts.path)/apus' " + line]
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
