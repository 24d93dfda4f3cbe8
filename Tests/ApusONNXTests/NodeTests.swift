import ApusCore
import Testing

@testable import ApusONNX

@Suite struct NodeTests {
    private let node = Node(
        "LeakyRelu", name: "relu0", inputs: ["x", ""], outputs: ["y"],
        attributes: ["alpha": 0.5, "axis": 1, "mode": "nearest", "axes": [0, 2]])

    @Test func `attributes are read by kind, or take their default`() throws {
        #expect(try node.float("alpha", default: 0.01) == 0.5)
        #expect(try node.float("beta", default: 0.01) == 0.01)
        #expect(try node.int("axis") == 1)
        #expect(try node.string("mode", default: "linear") == "nearest")
        #expect(try node.ints("axes", default: []) == [0, 2])
        #expect(try node.optionalInts("pads") == nil)
        #expect(try node.flag("axis", default: false))
    }

    @Test func `a wrong kind or a missing attribute names the node`() {
        #expect(throws: GraphError.attributeType("axis", expected: "float", found: "int", node: "relu0")) {
            try node.float("axis", default: 0)
        }
        #expect(throws: GraphError.missingAttribute("value", node: "relu0")) { try node.tensor("value") }
    }

    @Test func `inputs left out at the end do not count`() throws {
        try node.requireInputs(1...1)
        #expect(throws: GraphError.inputCount(1, expected: 2...3, node: "relu0")) { try node.requireInputs(2...3) }
        #expect(throws: GraphError.inputCount(1, expected: 2...Int.max, node: "relu0")) { try node.requireInputs(2...) }
    }

    @Test func `a required input left out in front is refused`() {
        let node = Node("Conv", inputs: ["", "w"], outputs: ["y"])
        #expect(throws: GraphError.inputCount(1, expected: 2...3, node: "Conv of 'y'")) {
            try node.requireInputs(2...3)
        }
    }

    @Test func `messages say what to do`() {
        let error = GraphError.unsupportedOperator("Foo", opset: 17, node: "n1")
        #expect(error.description == "n1: no Foo at opset 17, which this runtime has not; export the model without it")
        #expect(GraphError.inputCount(2, expected: 1...1, node: "n").description == "n: 2 inputs, expected 1")
    }
}
