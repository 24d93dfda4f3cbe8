import ApusCore
import ApusONNX
import ApusRuntime
import Testing

/// What the page “Serving models” promises, and its example.
@Suite struct SessionServingTests {
    /// A dense layer of 16 → 4 with a ReLU, for any number of rows.
    private func modelFile() throws -> String {
        var builder = GraphBuilder(name: "scorer")
        let rows = builder.input("rows", shape: ["batch", 16])
        let weights = builder.constant(noise([16, 4], seed: 3), name: "weights")
        let scores = builder.node("Relu", [builder.node("MatMul", [rows, weights])], output: "scores")
        builder.output(scores, name: "scores", shape: ["batch", 4])
        let path = "/tmp/apus-serving-\(UInt32.random(in: 0 ... .max)).onnx"
        try builder.model(opset: 17, metadata: [:]).write(to: path)
        return path
    }

    // example begins
    /// Answers requests from any number of tasks with one copy of the weights.
    struct Scorer: Sendable {
        private let session: Session

        init(contentsOf path: String) throws {
            // One thread a run: with many requests at once, requests are what runs in parallel.
            session = try Session(model: Model(contentsOf: path), options: .init(threads: 1))
        }

        func scores(for rows: NDArray) throws -> NDArray {
            guard let scores = try session.run(["rows": rows])["scores"] else { preconditionFailure("no scores") }
            return scores
        }
    }

    func answers(of scorer: Scorer, to requests: [NDArray]) async throws -> [NDArray] {
        try await withThrowingTaskGroup(of: (Int, NDArray).self) { group in
            for (index, rows) in requests.enumerated() {
                group.addTask { (index, try scorer.scores(for: rows)) }
            }
            var answers = requests
            for try await (index, scores) in group { answers[index] = scores }
            return answers
        }
    }
    // example ends

    private func scorer() throws -> Scorer {
        let path = try modelFile()
        return try Scorer(contentsOf: path)
    }

    @Test func `eight tasks at once get what one after the other gets`() async throws {
        let scorer = try scorer()
        let requests = (0..<64).map { noise([1 + $0 % 5, 16], seed: UInt64($0)) }
        let expected = try requests.map { try scorer.scores(for: $0) }
        for _ in 0..<4 { #expect(try await answers(of: scorer, to: requests) == expected) }
    }

    @Test func `a batch gives what its rows give`() throws {
        let scorer = try scorer()
        let rows = noise([6, 16], seed: 9).elements(of: Float.self)
        let batch = try scorer.scores(for: NDArray(rows, shape: [6, 16]))
        let single = try (0..<6).flatMap { row in
            try scorer.scores(for: NDArray(Array(rows[row * 16..<row * 16 + 16]), shape: [1, 16]))
                .elements(of: Float.self)
        }
        #expect(batch.isClose(to: NDArray(single, shape: [6, 4])))
    }

    @Test func `the page shows this example`() throws {
        let source = try FileSystem.readText(#filePath)
        let parts = source.split(separator: "// example ", omittingEmptySubsequences: false)
        let lines = try #require(parts.dropFirst().first { $0.hasPrefix("begins\n") }).split(
            separator: "\n", omittingEmptySubsequences: false)
        let example = lines.dropFirst().map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }
            .joined(separator: "\n")
        let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
        let page = try FileSystem.readText(root + "/Sources/ApusRuntime/ApusRuntime.docc/ServingModels.md")
        #expect(page.contains(String(example.dropLast(while: { $0 == " " || $0 == "\n" }))))
    }
}

extension String {
    fileprivate func dropLast(while predicate: (Character) -> Bool) -> Substring {
        self[..<(lastIndex { !predicate($0) }.map { index(after: $0) } ?? startIndex)]
    }
}

@Suite struct NodeRunTests {
    @Test func `an observer sees every node with its values`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: [2, 3])
        let w = builder.constant(noise([3, 4]), name: "w")
        let product = builder.node("MatMul", [x, w], output: "product")
        builder.output(builder.node("Relu", [product], output: "y"), name: "y", shape: [2, 4])
        let session = try Session(
            model: builder.model(opset: 17, metadata: [:]), options: .init(threads: 1, optimizes: false))
        let seen = Seen()
        let outputs = try session.run(values: ["x": .tensor(noise([2, 3], seed: 2))]) { seen.add($0) }
        #expect(seen.types == ["MatMul", "Relu"])
        #expect(seen.values["y"] == outputs["y"])
        #expect(seen.shapes == ["x": [2, 3], "w": [3, 4], "product": [2, 4], "y": [2, 4]])
        #expect(seen.constants == ["w"])
    }

    private final class Seen {
        var types: [String] = []
        var values: [String: ModelValue] = [:]
        var shapes: [String: Shape] = [:]
        var constants: Set<String> = []

        func add(_ run: NodeRun) {
            types.append(run.operatorType)
            for value in run.inputs + run.outputs {
                values[value.name] = value.copy()
                shapes[value.name] = value.tensor?.shape
                if value.isConstant { constants.insert(value.name) }
            }
        }
    }
}
