import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

@Suite struct SessionTests {
    private func model() -> Model {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: ["batch", 2])
        let y = builder.node("Add", [x, builder.constant(NDArray([1, 2] as [Float]), name: "b")])
        builder.output(y, name: "y", shape: ["batch", 2])
        return builder.model(opset: 17, metadata: [:])
    }

    @Test func `runs what the graph says`() throws {
        let session = try Session(model: model())
        #expect(session.inputs == [TensorFact(name: "x", dataType: .float32, shape: [nil, 2])])
        #expect(try session.run(["x": NDArray([1, 1] as [Float], shape: [1, 2])]) == ["y": NDArray([2, 3] as [Float], shape: [1, 2])])
    }
}
