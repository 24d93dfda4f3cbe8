import ApusCore
import ApusONNX
import Testing

@testable import ApusRuntime

@Suite struct HalfPrecisionTests {
    @Test func `every number of 16 bits survives being widened`() {
        for bits in UInt16.min ... .max {
            let wide = HalfPrecision.float(fromBits: bits)
            #expect(wide.isNaN || HalfPrecision.bits(of: wide) == bits)
            let brain = HalfPrecision.float(fromBrainBits: bits)
            #expect(brain.isNaN || HalfPrecision.brainBits(of: brain) == bits)
        }
    }

    @Test func `widening is exact`() {
        for (bits, value) in [(0x3C00, 1), (0xC000, -2), (0x0001, 0x1p-24), (0x03FF, 0x1.FF8p-15), (0x7BFF, 65504)] {
            #expect(HalfPrecision.float(fromBits: UInt16(bits)) == Float(value))
        }
        #expect(HalfPrecision.float(fromBits: 0xFC00) == -.infinity)
        #expect(HalfPrecision.float(fromBits: 0x7C01).isNaN)
    }

    @Test func `what lies between goes to the nearest, halves to even`() {
        for bits in UInt16(0)..<0x7BFF {
            let low = Double(HalfPrecision.float(fromBits: bits)),
                high = Double(HalfPrecision.float(fromBits: bits + 1))
            let middle = Float((low + high) / 2)
            #expect(HalfPrecision.bits(of: middle) == bits + bits % 2)
            #expect(HalfPrecision.bits(of: middle.nextDown) == bits)
            #expect(HalfPrecision.bits(of: middle.nextUp) == bits + 1)
        }
        #expect(HalfPrecision.bits(of: 65520) == 0x7C00 && HalfPrecision.bits(of: Float(65520).nextDown) == 0x7BFF)
        #expect(HalfPrecision.bits(of: -.infinity) == 0xFC00 && HalfPrecision.bits(of: .nan) == 0x7E00)
    }

    @Test func `operators that compute in float32 take and give 16 bits`() throws {
        let x = half([1, -2, 0.5, 4], [1, 1, 2, 2]), w = half([1, 1, 1, 1], [1, 1, 2, 2])
        for (type, backend) in [(DataType.float16, Backend.optimized), (.bfloat16, .optimized), (.float16, .plain)] {
            let graph = Graph(
                name: "g", nodes: [Node("Conv", inputs: ["x", "w"], outputs: ["y"])],
                inputs: [ValueInfo("x", type, shape: nil)], outputs: [ValueInfo("y", type, shape: nil)],
                initializers: ["w": w.as(type)])
            let session = try Session(model: Model(graph: graph), options: backend.options)
            #expect(try session.run(["x": x.as(type)]) == ["y": half([3.5], [1, 1, 1, 1]).as(type)], "\(type)")
        }
    }

    private func half(_ values: [Float], _ shape: Shape) -> NDArray {
        let result = NDArray(uninitialized: shape, dataType: .float16)
        let target = result.storage.base.assumingMemoryBound(to: UInt16.self)
        HalfPrecision.narrow(values, to: target, count: values.count, brain: false)
        return result
    }
}

extension NDArray {
    fileprivate func `as`(_ type: DataType) -> NDArray {
        let result = NDArray(uninitialized: shape, dataType: type)
        HalfPrecision.narrow(
            widened.elements(of: Float.self), to: result.storage.base.assumingMemoryBound(to: UInt16.self),
            count: count,
            brain: type == .bfloat16)
        return result
    }
}
