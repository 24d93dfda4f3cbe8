import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// From the third run on, kernel calls are repeated: on other numbers they must give what a new session gives.
@Suite struct ReplayTests {
    /// A graph over `x` of [2, 8, 9, 12] and `z` of the same shape, with one output `y`.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let build: @Sendable (inout GraphBuilder, GraphValue, GraphValue) -> GraphValue
        var opset = 17

        init(
            _ name: String, opset: Int = 17,
            _ build: @escaping @Sendable (inout GraphBuilder, GraphValue, GraphValue) -> GraphValue
        ) {
            (testDescription, self.opset, self.build) = (name, opset, build)
        }

        func model() -> Model {
            var builder = GraphBuilder(name: "g")
            let x = builder.input("x", shape: [2, 8, 9, 12]), z = builder.input("z", shape: [2, 8, 9, 12])
            let y = build(&builder, x, z)
            _ = builder.node("Identity", [y], output: "y")
            var graph = builder.build()
            graph.outputs = [ValueInfo("y", .float32, shape: nil)]
            return Model(graph: graph, opset: opset)
        }
    }

    static func convolution(
        _ builder: inout GraphBuilder, _ x: GraphValue, _ shape: Shape, _ attributes: [String: Attribute] = [:]
    ) -> GraphValue {
        let weights = builder.constant(noise(shape, seed: 3), name: "w")
        let bias = builder.constant(noise([shape[0]], seed: 4), name: "b")
        return builder.node("Conv", [x, weights, bias], attributes: attributes)
    }

    static func integers(_ builder: inout GraphBuilder, _ values: [Int64]) -> GraphValue {
        builder.constant(NDArray(values), name: "i")
    }

    static let same: [String: Attribute] = ["pads": [1, 1, 1, 1]]

    static let cases: [Case] = [
        Case("pointwise") { b, x, _ in ReplayTests.convolution(&b, x, [24, 8, 1, 1]) },
        Case("Winograd") { b, x, _ in b.node("Relu", [ReplayTests.convolution(&b, x, [16, 8, 3, 3], ReplayTests.same)])
        },
        Case("strided") { b, x, _ in
            ReplayTests.convolution(&b, x, [5, 8, 3, 3], ["strides": [2, 2], "pads": [0, 1, 1, 0]])
        },
        Case("groups") { b, x, _ in ReplayTests.convolution(&b, x, [8, 2, 3, 3], ["group": 4]) },
        Case("depthwise") { b, x, _ in
            ReplayTests.convolution(&b, x, [8, 1, 3, 3], ["group": 8, "pads": [1, 1, 1, 1]])
        },
        Case("expansion") { b, x, _ in
            let wide = b.node("Relu", [ReplayTests.convolution(&b, x, [48, 8, 1, 1])])
            return ReplayTests.convolution(&b, wide, [48, 1, 3, 3], ["group": 48, "pads": [1, 1, 1, 1]])
        },
        Case("residual") { b, x, z in
            b.node("Add", [ReplayTests.convolution(&b, x, [8, 8, 3, 3], ReplayTests.same), z])
        },
        Case("channel sums") { b, x, z in
            let mean = b.node("GlobalAveragePool", [z])
            return b.node("Mul", [x, b.node("HardSigmoid", [ReplayTests.convolution(&b, mean, [8, 8, 1, 1])])])
        },
        Case("transposed") { b, x, _ in
            let weights = b.constant(noise([8, 3, 2, 2], seed: 5), name: "w")
            let bias = b.constant(noise([6], seed: 6), name: "b")
            return b.node("ConvTranspose", [x, weights, bias], attributes: ["group": 2, "strides": [2, 2]])
        },
        Case("arithmetic") { b, x, z in
            let scale = b.constant(noise([1, 8, 1, 1], seed: 5), name: "s")
            let row = b.constant(noise([12], seed: 6), name: "r")
            let a = b.node("Sub", [b.node("Mul", [x, scale]), b.node("Add", [z, row])])
            return b.node("Div", [a, b.constant(NDArray(scalar: 3 as Float), name: "three")])
        },
        Case("functions") { b, x, _ in
            ["Sigmoid", "Exp", "Tanh", "Softsign", "Neg"].reduce(x) { b.node($1, [$0]) }
        },
        Case("softmax of channels") { b, x, _ in b.node("Softmax", [x], attributes: ["axis": 1]) },
        Case("softmax of rows") { b, x, _ in b.node("LogSoftmax", [x], attributes: ["axis": -1]) },
        Case("pools") { b, x, _ in
            let top = b.node("MaxPool", [x], attributes: ["kernel_shape": [3, 3], "strides": [2, 2]])
            return b.node("AveragePool", [top], attributes: ["kernel_shape": [2, 2], "pads": [1, 1, 1, 1]])
        },
        Case("parts") { b, x, z in
            let deep = ReplayTests.convolution(&b, x, [8, 8, 3, 3], ReplayTests.same)
            let halves = b.node("Split", [deep], attributes: ["axis": 1], outputCount: 2)
            let first = b.node(
                "Concat", [halves[0], halves[1], ReplayTests.convolution(&b, z, [4, 8, 1, 1])], attributes: ["axis": 1])
            return b.node("Concat", [first, first], attributes: ["axis": 3])
        },
        Case("movements") { b, x, _ in
            let turned = b.node("Transpose", [x], attributes: ["perm": [0, 2, 3, 1]])
            let cut = b.node(
                "Slice",
                [
                    turned, ReplayTests.integers(&b, [1, 8]), ReplayTests.integers(&b, [7, 0]),
                    ReplayTests.integers(&b, [1, 3]), ReplayTests.integers(&b, [2, -2]),
                ])
            let flat = b.node("Reshape", [cut, ReplayTests.integers(&b, [2, 1, -1])])
            let less = b.node("Squeeze", [flat, ReplayTests.integers(&b, [1])])
            return b.node(
                "Flatten", [b.node("Unsqueeze", [less, ReplayTests.integers(&b, [0])])], attributes: ["axis": 2])
        },
        Case("a shape computed from shapes") { b, x, _ in
            let deep = ReplayTests.convolution(&b, x, [8, 8, 1, 1])
            let extents = b.node("Shape", [deep])
            let batch = b.node("Gather", [extents, ReplayTests.integers(&b, [0])])
            let shape = b.node("Concat", [batch, ReplayTests.integers(&b, [-1])], attributes: ["axis": 0])
            let count = b.node("Cast", [batch], attributes: ["to": 1])
            return b.node("Mul", [b.node("Reshape", [b.node("Relu", [deep]), shape]), count])
        },
        Case("nearest") { b, x, _ in
            let scales = b.constant(NDArray([1, 1, 2, 2] as [Float]), name: "s")
            return b.node("Resize", [x, nil, scales], attributes: ["mode": "nearest"])
        },
        Case("linear") { b, x, _ in
            let scales = b.constant(NDArray([1, 1, 1.5, 0.5] as [Float]), name: "s")
            return b.node("Resize", [x, nil, scales], attributes: ["mode": "linear"])
        },
        Case("dense layer") { b, x, _ in
            let weights = b.constant(noise([5, 864], seed: 7), name: "w")
            let bias = b.constant(noise([5], seed: 8), name: "b")
            return b.node("Gemm", [b.node("Flatten", [x]), weights, bias], attributes: ["transB": 1])
        },
        Case("products") { b, x, z in
            let weights = b.constant(noise([12, 7], seed: 9), name: "w")
            let few = b.constant(noise([1, 8, 2, 9], seed: 10), name: "f")
            return b.node("MatMul", [few, b.node("MatMul", [b.node("Add", [x, z]), weights])])
        },
        Case("quantized", opset: 13) { b, x, z in
            let scale = b.constant(NDArray(scalar: 0.02 as Float), name: "scale")
            let zero = b.constant(NDArray(scalar: 3 as Int8), name: "zero")
            func rounded(_ x: GraphValue, _ b: inout GraphBuilder) -> GraphValue {
                b.node("DequantizeLinear", [b.node("QuantizeLinear", [x, scale, zero]), scale, zero])
            }
            let bytes = (0..<576).map { Int8(truncatingIfNeeded: $0 &* 37) }
            let weights = b.node(
                "DequantizeLinear",
                [
                    b.constant(NDArray(bytes, shape: [8, 8, 3, 3]), name: "w"),
                    b.constant(NDArray(scalar: 0.001 as Float), name: "ws"),
                    b.constant(NDArray(scalar: 0 as Int8), name: "wz"),
                ])
            let first = rounded(b.node("Conv", [rounded(x, &b), weights], attributes: ReplayTests.same), &b)
            let pool = b.node(
                "MaxPool", [first], attributes: ["kernel_shape": [3, 3], "pads": [1, 1, 1, 1]])
            return b.node("Sigmoid", [rounded(b.node("Concat", [pool, rounded(z, &b)], attributes: ["axis": 1]), &b)])
        },
    ]

    static func feeds(_ seed: UInt64) -> [String: NDArray] {
        ["x": noise([2, 8, 9, 12], seed: seed), "z": noise([2, 8, 9, 12], seed: seed + 100)]
    }

    @Test(arguments: cases, [Backend.optimized, .plain, .generic])
    func `equals a first run`(item: Case, backend: Backend) throws {
        let session = try Session(model: item.model(), options: backend.options)
        for seed in 1...2 as ClosedRange<UInt64> { _ = try session.run(Self.feeds(seed)) }
        // As written, a constant is a node that gives its array.
        #expect(session.isReplaying || backend == .plain)
        for seed in 3...5 as ClosedRange<UInt64> {
            let fresh = try Session(model: item.model(), options: backend.options)
            #expect(try session.run(Self.feeds(seed)) == fresh.run(Self.feeds(seed)))
        }
    }

    private func session() throws -> Session {
        let item = Case("") { b, x, z in
            b.node("Add", [ReplayTests.convolution(&b, x, [8, 8, 3, 3], ReplayTests.same), z])
        }
        return try Session(model: item.model())
    }

    @Test func `results lie where those before them did`() throws {
        let session = try session()
        var outputs: [String: NDArray] = ["other": noise([3])]
        for seed in 1...2 as ClosedRange<UInt64> { try session.run(Self.feeds(seed), into: &outputs) }
        let address = outputs["y"]?.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        try session.run(Self.feeds(3), into: &outputs)
        #expect(outputs["y"]?.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == address)
        #expect(outputs == (try self.session().run(Self.feeds(3))))
    }

    @Test func `an array that somebody holds is not written`() throws {
        let session = try session()
        var outputs: [String: NDArray] = [:]
        for seed in 1...3 as ClosedRange<UInt64> { try session.run(Self.feeds(seed), into: &outputs) }
        let held = outputs
        try session.run(Self.feeds(4), into: &outputs)
        #expect(held == (try self.session().run(Self.feeds(3))))
        #expect(outputs == (try self.session().run(Self.feeds(4))))
    }

    /// A settled output's memory may stand where a value of the run stood that is gone.
    @Test func `a shape is an output beside values`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: [2, 8, 9, 12]), z = builder.input("z", shape: [2, 8, 9, 12])
        let deep = ReplayTests.convolution(&builder, x, [8, 8, 3, 3], ReplayTests.same)
        for index in 0..<6 {
            let part = builder.node("Add", [builder.node("Sigmoid", [builder.node("Mul", [deep, z])]), x])
            _ = builder.node("Shape", [part], output: "shape\(index)")
            _ = builder.node("Relu", [part], output: "y\(index)")
        }
        var graph = builder.build()
        graph.outputs = (0..<6).flatMap {
            [ValueInfo("shape\($0)", .int64, shape: nil), ValueInfo("y\($0)", .float32, shape: nil)]
        }
        let session = try Session(model: Model(graph: graph, opset: 17))
        for seed in 1...6 as ClosedRange<UInt64> {
            let fresh = try Session(model: Model(graph: graph, opset: 17))
            #expect(try session.run(Self.feeds(seed)) == fresh.run(Self.feeds(seed)))
        }
    }

    /// Values of a size that memory comes in, of which several are free at once.
    @Test func `values of many megabytes keep their memory`() throws {
        var builder = GraphBuilder(name: "g")
        let shape: Shape = [4, 16, 400, 400]
        let x = builder.input("x", shape: [4, 16, 400, 400])
        let deep = (0..<4).reduce(x) { y, _ in ReplayTests.convolution(&builder, y, [16, 16, 1, 1]) }
        builder.output(builder.node("GlobalAveragePool", [deep]), name: "y", shape: [4, 16, 1, 1])
        let session = try Session(model: builder.model())
        for seed in 1...4 as ClosedRange<UInt64> {
            let x = noise(shape, seed: seed)
            #expect(try session.run(["x": x]) == Session(model: builder.model()).run(["x": x]))
        }
        #expect(session.isReplaying)
    }

    /// What depends on numbers is computed anew in each run.
    @Test func `what numbers decide is not repeated`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: [6])
        builder.output(builder.node("NonZero", [x]), name: "y", .int64, shape: [1, "count"])
        let session = try Session(model: builder.model())
        for count in [6, 6, 6, 2, 0] {
            let x = NDArray((0..<6).map { Float($0 < count ? 1 : 0) })
            #expect(try session.run(["x": x])["y"]?.shape == [1, count])
        }
        #expect(!session.isReplaying)
    }

    @Test func `an input or a constant as an output is not taken for a result`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: [4])
        builder.output(builder.node("Identity", [x]), name: "same", shape: [4])
        builder.output(builder.constant(noise([3]), name: "c"), name: "c", shape: [3])
        let session = try Session(model: builder.model())
        for seed in 1...5 as ClosedRange<UInt64> {
            let x = noise([4], seed: seed), outputs = try session.run(["x": x])
            #expect(outputs["same"] == x && outputs["c"] == noise([3]))
        }
    }
}
