import ApusCore
import Foundation
import Testing

@Suite struct InspectionTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func object(_ output: Command.Output) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.output.utf8)) as? [String: Any])
    }

    @Test func `tells inputs, outputs, metadata and memory`() throws {
        let table = try Command.run("inspect", "tiny@production", in: workspace.path)
        #expect(table.status == 0 && table.errors == "")
        #expect(table.output.contains("images float [batch, 3, 32, 32]") && table.output.contains("apus.task = detect"))
        #expect(table.output.contains("MB values alive at once at most"))
    }

    @Test func `JSON has the operators and every node of a run`() throws {
        let json = try object(try Command.run("inspect", "tiny/1", "--json", in: workspace.path))
        #expect((json["operators"] as? [String: Int])?["ReduceMean"] == 1)
        let run = try #require(json["run"] as? [String: Any])
        let nodes = try #require(run["nodes"] as? [[String: Any]])
        #expect(nodes.map { $0["type"] as? String } == ["ReduceMean", "Mul", "Add"])
        let outputs = try #require(nodes[2]["outputs"] as? [[String: Any]])
        #expect(outputs[0]["name"] as? String == "head/output" && outputs[0]["shape"] as? [Int] == [1, 6, 1])
        #expect((run["memory"] as? [String: Int])?["peakValues"] ?? 0 >= 3 * 32 * 32 * 4)
    }

    @Test func `a profile has a row for each node, and its shares are a whole`() throws {
        let result = try Command.run("inspect", "tiny/1", "--profile", "--nodes", "--runs", "3", in: workspace.path)
        #expect(result.status == 0)
        #expect(result.output.contains("GFLOP/s") && result.output.contains("[1, 6, 1]"))
        #expect(result.output.contains("median of 3"))
    }

    @Test func `a trace has an event for each node and run`() throws {
        let result = try Command.run(
            "inspect", "tiny/1", "--trace", "trace.json", "--runs", "4", in: workspace.path)
        #expect(result.status == 0 && result.errors.contains("chrome://tracing"))
        let data = Data(try FileSystem.read(workspace.path + "/trace.json"))
        let trace = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let events = try #require(trace["traceEvents"] as? [[String: Any]])
        #expect(events.count == 12 && events.allSatisfy { $0["ph"] as? String == "X" })
        #expect(events.allSatisfy { ($0["ts"] as? Double ?? -1) >= 0 && ($0["dur"] as? Double ?? -1) >= 0 })
    }

    @Test func `a model that does not run is described, and not profiled`() throws {
        let words = ["inspect", "tiny/1", "--shape", "images=1,3,32,31"]
        let described = try Command.run(words: words, in: workspace.path)
        #expect(described.status == 0 && described.errors.contains("not run: "))
        #expect(described.output.contains("images float [batch, 3, 32, 32]"))
        let profiled = try Command.run(words: words + ["--profile"], in: workspace.path)
        #expect(profiled.status == 1 && profiled.errors.hasPrefix("error: "))
    }

    @Test func `a shape for what is no input is a wrong argument`() throws {
        let result = try Command.run("inspect", "tiny/1", "--shape", "foo=1", in: workspace.path)
        #expect(result.status == 2 && result.errors.contains("there are: images"))
    }

    @Test func `generic kernels can be asked for`() throws {
        let result = try Command.run("inspect", "tiny/1", "--kernels", "generic", "--json", in: workspace.path)
        #expect((try object(result)["run"] as? [String: Any])?["kernels"] as? String == "generic")
        let unknown = try Command.run("inspect", "tiny/1", "--kernels", "mmx", in: workspace.path)
        #expect(unknown.status == 2 && unknown.errors.contains("generic, avx2"))
    }
}

@Suite struct ComparisonTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    @Test func `ends with 1 where models differ, and names the first value that does`() throws {
        let same = try Command.run("compare", "tiny/1", "models/tiny/1/model.onnx", in: workspace.path)
        #expect(same.status == 0 && same.lines.last == "3 values agree within 0.001", "\(same.output)\(same.errors)")
        let different = try Command.run("compare", "tiny/1", "tiny/2", in: workspace.path)
        #expect(different.status == 1 && different.lines.last?.contains("the first value that differs is") == true)
        let tolerated = try Command.run("compare", "tiny/1", "tiny/2", "--tolerance", "0.5", in: workspace.path)
        #expect(tolerated.status == 0)
        let quiet = try Command.run("compare", "tiny/1", "tiny/2", "--quiet", in: workspace.path)
        #expect(quiet.status == 1 && quiet.output == "" && quiet.errors == "")
    }

    @Test func `JSON has every value that differs`() throws {
        let result = try Command.run("compare", "tiny/1", "tiny/2", "--json", in: workspace.path)
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect(json?["agree"] as? Bool == false && json?["compared"] as? Int == 3)
        let values = try #require(json?["values"] as? [[String: Any]])
        #expect(values.last?["value"] as? String == "head/output" && values.last?["is_output"] as? Bool == true)
        let difference = values.last?["max_abs"] as? Double ?? 0
        #expect(difference > 0.2 && difference < 0.3)
    }

    @Test func `one model is compared with its own graph on the readable kernels`() throws {
        let result = try Command.run("compare", "tiny/1", "--nodes", in: workspace.path)
        #expect(result.status == 0 && result.lines.last?.hasSuffix("values agree within 0.001") == true)
        #expect(result.output.contains("head/output"))
    }

    @Test func `saved arrays of another runtime are compared by name`() throws {
        let pixels = NDArray([Float](repeating: 0.5, count: 3 * 32 * 32), shape: [1, 3, 32, 32])
        try NPYFile.write(pixels, to: workspace.path + "/x.npy")
        let input = ["--input", "images=x.npy"]
        let run = try Command.run(words: ["run", "tiny/1", "--output-dir", "saved"] + input, in: workspace.path)
        #expect(run.status == 0)
        let words = ["compare", "tiny/1", "--saved", "saved"] + input
        #expect(try Command.run(words: words, in: workspace.path).status == 0)
        try NPYFile.write(NDArray(zeros: [1, 6, 1]), to: workspace.path + "/saved/head_output.npy")
        #expect(try Command.run(words: words, in: workspace.path).status == 1)
        let both = try Command.run("compare", "tiny/1", "tiny/2", "--saved", "saved", in: workspace.path)
        #expect(both.status == 2 && both.errors.contains("--saved takes the place of a second model"))
    }
}
