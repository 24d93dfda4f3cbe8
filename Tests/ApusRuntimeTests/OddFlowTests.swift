import ApusCore
import ApusONNX
import Testing

@testable import ApusRuntime

/// Whatever subgraphs, functions and sequences ask for, the answer is a result or a typed error.
@Suite struct OddFlowTests {
    private static let float = ValueType.tensor(.float, shape: nil)
    private static let flag = ValueType.tensor(.bool, shape: nil)
    private static let integer = ValueType.tensor(.int64, shape: nil)

    private static func graph(
        _ nodes: [Node], inputs: [(String, ValueType)] = [], outputs: [(String, ValueType)],
        constants: [String: NDArray] = [:]
    ) -> Graph {
        Graph(
            name: "g", nodes: nodes, inputs: inputs.map { ValueInfo($0.0, type: $0.1) },
            outputs: outputs.map { ValueInfo($0.0, type: $0.1) }, initializers: constants)
    }

    private static func session(_ graph: Graph, functions: [Function] = [], opset: Int = 17) throws -> Session {
        var model = Model(graph: graph, opset: opset)
        model.opsetImports["local"] = 1
        model.functions = functions
        return try Session(model: model, options: .init(threads: 1, memoryLimit: 1 << 24))
    }

    /// `If` over `x`, with branches that negate and double it.
    private static func choice(_ type: ValueType) -> Graph {
        let negated = graph([Node("Neg", inputs: ["x"], outputs: ["n"])], outputs: [("n", float)])
        let doubled = graph([Node("Add", inputs: ["x", "x"], outputs: ["d"])], outputs: [("d", float)])
        let node = Node(
            "If", name: "choice", inputs: ["c"], outputs: ["y"],
            attributes: ["then_branch": .graph(negated), "else_branch": .graph(doubled)])
        return graph([node], inputs: [("c", type), ("x", float)], outputs: [("y", float)])
    }

    /// A loop without bound whose body applies `nodes` to the carried `v`, giving `n`.
    private static func endless(_ nodes: [Node], _ type: ValueType) -> Graph {
        let body = graph(
            nodes + [Node("Identity", inputs: ["c"], outputs: ["d"])],
            inputs: [("i", integer), ("c", flag), ("v", type)], outputs: [("d", flag), ("n", type)])
        let loop = Node(
            "Loop", name: "loop", inputs: ["", "", "x"], outputs: ["y"], attributes: ["body": .graph(body)])
        return graph([loop], inputs: [("x", type)], outputs: [("y", type)])
    }

    @Test func `branches see the values around them`() throws {
        let session = try Self.session(Self.choice(Self.flag)), x = noise([3])
        let negated = try session.run(["c": NDArray(scalar: true), "x": x]),
            doubled = try session.run(
                ["c": NDArray(scalar: false), "x": x])
        #expect(negated["y"]?.elements() == x.elements(of: Float.self).map { -$0 })
        #expect(doubled["y"]?.elements() == x.elements(of: Float.self).map { 2 * $0 })
    }

    @Test func `a condition is one truth value`() throws {
        let number = try Self.session(Self.choice(Self.float)), several = try Self.session(Self.choice(Self.flag))
        #expect(throws: RuntimeError.operation("If", node: "choice", expected: "one truth value", found: "float32 []"))
        {
            try number.run(["c": NDArray(scalar: Float(1)), "x": noise([1])])
        }
        #expect(throws: RuntimeError.self) { try several.run(["c": NDArray([true, false]), "x": noise([1])]) }
    }

    @Test func `a body takes and gives what its node needs`() throws {
        let body = Self.graph(
            [Node("Neg", inputs: ["v"], outputs: ["n"])], inputs: [("v", Self.float)], outputs: [("n", Self.float)])
        for type in ["Loop", "Scan", "SequenceMap"] {
            let node = Node(
                type, name: "n", inputs: ["", "", "x"], outputs: ["y", "z"],
                attributes: ["body": .graph(body), "num_scan_inputs": 1])
            let graph = Self.graph([node], inputs: [("x", Self.float)], outputs: [("y", Self.float)])
            #expect(throws: RuntimeError.self, "\(type)") { try Self.session(graph) }
        }
    }

    @Test func `a value that no graph around has is named`() throws {
        var graph = Self.choice(Self.flag)
        graph.inputs.removeLast()
        #expect(throws: RuntimeError.graph(.undefinedValue("x", node: "choice"))) { try Self.session(graph) }
    }

    @Test func `a subgraph that reads its own node's output is a cycle`() throws {
        var graph = Self.choice(Self.flag)
        graph.nodes.append(Node("Neg", name: "back", inputs: ["y"], outputs: ["x"]))
        graph.inputs.removeLast()
        #expect(throws: RuntimeError.graph(.cycle(through: ["choice", "back"]))) { try Self.session(graph) }
    }

    @Test func `graphs nest so deep and no deeper`() throws {
        func nested(_ depth: Int) -> Graph {
            let shallow = Self.graph(
                [Node("Neg", inputs: ["x"], outputs: ["e\(depth)"])], outputs: [("e\(depth)", Self.float)])
            guard depth > 0 else { return shallow }
            let node = Node(
                "If", name: "if", inputs: ["c"], outputs: ["y\(depth)"],
                attributes: ["then_branch": .graph(nested(depth - 1)), "else_branch": .graph(shallow)])
            return Self.graph([node], outputs: [("y\(depth)", Self.float)])
        }
        func session(_ depth: Int) throws -> Session {
            var graph = nested(depth)
            graph.inputs = [ValueInfo("c", type: Self.flag), ValueInfo("x", type: Self.float)]
            return try Self.session(graph)
        }
        let x = NDArray([1, -2] as [Float])
        #expect(try session(20).run(["c": NDArray(scalar: true), "x": x])["y20"] == NDArray([-1, 2] as [Float]))
        #expect(throws: RuntimeError.graph(.nesting(limit: 24, node: "if"))) { try session(30) }
    }

    @Test func `functions are called with attributes given or left out, by their own opset`() throws {
        let function = Function(
            name: "Leaky", domain: "local", inputs: ["a", "unused"], outputs: ["b", "a"],
            nodes: [
                Node("Squeeze", inputs: ["a"], outputs: ["s"], attributes: ["axes": [0]]),
                Node("LeakyRelu", inputs: ["s"], outputs: ["b"], attributes: ["alpha": .reference("slope", code: 1)]),
            ], opsetImports: ["": 11], attributeNames: [], defaultAttributes: ["slope": .float(0.5)])
        let graph = Self.graph(
            [
                Node("Leaky", domain: "local", inputs: ["x"], outputs: ["y", "same"]),
                Node("Leaky", domain: "local", inputs: ["same"], outputs: ["z"], attributes: ["slope": .float(2)]),
            ], inputs: [("x", Self.float)], outputs: [("y", Self.float), ("z", Self.float)])
        let outputs = try Self.session(graph, functions: [function]).run([
            "x": NDArray([-2, 4] as [Float], shape: [1, 2])
        ])
        #expect(outputs["y"] == NDArray([-1, 4] as [Float]))
        #expect(outputs["z"] == NDArray([-4, 4] as [Float]))
    }

    @Test func `functions that never end, or explode, are refused`() throws {
        func function(_ name: String, calls: String, times: Int) -> Function {
            Function(
                name: name, domain: "local", inputs: ["a"], outputs: ["b0"],
                nodes: (0..<times).map { Node(calls, domain: "local", inputs: ["a"], outputs: ["b\($0)"]) },
                opsetImports: ["": 17, "local": 1])
        }
        let graph = Self.graph(
            [Node("F0", domain: "local", inputs: ["x"], outputs: ["y"])], inputs: [("x", Self.float)],
            outputs: [("y", Self.float)])
        let circle = [function("F0", calls: "F1", times: 1), function("F1", calls: "F0", times: 1)]
        #expect(throws: RuntimeError.graph(.cycle(through: ["F0", "F1", "F0"]))) {
            try Self.session(graph, functions: circle)
        }
        let bomb = (0..<40).map { function("F\($0)", calls: "F\($0 + 1)", times: 2) }
        #expect(throws: RuntimeError.self) { try Self.session(graph, functions: bomb) }
        let chain = (0..<200).map { function("F\($0)", calls: "F\($0 + 1)", times: 1) }
        #expect(throws: RuntimeError.self) { try Self.session(graph, functions: chain) }
    }

    @Test func `loops that grow end at the memory limit`() throws {
        let tensor = try Self.session(
            Self.endless([Node("Concat", inputs: ["v", "v"], outputs: ["n"], attributes: ["axis": 0])], Self.float))
        #expect(throws: RuntimeError.self) { try tensor.run(["x": noise([4])]) }
        let text = try Self.session(
            Self.endless([Node("StringConcat", inputs: ["v", "v"], outputs: ["n"])], .tensor(.string, shape: nil)),
            opset: 20)
        #expect(throws: RuntimeError.self) { try text.run(values: ["x": .strings(StringArray(["ab"]))]) }
    }

    @Test func `what is stacked is of one shape`() throws {
        let body = Self.graph(
            [
                Node("Identity", inputs: ["c"], outputs: ["d"]),
                Node("Concat", inputs: ["v", "v"], outputs: ["n"], attributes: ["axis": 0]),
                Node("Identity", inputs: ["n"], outputs: ["s"]),
            ], inputs: [("i", Self.integer), ("c", Self.flag), ("v", Self.float)],
            outputs: [("d", Self.flag), ("n", Self.float), ("s", Self.float)])
        let loop = Node(
            "Loop", name: "l", inputs: ["m", "", "x"], outputs: ["y", "z"], attributes: ["body": .graph(body)])
        let session = try Self.session(
            Self.graph(
                [loop], inputs: [("x", Self.float)], outputs: [("z", Self.float)],
                constants: ["m": NDArray(scalar: Int64(3))]))
        #expect(
            throws: RuntimeError.operation("Loop", node: "l", expected: "float32 [2] each time", found: "float32 [4]")
        ) { try session.run(["x": noise([1])]) }
    }

    @Test func `sequences hold one type, and places in them are theirs`() throws {
        func run(_ nodes: [Node], _ inputs: [String: NDArray]) throws -> [String: ModelValue] {
            let graph = Graph(
                name: "g", nodes: nodes, inputs: inputs.map { ValueInfo($0, $1.dataType, shape: nil) },
                outputs: [ValueInfo("y", type: .other("undeclared"))])
            return try Self.session(graph).run(values: inputs.mapValues(ModelValue.tensor))
        }
        let a = noise([2]), b = NDArray([1, 2] as [Int64]), place = NDArray(scalar: Int64(2))
        let pair = Node("SequenceConstruct", inputs: ["a", "b"], outputs: ["s"])
        #expect(throws: RuntimeError.self) { try run([pair], ["a": a, "b": b]) }
        let access = Node("SequenceAt", inputs: ["s", "p"], outputs: ["y"])
        #expect(throws: RuntimeError.self) { try run([pair, access], ["a": a, "b": a, "p": place]) }
        let last = NDArray(scalar: Int64(-1))
        #expect(try run([pair, access], ["a": b, "b": b, "p": last])["y"] == .tensor(b))
        let sum = Node("Add", inputs: ["s", "a"], outputs: ["y"])
        #expect(
            throws: RuntimeError.operation("Add", node: "Add of 'y'", expected: "numbers", found: "a sequence of 2")
        ) {
            try run([pair, sum], ["a": a, "b": a])
        }
    }

    @Test func `patterns that are none, or too much, are refused`() {
        let odd = ["(", "a)", "[a", "*", "a**", "a{2}{3}", "a{3,2}", "\\", "(?i)a", "\\p{L}", "[z-a]", "a{1001}"]
        let deep = String(repeating: "(", count: 10_000), many = "a" + String(repeating: "*", count: 100_000)
        let bombs = [deep, many, "(((){1000}){1000}){1000}", "((a{100}){100}){100}"]
        for pattern in odd + bombs {
            #expect(throws: PatternError.self, "\(pattern.prefix(20))") { try Pattern(pattern) }
        }
    }

    @Test func `patterns are matched in time linear in the text`() throws {
        let text = String(repeating: "a", count: 20_000)
        #expect(try !Pattern("(a*)*b").matches(text))
        #expect(try Pattern("(a|aa)+").matches(text))
    }

    @Test func `texts split at whitespace have no empty parts`() throws {
        for (limit, parts) in [(0, ["a b"]), (1, ["a", "b "]), (5, ["a", "b"])] {
            let node = Node("StringSplit", inputs: ["x"], outputs: ["y", "n"], attributes: ["maxsplit": .int(limit)])
            let graph = Self.graph(
                [node], inputs: [("x", .tensor(.string, shape: nil))], outputs: [("y", .tensor(.string, shape: nil))])
            let x = ModelValue.strings(StringArray([limit == 0 ? " a b" : "  a  b ", "   "]))
            let y = try Self.session(graph, opset: 20).run(values: ["x": x])["y"]
            let empty = [String](repeating: "", count: parts.count)
            #expect(y == .strings(StringArray(parts + empty, shape: [2, parts.count])))
        }
    }

    @Test func `values of another kind than declared are refused`() throws {
        let graph = Self.graph(
            [Node("OptionalHasElement", inputs: ["x"], outputs: ["y"])],
            inputs: [("x", .optional(.sequence(Self.float)))], outputs: [("y", Self.flag)])
        let session = try Self.session(graph)
        #expect(
            session.inputValues == [ValueFact(name: "x", type: .optional(.sequence(.tensor(.float32, shape: nil))))])
        #expect(try session.run(values: [:])["y"] == .tensor(NDArray(scalar: false)))
        let filled = ModelValue.optional(.sequence([.tensor(noise([1]))]))
        #expect(try session.run(values: ["x": filled])["y"] == .tensor(NDArray(scalar: true)))
        #expect(throws: RuntimeError.self) { try session.run(values: ["x": .tensor(noise([1]))]) }
        let texts = try Self.session(
            Self.graph(
                [Node("Cast", inputs: ["x"], outputs: ["y"], attributes: ["to": 8])], inputs: [("x", Self.float)],
                outputs: [("y", .tensor(.string, shape: nil))]))
        #expect(throws: RuntimeError.outputKind("y", found: "strings [1]")) { try texts.run(["x": noise([1])]) }
        #expect(try texts.run(values: ["x": .tensor(NDArray([0.1] as [Float]))])["y"] == .strings(StringArray(["0.1"])))
    }
}
