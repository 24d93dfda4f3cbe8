import ApusCore
import Testing

@testable import ApusONNX

@Suite struct CheckerTests {
    private func relu(_ input: String, _ output: String) -> Node {
        Node("Relu", name: "\(input)→\(output)", inputs: [input], outputs: [output])
    }

    private func model(_ nodes: [Node], outputs: [String] = []) -> Model {
        Model(
            graph: Graph(
                name: "g", nodes: nodes, inputs: [ValueInfo("x", .float32, shape: [1])],
                outputs: outputs.map { ValueInfo($0, .float32, shape: [1]) }))
    }

    @Test func `nodes out of order are put in order`() throws {
        let graph = model([relu("b", "c"), relu("x", "a"), relu("a", "b")], outputs: ["c"]).graph
        #expect(try graph.sortedNodes().flatMap(\.outputs) == ["a", "b", "c"])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `any permutation of a valid graph is put in an executable order`(seed: UInt64) throws {
        var graph = RandomModel.make(seed: seed).graph
        var random = RandomStream(seed: seed, purpose: 1)
        graph.nodes.shuffle(using: &random)
        let sorted = try graph.sortedNodes()
        #expect(sorted.count == graph.nodes.count)
        var known = Set(graph.inputs.map(\.name)).union(graph.initializers.keys)
        for node in sorted {
            #expect(known.isSuperset(of: node.reads))
            known.formUnion(node.outputs)
        }
    }

    @Test func `a long chain in reverse needs no deep stack`() throws {
        let nodes = (0..<50_000).map { relu($0 == 0 ? "x" : "v\($0 - 1)", "v\($0)") }
        #expect(try model(nodes.reversed()).graph.sortedNodes() == nodes)
    }

    @Test func `a cycle is named`() {
        let nodes = [relu("b", "a"), relu("a", "b")]
        #expect(throws: GraphError.cycle(through: ["b→a", "a→b"])) { try Checker.check(model(nodes)) }
    }

    @Test func `an undefined value names its reader`() {
        #expect(throws: GraphError.undefinedValue("nowhere", node: "nowhere→y")) {
            try Checker.check(model([relu("nowhere", "y")]))
        }
        #expect(throws: GraphError.undefinedValue("z", node: "output of graph 'g'")) {
            try Checker.check(model([], outputs: ["z"]))
        }
    }

    @Test func `two nodes with one output are refused`() {
        #expect(throws: GraphError.duplicateValue("a", node: "x→a")) {
            try Checker.check(model([relu("x", "a"), relu("x", "a")]))
        }
    }

    @Test func `an operator of a domain that is not imported is refused`() {
        let node = Node("Foo", name: "foo", domain: "custom", inputs: ["x"], outputs: ["y"])
        #expect(throws: GraphError.missingOpset(domain: "custom", node: "foo")) { try Checker.check(model([node])) }
    }

    @Test func `a subgraph may not read what comes later`() {
        let inner = Graph(name: "inner", nodes: [relu("late", "i")], outputs: [ValueInfo("i", .float32, shape: [1])])
        let branch = Node("If", name: "if", inputs: ["x"], outputs: ["y"], attributes: ["then_branch": .graph(inner)])
        #expect(throws: GraphError.cycle(through: ["if", "y→late"])) {
            try Checker.check(model([branch, relu("y", "late")]))
        }
    }
}
