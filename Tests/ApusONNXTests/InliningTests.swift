import ApusCore
import Testing

@testable import ApusONNX

@Suite struct InliningTests {
    private func function(_ name: String, _ nodes: [Node], inputs: [String] = ["a"], outputs: [String] = ["b"])
        -> Function
    {
        Function(
            name: name, domain: "f", inputs: inputs, outputs: outputs, nodes: nodes, opsetImports: ["": 13, "f": 1],
            defaultAttributes: ["k": .int(3)])
    }

    private func model(_ nodes: [Node], _ functions: [Function]) -> Model {
        var model = Model(
            graph: Graph(name: "g", nodes: nodes, inputs: [ValueInfo("x", .float32, shape: nil)]), opset: 17)
        model.opsetImports["f"] = 1
        model.functions = functions
        return model
    }

    @Test func `a call becomes the function's nodes, with names of their own`() throws {
        let double = function(
            "Double",
            [
                Node("Add", inputs: ["a", "a"], outputs: ["t"]), Node("Relu", inputs: ["t"], outputs: ["b"]),
            ])
        let calls = [
            Node("Double", name: "first", domain: "f", inputs: ["x"], outputs: ["t"]),
            Node("Double", name: "second", domain: "f", inputs: ["t"], outputs: ["y"]),
        ]
        let nodes = try model(calls, [double]).inlined().graph.nodes
        #expect(nodes.map(\.operatorType) == ["Add", "Relu", "Add", "Relu"])
        #expect(nodes.map(\.name) == ["first/Add", "first/Relu", "second/Add", "second/Relu"])
        #expect(nodes[1].outputs == ["t"] && nodes[2].inputs == ["t", "t"] && nodes[3].outputs == ["y"])
        #expect(Set(nodes.flatMap(\.outputs)).count == 4)
        #expect(nodes.allSatisfy { $0.opset == 13 })
    }

    @Test func `attributes are the call's, the default's or left out, in subgraphs too`() throws {
        let attributes: [String: Attribute] = [
            "k": .reference("k", code: 2), "l": .reference("l", code: 2), "m": .reference("m", code: 2),
        ]
        let inner = Node("Op", inputs: ["a"], outputs: ["i"], attributes: attributes)
        let branch = Graph(name: "b", nodes: [inner], outputs: [ValueInfo("i", .float32, shape: nil)])
        let choice = function(
            "Choice", [Node("If", inputs: ["a"], outputs: ["b"], attributes: ["then_branch": .graph(branch)])])
        let call = Node("Choice", domain: "f", inputs: ["x"], outputs: ["y"], attributes: ["l": 5])
        let node = try #require(try model([call], [choice]).inlined().graph.nodes.first)
        let body = try node.graph("then_branch")
        #expect(body.nodes[0].attributes == ["k": 3, "l": 5])
        #expect(body.nodes[0].inputs == ["x"] && body.nodes[0].outputs == body.outputs.map(\.name))
    }

    @Test func `inputs left out, outputs not wanted and outputs that are inputs are kept so`() throws {
        let odd = function(
            "Odd", [Node("Op", inputs: ["a", "n"], outputs: ["b"])], inputs: ["a", "n"], outputs: ["b", "a", "b"])
        let call = Node("Odd", domain: "f", inputs: ["x"], outputs: ["", "same", "y"])
        let nodes = try model([call], [odd]).inlined().graph.nodes
        #expect(nodes.map(\.operatorType) == ["Op", "Identity"])
        #expect(nodes[0].inputs == ["x", ""] && nodes[0].outputs == ["y"])
        #expect(nodes[1].inputs == ["x"] && nodes[1].outputs == ["same"])
    }

    @Test func `without functions nothing changes`() throws {
        let plain = model([Node("Relu", inputs: ["x"], outputs: ["y"])], [])
        #expect(try plain.inlined() == plain)
    }
}
