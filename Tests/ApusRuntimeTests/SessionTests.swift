import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

@Suite struct SessionTests {
    /// `y = SiLU(Conv(x)) + x`, of any height.
    private func model() -> Model {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: [1, 4, "height", 9])
        let w = builder.constant(noise([4, 4, 3, 3], seed: 5), name: "w")
        let c = builder.node("Conv", [x, w], attributes: ["pads": [1, 1, 1, 1]])
        let silu = builder.node("Mul", [c, builder.node("Sigmoid", [c])])
        builder.output(builder.node("Add", [silu, x]), name: "y", shape: [1, 4, "height", 9])
        return builder.model(opset: 17, metadata: [:])
    }

    @Test func `says what it takes and gives`() throws {
        let session = try Session(model: model())
        #expect(session.inputs == [TensorFact(name: "x", dataType: .float32, shape: [1, 4, nil, 9])])
        #expect(session.outputs == [TensorFact(name: "y", dataType: .float32, shape: [1, 4, nil, 9])])
        #expect(session.plan.count == 1)
    }

    @Test func `equals the graph as written, at every size`() throws {
        let fused = try Session(model: model()), plain = try Session(model: model(), options: Backend.plain.options)
        for height in [1, 2, 7, 30] {
            let x = noise([1, 4, height, 9], seed: UInt64(height))
            let a = try #require(try fused.run(["x": x])["y"]), b = try #require(try plain.run(["x": x])["y"])
            #expect(a.isClose(to: b))
        }
    }

    @Test func `several tasks run at once and get their own results`() async throws {
        let session = try Session(model: model(), options: .init(threads: 2))
        let expected = try (0..<8).map { try session.run(["x": noise([1, 4, 6 + $0, 9], seed: UInt64($0))]) }
        try await withThrowingTaskGroup(of: (Int, [String: NDArray]).self) { group in
            for round in 0..<40 {
                group.addTask {
                    let which = round % 8
                    return (which, try session.run(["x": noise([1, 4, 6 + which, 9], seed: UInt64(which))]))
                }
            }
            for try await (which, outputs) in group { #expect(outputs == expected[which]) }
        }
    }

    @Test func `outputs stay as they are while the session runs on`() throws {
        let session = try Session(model: model())
        let first = try #require(try session.run(["x": noise([1, 4, 8, 9], seed: 1)])["y"])
        let copy = NDArray(first.elements(of: Float.self), shape: first.shape)
        for seed in 2..<6 as Range<UInt64> { _ = try session.run(["x": noise([1, 4, 8, 9], seed: seed)]) }
        #expect(first == copy)
    }

    @Test func `refuses feeds that the model does not declare`() throws {
        let session = try Session(model: model())
        let x = noise([1, 4, 8, 9])
        #expect(throws: RuntimeError.missingInput("x", expected: ["x"])) { try session.run([:]) }
        #expect(throws: RuntimeError.unknownInput("z", expected: ["x"])) { try session.run(["x": x, "z": x]) }
        #expect(throws: RuntimeError.inputType("x", expected: .float32, found: .uint8)) {
            try session.run(["x": NDArray(zeros: [1, 4, 8, 9], dataType: .uint8)])
        }
        #expect(throws: RuntimeError.inputShape("x", expected: "[1, 4, any, 9]", found: [1, 4, 8, 8])) {
            try session.run(["x": noise([1, 4, 8, 8])])
        }
    }

    @Test func `profiles every node`() throws {
        let session = try Session(model: model(), options: Backend.plain.options)
        let (outputs, nodes) = try session.profile(["x": noise([1, 4, 8, 9])])
        #expect(outputs.keys.sorted() == ["y"])
        #expect(nodes.map(\.operatorType).prefix(4) == ["Conv", "Sigmoid", "Mul", "Add"])
        #expect(nodes.allSatisfy { $0.seconds >= 0 })
    }
}
