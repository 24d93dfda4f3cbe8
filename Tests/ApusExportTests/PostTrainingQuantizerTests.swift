import ApusCore
import ApusONNX
import ApusRuntime
import Testing
@testable import ApusExport

/// A network in 8-bit integers computes nearly what it computed in floats.
@Suite struct PostTrainingQuantizerTests {
    private static func noise(_ shape: Shape, seed: UInt64) -> NDArray {
        var stream = RandomStream(seed: seed, epoch: 0, sample: 0, purpose: 0)
        return NDArray((0..<shape.count).map { _ in Float.random(in: -1...1, using: &stream) }, shape: shape)
    }

    /// A bottleneck as v8 networks have it: a split, a sum, a concatenation, and a convolution that ends it.
    private let network: Model = {
        var builder = GraphBuilder(name: "bottleneck")
        func convolution(_ x: GraphValue, _ inputs: Int, _ outputs: Int, seed: UInt64) -> GraphValue {
            let weight = builder.constant(noise([outputs, inputs, 3, 3], seed: seed), name: "weight")
            let bias = builder.constant(noise([outputs], seed: seed + 1), name: "bias")
            return builder.node("Conv", [x, weight, bias], attributes: ["pads": [1, 1, 1, 1]])
        }
        let x = builder.input("x", shape: ["n", 3, 12, 12])
        let first = builder.silu(convolution(x, 3, 16, seed: 1))
        let parts = builder.split(first, sizes: [8, 8], axis: 1)
        let inner = builder.silu(convolution(parts[1], 8, 8, seed: 3))
        let sum = builder.node("Add", [parts[1], inner])
        let pooled = builder.maxPool(sum, kernelSize: 3, stride: 1, padding: 1)
        let joined = builder.concatenated([parts[0], parts[1], pooled], axis: 1)
        let second = builder.silu(convolution(joined, 24, 8, seed: 5))
        builder.output(convolution(second, 8, 4, seed: 7), name: "y", shape: ["n", 4, 12, 12])
        return builder.model(opset: 17, metadata: ["kept": "yes"])
    }()

    private let inputs = (0..<8).map { ["x": noise([1, 3, 12, 12], seed: 100 + $0)] }

    @Test(arguments: RangeMethod.allCases)
    func `integers give nearly the same`(method: RangeMethod) throws {
        let quantized = try PostTrainingQuantizer(rangeMethod: method).quantized(network, calibratedOn: inputs)
        try Checker.check(quantized)
        let again = try Model(decoding: quantized.encoded(), name: "quantized")
        let (a, b) = (try Session(model: network), try Session(model: again))
        let fresh = ["x": Self.noise([1, 3, 12, 12], seed: 99)]
        let expected = try #require(try a.run(fresh)["y"]).elements(of: Float.self)
        let found = try #require(try b.run(fresh)["y"]).elements(of: Float.self)
        let signal = expected.reduce(0) { $0 + $1 * $1 }
        let noise = zip(expected, found).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect(noise < 1e-3 * signal)
        #expect(quantized.metadata == ["kept": "yes"])
    }

    @Test func `all but the last convolution compute with integers, and nothing goes through floats in between`() throws
    {
        let model = try PostTrainingQuantizer().quantized(network, calibratedOn: inputs)
        let types = try Session(model: model, options: .init(threads: 1)).plan.map { $0.prefix { $0 != " " } }
        #expect(types.filter { $0 == "QuantizedConv" }.count == 3)
        #expect(types.filter { $0 == "Conv" }.count == 1)
        #expect(types.filter { $0 == "QuantizeLinear" || $0 == "DequantizeLinear" }.count == 2)
        let whole = try PostTrainingQuantizer(keepsLastInFloat: false).quantized(network, calibratedOn: inputs)
        #expect(whole.graph.initializers.values.filter { $0.dataType == .int8 && $0.shape.rank == 4 }.count == 4)
    }

    @Test func `weights have a scale for each output channel`() {
        let weights = QuantizedWeights(NDArray([0.5, -2, 0, 0, 254, 127] as [Float], shape: [3, 2, 1, 1]))
        #expect(weights.scales == [2 / 127, 1, 2])
        #expect(weights.integers.elements(of: Int8.self) == [32, -127, 0, 0, 127, 64])
    }

    @Test func `zero is always a whole number of steps`() {
        for range in [
            ActivationRange(least: -0.27, largest: 5.3), .init(least: 0.5, largest: 2), .init(least: -3, largest: -1),
        ] {
            let parameters = QuantizationParameters(range)
            #expect(parameters.scale > 0)
            #expect(range.least >= 0 ? parameters.zero == 0 : true)
            #expect(range.largest <= 0 ? parameters.zero == 255 : true)
        }
        #expect(QuantizationParameters(.init(least: 0, largest: 0)).scale == 1)
    }

    @Test func `a histogram grows with its numbers and keeps their count`() {
        var histogram = ActivationHistogram()
        for scale in [0.5, 3, 100, 0.01] as [Float] {
            [-1 * scale, 0, scale, .nan, .infinity].withUnsafeBufferPointer { histogram.add($0) }
        }
        #expect(histogram.counts.reduce(0, +) == 12)
        #expect((histogram.least, histogram.largest) == (-100, 100))
        #expect(RangeMethod.minimumMaximum.range(of: histogram) == .init(least: -100, largest: 100))
        #expect(RangeMethod.percentile.range(of: .init()) == .init(least: 0, largest: 1))
    }

    @Test func `one number far out is clipped where squares say so`() {
        var histogram = ActivationHistogram()
        let many = (0..<100_000).map { Float($0 % 1000) / 1000 } + [20]
        many.withUnsafeBufferPointer { histogram.add($0) }
        #expect(RangeMethod.squaredError.range(of: histogram).largest < 20)
        #expect(RangeMethod.percentile.range(of: histogram).largest < 1.1)
    }

    @Test func `what cannot be quantized is an error`() {
        var builder = GraphBuilder(name: "g")
        builder.output(builder.node("Relu", [builder.input("x", shape: [1])]), name: "y", shape: [1])
        let model = builder.model(opset: 17)
        #expect(throws: ExportError.self) { try PostTrainingQuantizer().quantized(model, calibratedOn: inputs) }
        #expect(throws: ExportError.self) { try PostTrainingQuantizer().quantized(network, calibratedOn: []) }
    }
}
