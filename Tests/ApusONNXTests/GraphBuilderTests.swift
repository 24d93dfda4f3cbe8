import ApusCore
import Testing

@testable import ApusONNX

@Suite struct GraphBuilderTests {
    private func convolution() -> Model {
        var builder = GraphBuilder(name: "small")
        let x = builder.input("x", shape: ["batch", 3, 8, 8])
        let y = builder.scope("stem") { builder in
            let weight = builder.constant(NDArray(zeros: [4, 3, 3, 3]), name: "weight")
            return builder.node("Conv", [x, weight, nil], attributes: ["pads": [1, 1, 1, 1]])
        }
        let parts = builder.node("Split", [y], attributes: ["axis": 1], outputCount: 2)
        builder.output(builder.node("Add", [parts[0], parts[1]]), name: "sum", shape: ["batch", 2, 8, 8])
        return builder.model(metadata: ["key": "value"])
    }

    @Test func `names follow the scopes`() throws {
        let model = convolution()
        #expect(model.graph.nodes.map(\.name) == ["stem.Conv", "Split", "Add", "Identity"])
        #expect(model.graph.initializers.keys.sorted() == ["stem.weight"])
        #expect(model.graph.nodes[0].inputs == ["x", "stem.weight", ""])
        #expect(model.graph.nodes[1].outputs == ["Split_output_0", "Split_output_1"])
        try Checker.check(model)
    }

    @Test func `equal names are numbered`() {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("Relu_1", shape: [1])
        let values = [builder.node("Relu", [x]), builder.node("Relu", [x]), builder.node("Relu", [x])]
        #expect(builder.build().nodes.map(\.name) == ["Relu", "Relu_2", "Relu_3"])
        #expect(Set(values).count == 3)
    }

    @Test func `the same graph gives the same bytes`() {
        #expect(convolution().encoded() == convolution().encoded())
    }
}
