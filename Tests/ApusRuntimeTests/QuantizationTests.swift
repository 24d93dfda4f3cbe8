import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Integers that stand for numbers.
@Suite struct QuantizationTests {
    @Test func `halves are rounded to even and what is too large is clamped`() throws {
        let x = NDArray([0.5, 1.5, 2.5, -0.5, 300, -300] as [Float])
        let y = try run("QuantizeLinear", [x, NDArray(scalar: 1 as Float), NDArray(scalar: 10 as UInt8)], opset: 13)
        #expect(y[0].elements(of: UInt8.self) == [10, 12, 12, 10, 255, 0])
    }

    @Test func `quantizing undoes dequantizing`() throws {
        let bytes = NDArray((0...255).map { UInt8($0) }, shape: [2, 128])
        let scale = NDArray([0.5, 0.02] as [Float]), zero = NDArray([3, 200] as [UInt8])
        let numbers = try run("DequantizeLinear", [bytes, scale, zero], attributes: ["axis": 0], opset: 13)[0]
        #expect(try run("QuantizeLinear", [numbers, scale, zero], attributes: ["axis": 0], opset: 13)[0] == bytes)
    }

    @Test(arguments: [DataType.float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ])
    func `every 8-bit float survives a round trip`(type: DataType) throws {
        let format = try #require(Float8Format(type))
        for code in 0...UInt8.max {
            let number = format.decode(code)
            let again = format.encode(number, saturates: false)
            #expect(number.isNaN ? format.decode(again).isNaN : again == code, "\(type) \(code)")
        }
        #expect(
            format.decode(format.encode(1e9, saturates: true))
                == format.decode(type == .float8E5M2 ? 0x7B : type == .float8E4M3FN ? 0x7E : 0x7F))
    }

    @Test func `four bits are written and read`() throws {
        let x = NDArray([-9, -8, 3.4, 7, 99] as [Float])
        let zero = NDArray(uninitialized: [], dataType: .int4)
        zero.storage.base.storeBytes(of: 0, as: UInt8.self)
        let y = try run("QuantizeLinear", [x, NDArray(scalar: 1 as Float), zero], opset: 21)[0]
        #expect(y.dataType == .int4)
        let back = try run("DequantizeLinear", [y, NDArray(scalar: 1 as Float), zero], opset: 21)[0]
        #expect(back.elements(of: Float.self) == [-8, -8, 3, 7, 7])
    }

    /// Random convolutions between `DequantizeLinear` and `QuantizeLinear`: fused, on each instruction set, they give what
    /// the nodes give one by one, but for numbers next to a half, where float sums round.
    @Test(arguments: ["", "Relu", "SiLU", "Clip"], ["", "after", "before"])
    func `a fused convolution of bytes gives what its nodes give`(activation: String, residual: String) throws {
        let model = try QuantizedNetwork(activation: activation, residual: residual).model()
        let x = noise([2, 16, 9, 11], seed: 3)
        let expected = try Session(model: model, options: .init(threads: 1, optimizes: false)).run(["x": x])
        var results: [[String: NDArray]] = []
        for set in InstructionSet.supported {
            let session = try Session(model: model, options: .init(threads: 2, instructions: set))
            #expect(session.plan.contains { $0.hasPrefix("QuantizedConv") })
            #expect(!session.plan.contains { $0.hasPrefix("Conv ") })
            results.append(try session.run(["x": x]))
        }
        #expect(results.allSatisfy { $0 == results[0] })
        let a = try #require(results[0]["y"]).elements(of: Float.self)
        let b = try #require(expected["y"]).elements(of: Float.self)
        let differences = zip(a, b).map { ($0 - $1).magnitude / QuantizedNetwork.outputScale }
        #expect((differences.max() ?? 0) < 1.01)
        #expect(Double(differences.filter { $0 > 0.5 }.count) < 0.01 * Double(a.count))
    }

    @Test func `what only moves elements stays in bytes`() throws {
        let x = noise([1, 8, 6, 6], seed: 4)
        let model = QuantizedNetwork.movements()
        let session = try Session(model: model, options: .init(threads: 1))
        let types = session.plan.map { $0.prefix { $0 != " " } }
        #expect(types.filter { $0 == "DequantizeLinear" }.count == 1)
        #expect(types.contains("ByteMaxPool") && types.contains("ByteResize") && types.contains("ByteConcat"))
        #expect(types.contains("ByteFunction"))
        let plain = try Session(model: model, options: .init(threads: 1, optimizes: false)).run(["x": x])
        #expect(try session.run(["x": x]) == plain)
    }
}

/// Small networks with quantizations in between.
private struct QuantizedNetwork {
    static let outputScale: Float = 0.03
    var activation = ""
    /// Where the image is added: before the activation, after it, or nowhere.
    var residual = ""

    func model() throws -> Model {
        var builder = GraphBuilder(name: "quantized")
        let x = builder.input("x", shape: ["n", 16, "h", "w"])
        let image = Self.quantized(x, scale: 0.01, zero: 120, in: &builder)
        let integers = noise([16, 16, 3, 3], seed: 9).elements(of: Float.self).map { Int8($0 * 127) }
        let scales = NDArray((1...16).map { 0.0005 * Float($0) })
        let weights = builder.node(
            "DequantizeLinear",
            [
                builder.constant(NDArray(integers, shape: [16, 16, 3, 3]), name: "w"),
                builder.constant(scales, name: "s"),
                builder.constant(NDArray([Int8](repeating: 0, count: 16)), name: "z"),
            ], attributes: ["axis": 0])
        let bias = builder.constant(noise([16], seed: 10), name: "b")
        var y = builder.node("Conv", [image, weights, bias], attributes: ["pads": [1, 1, 1, 1]])
        if residual == "before" { y = builder.node("Add", [y, image]) }
        switch activation {
        case "Relu": y = builder.node("Relu", [y])
        case "SiLU": y = builder.node("Mul", [y, builder.node("Sigmoid", [y])])
        case "Clip":
            let bounds = [0, 1.7].map { builder.constant(NDArray(scalar: Float($0)), name: "bound") }
            y = builder.node("Clip", [y, bounds[0], bounds[1]])
        default: break
        }
        if residual == "after" { y = builder.node("Add", [y, image]) }
        builder.output(
            Self.quantized(y, scale: Self.outputScale, zero: 80, in: &builder), name: "y", shape: ["n", 16, "h", "w"])
        return builder.model(opset: 17)
    }

    /// Through integers and back.
    static func quantized(_ x: GraphValue, scale: Float, zero: UInt8, in builder: inout GraphBuilder) -> GraphValue {
        let parameters = [
            builder.constant(NDArray(scalar: scale), name: "scale"),
            builder.constant(NDArray(scalar: zero), name: "zero"),
        ]
        let integers = builder.node("QuantizeLinear", [x] + parameters)
        return builder.node("DequantizeLinear", [integers] + parameters)
    }

    static func movements() -> Model {
        var builder = GraphBuilder(name: "movements")
        let x = builder.input("x", shape: ["n", 8, "h", "w"])
        let a = quantized(x, scale: 0.01, zero: 100, in: &builder)
        let parts = builder.node("Split", [a], attributes: ["axis": 1], outputCount: 2).map {
            quantized($0, scale: 0.01, zero: 100, in: &builder)
        }
        let pooled = quantized(
            builder.node("MaxPool", [parts[0]], attributes: ["kernel_shape": [3, 3], "pads": [1, 1, 1, 1]]),
            scale: 0.01,
            zero: 100, in: &builder)
        let bent = quantized(builder.node("Sigmoid", [parts[1]]), scale: 0.004, zero: 0, in: &builder)
        let both = quantized(
            builder.node("Concat", [pooled, bent], attributes: ["axis": 1]), scale: 0.01, zero: 100, in: &builder)
        let scales = builder.constant(NDArray([1, 1, 2, 2] as [Float]), name: "scales")
        let large = builder.node(
            "Resize", [both, nil, scales],
            attributes: ["mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"])
        builder.output(quantized(large, scale: 0.01, zero: 100, in: &builder), name: "y", shape: ["n", 8, "h", "w"])
        return builder.model(opset: 17)
    }
}
