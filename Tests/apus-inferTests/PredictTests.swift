import ApusCore
import ApusDigest
import ApusVision
import Foundation
import Testing

@Suite struct PredictTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    struct Line: Decodable {
        struct Detection: Decodable {
            let category_id: Int
            let category_name: String
            let bbox: [Float]
            let score: Float
        }

        let image: String
        let width, height: Int
        let detections: [Detection]
        let milliseconds: Double
    }

    private func decode(_ output: Command.Output) throws -> [Line] {
        try output.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test(arguments: ["tiny@production", "tiny/2", "models/tiny/2/model.onnx", "models/tiny/2", "tiny"])
    func `every way to name a model finds it`(reference: String) throws {
        let result = try Command.run("predict", reference, "photographs/a.jpg", "--json", in: workspace.path)
        let lines = try decode(result)
        #expect(result.status == 0 && lines.count == 1)
        #expect(lines[0].image == "photographs/a.jpg" && lines[0].width == 64 && lines[0].height == 64)
        #expect(lines[0].detections.map(\.bbox) == [[16, 24, 32, 16]])
        #expect(lines[0].detections[0].category_name == "shirt" && lines[0].detections[0].score > 0.98)
    }

    @Test func `the workspace is found from a folder below, or named`() throws {
        let below = try Command.run("predict", "tiny@old", "a.jpg", "--json", in: workspace.path + "/photographs")
        #expect(try decode(below)[0].detections[0].score < 0.51)
        let named = try Command.run(
            "predict", "tiny/1", workspace.path + "/photographs/a.jpg", "--json", "--workspace", workspace.path,
            in: "/tmp")
        #expect(named.status == 0)
    }

    @Test func `a folder gives all images below it, and --draw draws them`() throws {
        let result = try Command.run("predict", "tiny/2", "photographs", "--draw", "drawn", in: workspace.path)
        #expect(result.status == 0)
        #expect(result.output.contains("photographs/a.jpg  64×64  1 object"))
        #expect(result.output.contains("shirt  x   16  y   24  w   32  h   16"))
        #expect(result.errors.contains("2 images"))
        #expect(try FileSystem.names(in: workspace.path + "/drawn") == ["a.jpg", "a.png"])
        let drawn = try Image(contentsOf: workspace.path + "/drawn/a.png")
        #expect(drawn.width == 512 && drawn != Image(width: 512, height: 512, color: [255, 255, 255]))
    }

    @Test func `--quiet leaves results alone`() throws {
        let result = try Command.run("predict", "tiny/2", "photographs/a.jpg", "--json", "--quiet", in: workspace.path)
        #expect(result.errors == "" && result.lines.count == 1)
    }

    @Test func `an image that cannot be read is reported and skipped`() throws {
        let whole = try FileSystem.read(workspace.path + "/photographs/a.jpg")
        try FileSystem.writeWhole(Array(whole[..<(whole.count / 2)]), to: workspace.path + "/photographs/b.jpg")
        try FileSystem.writeWhole([UInt8](), to: workspace.path + "/photographs/c.png")
        let result = try Command.run("predict", "tiny/2", "photographs", "--json", in: workspace.path)
        #expect(result.status == 1)
        #expect(try decode(result).map(\.image) == ["photographs/a.jpg", "photographs/more/a.png"])
        #expect(result.errors.contains("photographs/b.jpg: truncated JPEG"))
        #expect(result.errors.contains("photographs/c.png: the file is empty"))
        #expect(result.errors.contains("2 images, 2 failed"))
    }

    @Test(arguments: [
        (["tiny/3", "photographs"], "versions there: 1, 2"),
        (["tiny@none", "photographs"], "aliases there: production, old"),
        (["none.onnx", "photographs"], "none.onnx: no such file"), (["huge", "photographs"], "NAME@ALIAS"),
        (["../x/1", "photographs"], "is no model"), (["tiny/1", "nowhere.jpg"], "nowhere.jpg"),
        (["tiny/1", "models/tiny/aliases"], "No image"), (["photographs/a.jpg", "photographs"], "photographs/a.jpg"),
        (["tiny/1", "photographs", "--confidence", "2"], "--confidence is 2.0"),
        (["tiny/1", "photographs", "--threads", "0"], "--threads is 0"), (["tiny/1"], "Missing expected argument"),
    ])
    func `a bad model or argument ends with 2 and says why`(arguments: [String], expected: String) throws {
        let words = ["predict"] + arguments
        let result = try Command.run(words: words, in: workspace.path)
        #expect(result.status == 2 && result.output == "")
        #expect(result.errors.hasPrefix("error: ") && result.errors.contains(expected), "\(result.errors)")
    }

    @Test func `a registered model whose bytes changed is refused`() throws {
        let folder = workspace.path + "/models/tiny/2"
        try FileSystem.writeWhole(
            ChecksumList(of: ["model.onnx"], in: folder).text, to: folder + "/" + ChecksumList.fileName)
        let words = ["predict", "tiny/2", "photographs/a.jpg"]
        #expect(try Command.run(words: words, in: workspace.path).status == 0)
        var bytes = try FileSystem.read(folder + "/model.onnx")
        bytes[bytes.count - 1] ^= 1
        try FileSystem.writeWhole(bytes, to: folder + "/model.onnx")
        for reference in ["tiny/2", "tiny", "tiny@production", "models/tiny/2"] {
            let result = try Command.run("predict", reference, "photographs/a.jpg", in: workspace.path)
            #expect(result.status == 2 && result.output.isEmpty)
            #expect(result.errors.contains("models/tiny/2/model.onnx is not the file that was registered"))
        }
        // The registry knows the digest too, should the list be changed with the file.
        unlink(folder + "/" + ChecksumList.fileName)
        let tags = workspace.path + "/experiments/mlruns/models/tiny/version-2/tags"
        try FileSystem.createFolder(tags)
        try FileSystem.writeWhole(String(repeating: "0", count: 64), to: tags + "/apus.sha256")
        let result = try Command.run("predict", "tiny/2", "photographs/a.jpg", in: workspace.path)
        #expect(result.status == 2 && result.errors.contains("is not the file that was registered"))
    }

    @Test func `a model cut anywhere ends with 2`() throws {
        let file = workspace.path + "/models/tiny/1/model.onnx"
        let whole = try FileSystem.read(file)
        for length in stride(from: 0, to: whole.count, by: max(whole.count / 12, 1)) {
            try FileSystem.writeWhole(Array(whole[..<length]), to: file)
            let result = try Command.run("predict", "tiny/1", "photographs/a.jpg", in: workspace.path)
            #expect(result.status == 2 && result.errors.hasPrefix("error: "), "\(length): \(result.errors)")
        }
    }

    /// The same model without its metadata, and a sidecar for it beside it where one is given.
    private func foreign(sidecar: String? = nil) throws {
        var model = try Workspace.model(score: 1)
        model.metadata = [:]
        try model.write(to: workspace.path + "/foreign.onnx")
        if let sidecar { try FileSystem.writeWhole(sidecar, to: workspace.path + "/foreign.yaml") }
    }

    @Test func `a sidecar beside a foreign model, or named, says how it is used`() throws {
        try foreign(sidecar: "decode: {format: v8}\nlabels: [coat, shoe]\nthresholds: {confidence: 0.9}")
        let beside = try Command.run("predict", "foreign.onnx", "photographs/a.jpg", "--json", in: workspace.path)
        #expect(beside.status == 0, "\(beside.errors)")
        let found = try #require(try decode(beside).first).detections
        #expect(found.map(\.category_name) == ["coat"] && found.map(\.bbox) == [[16, 24, 32, 16]])
        try FileSystem.writeWhole("decode: {format: v8, features: first}", to: workspace.path + "/other.yaml")
        let named = try Command.run(
            "predict", "foreign.onnx", "photographs/a.jpg", "--json", "--sidecar", "other.yaml", "--write-sidecar",
            "written.yaml", in: workspace.path)
        #expect(try #require(try decode(named).first).detections.map(\.category_name) == ["class 0"])
        #expect(try FileSystem.readText(workspace.path + "/written.yaml").contains("format: v8"))
    }

    @Test func `a foreign model without a sidecar says what is missing, a wrong sidecar where it is wrong`() throws {
        try foreign()
        let without = try Command.run("predict", "foreign.onnx", "photographs/a.jpg", in: workspace.path)
        #expect(without.status == 2 && without.errors.contains("head/output float32 [6, 1]"), "\(without.errors)")
        #expect(without.errors.contains("foreign.yaml or with --sidecar"))
        try foreign(sidecar: "decode: {format: v9}")
        let wrong = try Command.run("predict", "foreign.onnx", "photographs/a.jpg", in: workspace.path)
        #expect(wrong.status == 2 && wrong.errors.contains("foreign.yaml:1:18: expected one of v8"), "\(wrong.errors)")
    }
}
