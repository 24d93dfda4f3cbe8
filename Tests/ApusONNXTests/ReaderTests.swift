import ApusCore
import Glibc
import Testing

@testable import ApusONNX

@Suite struct ReaderTests {
    @Test(arguments: DataType.allCases)
    func `typed fields and raw bytes give the same elements`(type: DataType) throws {
        let constants = try Goldens.model("types.onnx").graph.initializers
        let typed = try #require(constants["\(type)_typed"])
        #expect(typed.dataType == type && typed.shape == [3])
        #expect(typed == constants["\(type)_raw"])
    }

    @Test func `elements are those that were written`() throws {
        let constants = try Goldens.model("types.onnx").graph.initializers
        #expect(constants["float32_typed"]?.elements() == [0.5, -2, 1.5] as [Float])
        #expect(constants["uint64_typed"]?.elements() == [0, 1, .max] as [UInt64])
        #expect(constants["int64_typed"]?.elements() == [-1, 1, .min] as [Int64])
        #expect(constants["bool_raw"]?.elements() == [true, false, true])
        #expect(constants["float16_raw"]?.withUnsafeBytes { $0.loadUnaligned(as: UInt16.self) } == 0x3800)
        #expect(constants["scalar"] == NDArray(scalar: Float(7)))
        #expect(constants["empty"]?.shape == [0, 4])
    }

    @Test func `elements of less than a byte, texts and sparse tensors are those that were written`() throws {
        let graph = try Goldens.model("types.onnx").graph
        #expect(graph.initializers["int4_raw"]?.withUnsafeBytes { $0.map { Int8(bitPattern: $0) } } == [-1, 1, -8])
        #expect(graph.initializers["uint4_raw"]?.withUnsafeBytes { Array($0) } == [0, 1, 15])
        #expect(graph.initializers["float8E4M3FN_raw"]?.withUnsafeBytes { Array($0) } == [0x30, 0xC0, 0x3C])
        #expect(graph.stringInitializers == ["words": StringArray(["a", "ü", ""], shape: [3, 1])])
        let dense = NDArray([0, 3, 0, 0, 0, -1] as [Float], shape: [2, 3])
        for name in ["linear", "coordinates"] {
            #expect(try graph.sparseInitializers[name]?.dense(name: name) == dense)
        }
    }

    @Test func `sparse tensors point into themselves, and are no larger than allowed`() {
        let values = NDArray([1] as [Float])
        for (shape, index) in [(Shape([2, 3]), Int64(6)), ([2, 3], -1), ([1 << 40, 1 << 40], 0), ([1 << 30], 0)] {
            let array = SparseArray(shape: shape, values: values, indices: NDArray([index]))
            #expect(throws: GraphError.self) { try array.dense(name: "s") }
        }
    }

    @Test func `declared shapes keep fixed, symbolic and unknown extents`() throws {
        let graph = try Goldens.model("types.onnx").graph
        #expect(graph.inputs == [ValueInfo("x", .float32, shape: ["batch", 3, .unknown])])
        #expect(graph.inputs[0].staticShape == nil)
        #expect(graph.nodes == [Node("Identity", name: "only", inputs: ["x"], outputs: ["y"])])
    }

    @Test func `attributes of every simple kind are read`() throws {
        let model = try Goldens.model("attributes.onnx")
        let node = try #require(model.graph.nodes.last)
        #expect(node.inputs == ["x", "", "y"] && node.input(1) == nil && node.domain == "custom")
        #expect(try node.float("f") == 0.25)
        #expect(try node.int("i") == -3)
        #expect(try node.string("s") == "text")
        #expect(try node.floats("fs") == [1, -0.5])
        #expect(try node.ints("is_") == [1, -2, 1 << 40])
        #expect(try node.strings("ss") == ["a", "ü"])
        #expect(model.opset == 17 && model.producer == "oracle" && model.irVersion == 8)
    }

    @Test func `subgraphs read values from outside`() throws {
        let branch = try Goldens.model("attributes.onnx").graph.nodes[1]
        #expect(try branch.graph("then_branch").nodes.map(\.operatorType) == ["Relu"])
        #expect(Set(branch.reads) == ["condition", "x"])
    }

    @Test func `functions and sequences are read`() throws {
        let model = try Goldens.model("functions.onnx")
        #expect(model.functions.map(\.name) == ["Double"])
        #expect(model.functions.first?.nodes.map(\.operatorType) == ["Constant", "Mul"])
        guard case .sequence(.tensor(.float, _)) = model.graph.outputs[1].type else {
            Issue.record("the second output is no sequence")
            return
        }
    }

    @Test(arguments: Goldens.names)
    func `what onnx wrote passes the checker`(name: String) throws {
        try Checker.check(try Goldens.model(name))
    }

    @Test func `initializers outlive the model and its file`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/m.onnx"
        let weight = NDArray((0..<256).map(Float.init))
        try Model(graph: Graph(name: "g", initializers: ["w": weight])).write(to: path)
        let read = try Model(contentsOf: path).graph.initializers["w"]
        #expect(unlink(path) == 0)
        #expect(read == weight)
    }

    @Test func `a file that is not there is named`() {
        #expect(throws: GraphError.file(FileError("open", "/nowhere/m.onnx", code: ENOENT))) {
            try Model(contentsOf: "/nowhere/m.onnx")
        }
    }
}
