import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Models made to do harm end with a typed error, soon, and within the memory they are given.
@Suite struct MalformedModelTests {
    private static let limits = Session.Options(threads: 1, memoryLimit: 1 << 20, stepLimit: 10_000)

    private func outcome(_ model: Model, optimizes: Bool = true) throws -> RuntimeError? {
        var options = Self.limits
        options.optimizes = optimizes
        do throws(RuntimeError) {
            let session = try Session(model: model, options: options)
            _ = try session.run(values: [:])
            return nil
        } catch {
            _ = error.description
            return error
        }
    }

    private func graph(
        _ nodes: [Node], constants: [String: NDArray] = [:], inputs: [ValueInfo] = [], outputs: [String]
    ) -> Graph {
        Graph(
            name: "g", nodes: nodes, inputs: inputs, outputs: outputs.map { ValueInfo($0, .float32, shape: nil) },
            initializers: constants)
    }

    /// A loop over `nodes`, which turn `state` into `next`.
    private func loop(_ nodes: [Node], trips: Int64, start: NDArray, type: ValueType? = nil) -> Model {
        let number = ValueInfo("number", .int64, shape: []), condition = ValueInfo("condition", .bool, shape: [])
        let state = ValueInfo("state", type: type ?? .tensor(ElementType(start.dataType), shape: nil))
        let body = graph(nodes, inputs: [number, condition, state], outputs: ["condition", "next"])
        let node = Node("Loop", inputs: ["trips", "", "start"], outputs: ["y"], attributes: ["body": .graph(body)])
        return Model(
            graph: graph([node], constants: ["trips": NDArray(scalar: trips), "start": start], outputs: ["y"]))
    }

    private func isSteps(_ error: RuntimeError?) -> Bool {
        if case .steps(limit: 10_000, _, _) = error { true } else { false }
    }

    private func isMemory(_ error: RuntimeError?) -> Bool {
        if case .memory = error { true } else { false }
    }

    @Test(arguments: [1 << 62, .max] as [Int64])
    func `a loop of endless trips ends`(trips: Int64) throws {
        let copy = Node("Identity", inputs: ["state"], outputs: ["next"])
        #expect(isSteps(try outcome(loop([copy], trips: trips, start: noise([2])))))
        #expect(isSteps(try outcome(loop([copy], trips: trips, start: noise([2])), optimizes: false)))
    }

    @Test func `a loop around a loop ends`() throws {
        let number = ValueInfo("i", .int64, shape: []), condition = ValueInfo("c", .bool, shape: [])
        let inner = Graph(
            name: "inner", nodes: [Node("Identity", inputs: ["v"], outputs: ["w"])],
            inputs: [number, condition, ValueInfo("v", .float32, shape: nil)],
            outputs: [condition, ValueInfo("w", .float32, shape: nil)])
        let node = Node(
            "Loop", inputs: ["trips", "", "state"], outputs: ["next"], attributes: ["body": .graph(inner)])
        #expect(isSteps(try outcome(loop([node], trips: 1 << 40, start: noise([1])))))
    }

    @Test func `a tensor that doubles each round meets the memory limit`() throws {
        let double = Node("Concat", inputs: ["state", "state"], outputs: ["next"], attributes: ["axis": 0])
        #expect(isMemory(try outcome(loop([double], trips: 1 << 20, start: noise([4])))))
    }

    @Test func `a text that doubles each round meets the memory limit`() throws {
        let double = Node("StringConcat", inputs: ["state", "state"], outputs: ["next"])
        var model = loop([double], trips: 1 << 20, start: noise([1]), type: .tensor(.string, shape: nil))
        model.opsetImports[""] = 20
        model.graph.initializers["start"] = nil
        model.graph.stringInitializers["start"] = StringArray(["apus"])
        #expect(isMemory(try outcome(model)))
    }

    @Test func `a sequence that grows each round ends`() throws {
        let element = ValueType.tensor(.float, shape: nil)
        let grow = Node("SequenceInsert", inputs: ["state", "element"], outputs: ["next"])
        var model = loop([grow], trips: 1 << 40, start: noise([1]), type: .sequence(element))
        model.graph.initializers["element"] = noise([1])
        model.graph.nodes.insert(Node("SequenceEmpty", inputs: [], outputs: ["start"]), at: 0)
        model.graph.initializers["start"] = nil
        #expect(try outcome(model) != nil)
    }

    @Test func `optionals do not nest`() throws {
        let wrap = Node("Optional", inputs: ["state"], outputs: ["next"])
        let model = loop([wrap], trips: 1 << 40, start: noise([1]))
        guard case .operation("Optional", _, _, _) = try outcome(model) else {
            Issue.record("no error")
            return
        }
    }

    @Test func `constants that unfold to terabytes are not folded`() throws {
        var nodes: [Node] = [], constants = ["x0": noise([1, 64])]
        constants["repeats"] = NDArray([1, 64] as [Int64])
        for index in 0..<6 { nodes.append(Node("Tile", inputs: ["x\(index)", "repeats"], outputs: ["x\(index + 1)"])) }
        #expect(isMemory(try outcome(Model(graph: graph(nodes, constants: constants, outputs: ["x6"])))))
    }

    @Test func `many constants that unfold stay within the limit together`() throws {
        var nodes: [Node] = []
        for index in 0..<64 { nodes.append(Node("ConstantOfShape", inputs: ["shape"], outputs: ["y\(index)"])) }
        let model = Model(
            graph: graph(nodes, constants: ["shape": NDArray([50_000] as [Int64])], outputs: (0..<64).map { "y\($0)" }))
        #expect(isMemory(try outcome(model)))
    }

    @Test func `one weight packed for many nodes meets the limit`() throws {
        let nodes = (0..<50).map { Node("Conv", inputs: ["x\($0)", "w"], outputs: ["x\($0 + 1)"]) }
        var wide = graph(nodes, constants: ["w": noise([1, 65_536, 1, 1])], outputs: ["x50"])
        wide.inputs = [ValueInfo("x0", .float32, shape: [1, 65_536, 1, 1])]
        #expect(isMemory(try outcome(Model(graph: wide))))
        wide.nodes.removeLast(49)
        wide.outputs = [ValueInfo("x1", .float32, shape: nil)]
        #expect(try outcome(Model(graph: wide)) == .missingInput("x0", expected: ["x0"]))
    }

    @Test func `graphs deep inside each other are refused`() throws {
        let leaf = graph([Node("Identity", inputs: ["x"], outputs: ["y"])], outputs: ["y"])
        var nested = leaf
        for _ in 0..<30 {
            let branches: [String: Attribute] = ["then_branch": .graph(leaf), "else_branch": .graph(nested)]
            nested = graph([Node("If", inputs: ["flag"], outputs: ["y"], attributes: branches)], outputs: ["y"])
        }
        nested.initializers = ["x": noise([1]), "flag": NDArray(scalar: false)]
        guard case .graph(.nesting) = try outcome(Model(graph: nested)) else {
            Issue.record("no error of nesting")
            return
        }
    }

    @Test func `functions that call each other without end are refused`() throws {
        func function(_ name: String, calls: [String]) -> Function {
            let nodes = calls.enumerated().map { index, callee in
                Node(callee, domain: "f", inputs: [index == 0 ? "x" : "v\(index)"], outputs: ["v\(index + 1)"])
            }
            return Function(
                name: name, domain: "f", inputs: ["x"], outputs: ["v\(calls.count)"], nodes: nodes,
                opsetImports: ["": 17, "f": 1])
        }
        let call = Node("f0", domain: "f", inputs: ["x"], outputs: ["y"])
        var model = Model(graph: graph([call], constants: ["x": noise([1])], outputs: ["y"]))
        model.opsetImports["f"] = 1
        model.functions = [function("f0", calls: ["f1"]), function("f1", calls: ["f0"])]
        #expect(throws: RuntimeError.graph(.cycle(through: ["f0", "f1", "f0"]))) {
            try Session(model: model, options: Self.limits)
        }
        // 10³⁰ nodes in 30 functions.
        model.functions = (0..<30).map { function("f\($0)", calls: [String](repeating: "f\($0 + 1)", count: 10)) }
        #expect(throws: RuntimeError.self) { try Session(model: model, options: Self.limits) }
    }

    @Test func `no file may ask for fused operators`() throws {
        let node = Node("HardSwish", domain: "apus", inputs: ["x"], outputs: ["y"])
        var model = Model(graph: graph([node], constants: ["x": noise([1])], outputs: ["y"]))
        model.opsetImports["apus"] = 1
        guard case .graph(.unsupportedOperator) = try outcome(model) else {
            Issue.record("no error")
            return
        }
    }

    @Test(arguments: ["Flatten", "Relu", "Conv"])
    func `a quantization without an output is no end of a chain`(type: String) throws {
        let nodes = [
            Node("DequantizeLinear", inputs: ["x", "scale", "zero"], outputs: ["a"]),
            Node(type, inputs: type == "Conv" ? ["a", "w"] : ["a"], outputs: ["b"]),
            Node("QuantizeLinear", inputs: ["b", "scale", "zero"], outputs: []),
        ]
        var odd = graph(
            nodes,
            constants: [
                "scale": NDArray(scalar: Float(0.5)), "zero": NDArray(scalar: Int8(0)), "w": noise([2, 3, 1, 1]),
            ],
            outputs: [])
        odd.inputs = [ValueInfo("x", .int8, shape: [1, 3, 4, 4])]
        #expect(try outcome(Model(graph: odd)) == .missingInput("x", expected: ["x"]))
    }

    @Test(arguments: [[], [3], [3, 4], [1, 3, 5]] as [Shape])
    func `a convolution of images refuses other shapes`(shape: Shape) throws {
        #expect(throws: RuntimeError.self) {
            try run("Conv", [noise(shape), noise([2, 3, 3, 3])], attributes: ["pads": [2, 0, 2, 0]])
        }
    }

    @Test func `a model of many subgraphs is read in one go`() throws {
        let branch = graph([Node("Identity", inputs: ["x"], outputs: ["b"])], outputs: ["b"])
        let nodes = (0..<5000).map { index in
            Node(
                "If", inputs: ["flag"], outputs: ["y\(index)"],
                attributes: ["then_branch": .graph(branch), "else_branch": .graph(branch)])
        }
        let constants = ["flag": NDArray(scalar: true), "x": noise([1])]
        #expect(try outcome(Model(graph: graph(nodes, constants: constants, outputs: ["y4999"]))) == nil)
    }

    /// Inputs that fuzzing found, each once a crash or a hang. `scripts/fuzz model FILE` shows more of one.
    @Test(arguments: Oracles.names(in: "fuzzing"))
    func `what fuzzing found stays fixed`(name: String) throws {
        let bytes = try FileSystem.read(Oracles.folder + "/fuzzing/" + name)
        do throws(GraphError) {
            let model = try Model(decoding: bytes)
            for optimizes in [true, false] { _ = try? feedZeros(model, optimizes: optimizes) }
        } catch {
            _ = error.description
        }
    }

    /// Feeds zeros of the declared shapes.
    private func feedZeros(_ model: Model, optimizes: Bool) throws {
        var options = Self.limits
        options.optimizes = optimizes
        let session = try Session(model: model, options: options)
        var feeds: [String: NDArray] = [:]
        for fact in session.inputs {
            let shape = Shape((fact.shape ?? []).map { $0 ?? 2 })
            guard let count = shape.checkedCount, count <= 1 << 16 else { return }
            feeds[fact.name] = NDArray(zeros: shape, dataType: fact.dataType)
        }
        _ = try session.run(feeds)
    }
}
