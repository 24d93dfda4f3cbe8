import ApusCore
import ApusONNX
import Foundation
import Testing

@Suite struct HelpTests {
    @Test(arguments: ["predict", "inspect", "run", "benchmark", "compare", "conformance"])
    func `help shows examples and exit statuses`(command: String) throws {
        let result = try Command.run(command, "--help")
        #expect(result.status == 0)
        #expect(result.output.contains("Examples:") && result.output.contains("Exit status:"))
        try expectSnapshot(result.output, "help-\(command)")
    }

    @Test func `the command introduces itself`() throws {
        try expectSnapshot(try Command.run("--help").output, "help")
        #expect(try Command.run("--version").output == "0.1.0\n")
    }

    @Test func `a mistyped subcommand or option ends with 2`() throws {
        for words in [["predicct"], ["inspect", "x.onnx", "--jsn"]] {
            let result = try Command.run(words: words)
            #expect(result.status == 2 && result.output == "" && result.errors.hasPrefix("error: "))
        }
    }
}

@Suite struct DeploymentTests {
    @Test func `no training framework, no OpenCV and no Foundation is linked`() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ldd")
        process.arguments = [Command.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let libraries = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(libraries.contains("libc.so"))
        let unwanted = ["torch", "c10", "opencv", "hdf5", "Foundation.so", "jpeg", "turbojpeg", "png"]
        for name in unwanted.map({ "lib" + $0 }) {
            #expect(!libraries.contains(name), "\(name)")
        }
    }
}

@Suite struct ModelCommandTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    @Test func `run writes an array for every output`() throws {
        let pixels = NDArray([Float](repeating: 0.5, count: 3 * 32 * 32), shape: [1, 3, 32, 32])
        try NPYFile.write(pixels, to: workspace.path + "/x.npy")
        let result = try Command.run(
            "run", "tiny/2", "--input", "images=x.npy", "--output-dir", "out/deep", in: workspace.path)
        #expect(result.status == 0, "\(result.errors)")
        let output = try NPYFile.read(workspace.path + "/out/deep/head_output.npy")
        #expect(output.shape == [1, 6, 1])
        let json = try Command.run(
            "run", "tiny/2", "--input", "images=x.npy", "--output-dir", "out", "--json", in: workspace.path)
        let line = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(line?["output"] as? String == "head/output" && line?["shape"] as? [Int] == [1, 6, 1])
        #expect(line?["file"] as? String == "out/head_output.npy" && json.errors == "")
        #expect(zip(output.elements(of: Float.self), [16, 16, 16, 8, 0.5, 0]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test(arguments: [
        (["--output-dir", "out"], "images"), (["--input", "pictures=x.npy", "--output-dir", "out"], "pictures"),
        (["--input", "images=none.npy", "--output-dir", "out"], "none.npy"),
        (["--input", "images", "--output-dir", "out"], "name=file.npy"),
        (["--input", "images=y.npy", "--output-dir", "out"], "[2, 2]"),
    ])
    func `run refuses what does not fit the model`(arguments: [String], expected: String) throws {
        try NPYFile.write(NDArray(zeros: [1, 3, 32, 32]), to: workspace.path + "/x.npy")
        try NPYFile.write(NDArray(zeros: [2, 2]), to: workspace.path + "/y.npy")
        let result = try Command.run(words: ["run", "tiny/1"] + arguments, in: workspace.path)
        #expect(result.status == 2 && result.errors.contains(expected), "\(result.errors)")
        #expect(!FileSystem.exists(workspace.path + "/out"))
    }

    @Test func `benchmark reports times and memory`() throws {
        let result = try Command.run(
            "benchmark", "tiny/1", "--runs", "5", "--threads", "1", "--json", in: workspace.path)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let names = ["cold_ms", "min_ms", "median_ms", "p95_ms", "p99_ms", "throughput_per_s", "peak_rss_mb"]
        let values = names.compactMap { object?[$0] as? Double }
        #expect(result.lines.count == 1 && object?["kernels"] as? String != nil)
        #expect(values.count == names.count && values.allSatisfy { $0 > 0 })
        #expect(values[1] <= values[2] && values[2] <= values[3] && values[3] <= values[4])
        #expect(object?["runs"] as? Int == 5 && object?["threads"] as? Int == 1)
        let quiet = try Command.run("benchmark", "tiny/1", "--runs", "1", "--quiet", in: workspace.path)
        #expect(Double(quiet.output.dropLast()) != nil)
        let shaped = try Command.run(
            "benchmark", "tiny/1", "--runs", "1", "--shape", "images=4,3,32,32", in: workspace.path)
        #expect(shaped.status == 0 && shaped.output.contains("median_ms"))
        let wrong = try Command.run("benchmark", "tiny/1", "--shape", "images=4,x", in: workspace.path)
        #expect(wrong.status == 2 && wrong.errors.contains("is no shape"))
    }
}
