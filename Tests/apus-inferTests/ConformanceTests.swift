import ApusCore
import ApusONNX
import Foundation
import Glibc
import Testing

/// The test cases of the ONNX project, where `APUS_ONNX_DATA` names their folder (scripts/test fetches them): none is
/// computed wrongly, and what is refused stands in the manifest.
@Suite struct ONNXConformanceTests {
    static let data = getenv("APUS_ONNX_DATA").map { String(cString: $0) }
    static let manifest = FileSystem.folder(of: #filePath) + "/Oracles/conformance-refused.txt"

    @Test(.enabled(if: data != nil, "APUS_ONNX_DATA names no folder of ONNX's cases; scripts/test fetches them"))
    func `every case passes on both sets of kernels, or is refused as the manifest says`() throws {
        let result = try Command.run("conformance", Self.data ?? "", "--manifest", Self.manifest, "--quiet")
        #expect(result.status == 0 && result.lines.count == 1, "\(result.output)\(result.errors)")
        let counts = (result.lines.last ?? "").split(separator: " ").compactMap { Int($0) }
        #expect(counts.count == 3 && counts[0] >= 1300 && counts[1] == 0 && counts.reduce(0, +) == 1428)
    }
}

@Suite struct ConformanceCommandTests {
    private let folder: TemporaryFolder
    private var data: String { folder.path + "/data" }

    /// Three cases: one right, one whose expected output is wrong, one of an unknown operator.
    init() throws {
        folder = try TemporaryFolder()
        try write("test_right", "Relu", output: [0, 0, 2])
        try write("test_wrong", "Relu", output: [0, 0, 3])
        try write("test_unknown", "Frobnicate", output: [0])
    }

    private func write(_ name: String, _ type: String, output: [Float]) throws {
        let path = "\(data)/node/\(name)"
        try FileSystem.createFolder(path + "/test_data_set_0")
        var builder = GraphBuilder(name: name)
        let x = builder.input("x", shape: [3])
        builder.output(builder.node(type, [x], output: "y"), name: "y", shape: [3])
        try builder.model(opset: 17, metadata: [:]).write(to: path + "/model.onnx")
        try FileSystem.writeWhole(Self.tensor([-1, 0, 2]), to: path + "/test_data_set_0/input_0.pb")
        try FileSystem.writeWhole(Self.tensor(output), to: path + "/test_data_set_0/output_0.pb")
    }

    /// A `TensorProto` of floats: its extent, its element type, its bytes.
    private static func tensor(_ elements: [Float]) -> [UInt8] {
        let bytes = elements.withUnsafeBytes { Array($0) }
        return [0x08, UInt8(elements.count), 0x10, 1, 0x4A, UInt8(bytes.count)] + bytes
    }

    @Test func `a line for each case, then the counts`() throws {
        let result = try Command.run("conformance", data)
        #expect(result.status == 1)
        #expect(
            result.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }.prefix(3) == [
                "ok node/test_right", "refused node/test_unknown", "fail node/test_wrong",
            ])
        #expect(result.lines[1].contains("no Frobnicate"))
        #expect(result.lines[2].contains("1 of 3 elements differ, first [2]: 2.0, expected 3.0"))
        #expect(result.lines.last == "1 passed, 1 failed, 1 skipped")
    }

    @Test(arguments: ["", "/node", "/node/test_right"])
    func `a case, a kind and the folder above are taken`(part: String) throws {
        let result = try Command.run("conformance", data + part, "--kernels", "reference")
        #expect(result.lines.first == "ok node/test_right")
    }

    @Test func `what the manifest does not list must not be refused`() throws {
        let manifest = folder.path + "/refused.txt"
        let path = data + "/node/test_unknown"
        #expect(try Command.run("conformance", path, "--write-manifest", manifest).status == 0)
        #expect(try FileSystem.readText(manifest).contains("node/test_unknown\t"))
        let listed = try Command.run("conformance", path, "--manifest", manifest)
        #expect(listed.status == 0 && listed.lines.last == "0 passed, 0 failed, 1 skipped")
        try FileSystem.writeWhole("node/test_right\tonce\n", to: manifest)
        let unlisted = try Command.run("conformance", data + "/node", "--manifest", manifest, "--quiet")
        #expect(unlisted.status == 1 && unlisted.lines.last == "1 passed, 2 failed, 0 skipped")
        let stale = try Command.run("conformance", data + "/node/test_right", "--manifest", manifest)
        #expect(stale.status == 0 && stale.errors.contains("1 cases of the manifest pass now"))
    }

    @Test func `JSON has an object for each case and one of the counts`() throws {
        let result = try Command.run("conformance", data, "--json")
        let objects = try result.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.compactMap { $0["verdict"] as? String } == ["ok", "refused", "fail"])
        #expect(objects.last?["passed"] as? Int == 1 && objects.last?["skipped"] as? Int == 1)
    }

    @Test func `a folder without cases ends with 2`() throws {
        try FileSystem.createFolder(folder.path + "/empty")
        for path in ["/empty", "/nowhere"] {
            let result = try Command.run("conformance", folder.path + path)
            #expect(result.status == 2 && result.output == "" && result.errors.contains(path))
        }
    }
}
