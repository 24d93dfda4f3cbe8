import ApusCore
import Testing

@testable import ApusONNX

@Suite struct GraphSummaryTests {
    private func model(declaring shape: [Dimension]) -> Model {
        var builder = GraphBuilder(name: "small")
        let x = builder.input("x", shape: shape)
        let weight = builder.constant(NDArray(zeros: [4, 3, 3, 3]), name: "weight")
        let y = builder.node("Conv", [x, weight], attributes: ["pads": [1, 1, 1, 1], "strides": [2, 2]])
        let z = builder.node("Relu", [builder.node("Relu", [y])], output: "z")
        builder.output(z, name: "z", shape: ["batch", 4, .unknown, .unknown])
        return builder.model(metadata: ["apus.task": "detect"])
    }

    @Test func `operators, parameters and operations are counted`() {
        let summary = GraphSummary(model(declaring: ["batch", 3, 8, 8]))
        #expect(summary.operators == ["Conv": 1, "Relu": 2])
        #expect(summary.parameterCount == 108 && summary.parameterBytes == 432)
        // 4 × 4 outputs of 4 channels, 27 multiplications and additions each
        #expect(summary.floatingPointOperations == 2 * 4 * 4 * 4 * 27)
    }

    @Test func `without static shapes the operations are unknown`() {
        #expect(GraphSummary(model(declaring: ["batch", 3, "h", "w"])).floatingPointOperations == nil)
    }

    @Test func `the text says it all`() {
        #expect(
            GraphSummary(model(declaring: ["batch", 3, 8, 8])).description == """
                small, by apus
                  format      IR 8, opset ai.onnx 17
                  input       x float [batch, 3, 8, 8]
                  output      z float [batch, 4, ?, ?]
                  parameters  108 (0.0 MB)
                  compute     0.00 GFLOP an image
                  operators   3: Relu 2, Conv 1
                  metadata    apus.task = detect
                """)
    }
}
