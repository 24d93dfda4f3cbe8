import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Concatenations of images cost nothing after the first run, and change nothing.
@Suite struct ImagePlacementTests {
    /// Two halves of a convolution, a convolution of the second half, a pooled and a stretched image put together twice.
    private func model() -> Model {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: [1, 3, "height", "width"])
        func convolution(_ input: GraphValue, _ channels: (Int, Int), seed: UInt64) -> GraphValue {
            let weights = builder.constant(noise([channels.1, channels.0, 3, 3], seed: seed), name: "w\(seed)")
            return builder.node(
                "Relu",
                [
                    builder.node("Conv", [input, weights], attributes: ["pads": [1, 1, 1, 1]])
                ])
        }
        let stem = convolution(x, (3, 16), seed: 1)
        let halves = builder.node("Split", [stem], attributes: ["axis": 1], outputCount: 2)
        let deeper = convolution(halves[1], (8, 8), seed: 2)
        let first = builder.node("Concat", [halves[0], halves[1], deeper], attributes: ["axis": 1])
        let pooled = builder.node(
            "MaxPool", [first], attributes: ["kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [1, 1]])
        let second = builder.node("Concat", [pooled, deeper, first, pooled], attributes: ["axis": 1])
        builder.output(convolution(second, (80, 4), seed: 3), name: "y", shape: [1, 4, "height", "width"])
        builder.output(first, name: "first", shape: [1, 24, "height", "width"])
        return builder.model()
    }

    @Test(arguments: Backend.allCases)
    func `runs agree with the first and with the graph as written`(backend: Backend) throws {
        let session = try Session(model: model(), options: backend.options)
        let plain = try Session(model: model(), options: Backend.plain.options)
        for (height, width) in [(9, 12), (9, 12), (17, 5), (9, 12)] {
            let x = noise([1, 3, height, width], seed: UInt64(height))
            let outputs = try session.run(["x": x]), expected = try plain.run(["x": x])
            for (name, array) in expected { #expect(outputs[name]?.isClose(to: array) ?? false, "\(name)") }
        }
    }

    /// An expansion that is too large to be filtered at once, whose result is a part: only the result may lie there.
    @Test func `what an operator needs for itself stays out of the whole`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("x", shape: [1, 8, 9, 9])
        let pointwise = builder.constant(noise([8, 8, 1, 1], seed: 4), name: "p")
        let filter = builder.constant(noise([8, 1, 7, 7], seed: 5), name: "f")
        let wide = builder.node("Conv", [x, pointwise])
        let filtered = builder.node("Conv", [wide, filter], attributes: ["group": 8, "pads": [3, 3, 3, 3]])
        let again = builder.node("Conv", [x, builder.constant(noise([8, 8, 1, 1], seed: 6), name: "q")])
        let whole = builder.node("Concat", [filtered, again], attributes: ["axis": 1])
        builder.output(builder.node("Relu", [whole]), name: "y", shape: [1, 16, 9, 9])
        let model = builder.model(), input = noise([1, 8, 9, 9], seed: 7)
        let session = try Session(model: model)
        let expected = try Session(model: model, options: Backend.plain.options).run(["x": input])
        for _ in 0..<3 {
            let outputs = try session.run(["x": input])
            for (name, array) in expected { #expect(outputs[name]?.isClose(to: array) ?? false) }
        }
    }

    @Test func `after the first run parts lie where they belong`() {
        let whole = Value([1, 24, 2, 3], .float32, storage: Storage(byteCount: 576), layout: .channelsLast(stride: 24))
        let parts = [whole.channels(from: 0, count: 8), whole.channels(from: 8, count: 16)]
        #expect(Value.joining(parts, to: whole.shape)?.offset == 0)
        #expect(Value.joining(parts.reversed(), to: whole.shape) == nil)
        #expect(Value.joining([parts[0], parts[0]], to: [1, 16, 2, 3]) == nil)
        #expect(parts[1].whole(around: 8, of: 24)?.storage === whole.storage)
    }
}
