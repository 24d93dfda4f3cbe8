import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Every pass turns a graph into a smaller one; what it computes is in `OperatorGoldenTests`.
@Suite struct PassTests {
    private let context = ExecutionContext(
        threads: ThreadPool(threads: 1), cpu: .init(0), workspace: Workspace(limit: 1 << 20))

    private func graph(_ nodes: [Node], outputs: [String] = ["y"], constants: [String: NDArray] = [:]) -> Graph {
        Graph(
            name: "g", nodes: nodes, inputs: [ValueInfo("x", .float32, shape: nil)],
            outputs: outputs.map { ValueInfo($0, .float32, shape: nil) }, initializers: constants)
    }

    private let convolution = Node("Conv", name: "c", inputs: ["x", "w"], outputs: ["c"])

    @Test func `dead nodes and constants go`() {
        let result = removingDeadNodes(
            graph(
                [Node("Relu", inputs: ["x"], outputs: ["y"]), Node("Add", inputs: ["x", "k"], outputs: ["z"])],
                constants: ["k": noise([1])]))
        #expect(result.nodes.map(\.operatorType) == ["Relu"])
        #expect(result.initializers.isEmpty)
    }

    @Test func `a chain of identities goes, the output keeps its name`() {
        let result = removingIdentities(
            graph([
                Node("Relu", inputs: ["x"], outputs: ["a"]), Node("Identity", inputs: ["a"], outputs: ["b"]),
                Node("Dropout", inputs: ["b"], outputs: ["d"]), Node("Neg", inputs: ["d"], outputs: ["e"]),
                Node("Identity", inputs: ["e"], outputs: ["y"]),
            ]))
        #expect(result.nodes.map(\.operatorType) == ["Relu", "Neg"])
        #expect(result.nodes.map(\.inputs) == [["x"], ["a"]])
        #expect(result.nodes[1].outputs == ["y"])
    }

    @Test func `an identity between input and output stays`() {
        let same = graph([Node("Identity", inputs: ["x"], outputs: ["y"])])
        #expect(removingIdentities(same) == same)
    }

    @Test func `two outputs may name one value`() throws {
        let model = Model(
            graph: graph(
                [
                    Node("Relu", inputs: ["x"], outputs: ["a"]), Node("Identity", inputs: ["a"], outputs: ["y"]),
                    Node("Identity", inputs: ["a"], outputs: ["z"]), Node("Identity", inputs: ["z"], outputs: ["v"]),
                ], outputs: ["y", "z", "v"]))
        let x = NDArray([-1, 2] as [Float])
        let expected = NDArray([0, 2] as [Float])
        #expect(try Session(model: model).run(["x": x]) == ["y": expected, "z": expected, "v": expected])
    }

    @Test func `constants are computed once`() {
        let result = foldingConstants(
            graph(
                [
                    Node("Constant", inputs: [], outputs: ["k"], attributes: ["value_floats": .floats([1, 2])]),
                    Node("Neg", inputs: ["k"], outputs: ["n"]), Node("Add", inputs: ["x", "n"], outputs: ["y"]),
                ]), opsets: ["": 17], context)
        #expect(result.nodes.map(\.operatorType) == ["Add"])
        #expect(result.initializers["n"] == NDArray([-1, -2] as [Float]))
    }

    @Test func `a constant that cannot be computed is left alone`() {
        let same = graph([Node("Reshape", inputs: ["k", "k"], outputs: ["y"])], constants: ["k": noise([2])])
        #expect(foldingConstants(same, opsets: ["": 17], context) == same)
    }

    @Test func `batch normalization becomes weights`() {
        let constants = ["w": noise([2, 1, 1, 1]), "v": NDArray([1, 1] as [Float])]
        let nodes = [convolution, Node("BatchNormalization", inputs: ["c", "v", "v", "v", "v"], outputs: ["y"])]
        let result = foldingBatchNormalization(graph(nodes, constants: constants))
        #expect(result.nodes.map(\.operatorType) == ["Conv"])
        #expect(result.nodes.first?.outputs == ["y"])
    }

    @Test func `x times its sigmoid is one node`() {
        let nodes = [Node("Sigmoid", inputs: ["x"], outputs: ["s"]), Node("Mul", inputs: ["s", "x"], outputs: ["y"])]
        #expect(fusingSiLU(graph(nodes)).nodes.map(\.operatorType) == ["SiLU"])
        #expect(fusingSiLU(graph(nodes, outputs: ["y", "s"])).nodes == nodes)
    }

    @Test func `an activation joins the convolution, unless another node reads between`() {
        let nodes = [convolution, Node("LeakyRelu", inputs: ["c"], outputs: ["y"], attributes: ["alpha": 0.5])]
        let fused = fusingActivations(graph(nodes), opsets: ["": 17], context)
        #expect(fused.nodes.map(\.domain) == [fusedDomain])
        #expect(fused.nodes[0].attributes["activation_parameters"] == .floats([0.5, 0]))
        let shared = graph(nodes, outputs: ["y", "c"])
        #expect(fusingActivations(shared, opsets: ["": 17], context) == shared)
    }

    @Test func `a sum joins the convolution before it`() {
        let nodes = [convolution, Node("Add", inputs: ["x", "c"], outputs: ["y"])]
        let fused = fusingResiduals(graph(nodes))
        #expect(fused.nodes.map(\.inputs) == [["x", "w", "", "x"]])
        #expect(fused.nodes[0].attributes["residual"] == "before")
        let doubled = graph([convolution, Node("Add", inputs: ["c", "c"], outputs: ["y"])])
        #expect(fusingResiduals(doubled) == doubled)
    }
}
