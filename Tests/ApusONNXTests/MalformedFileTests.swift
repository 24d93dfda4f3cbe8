import ApusCore
import Testing

@testable import ApusONNX

@Suite struct MalformedFileTests {
    /// Reads `bytes`, walks over all of it, and returns the error where there is one; it must not crash.
    private func outcome(_ bytes: [UInt8]) throws -> GraphError? {
        do throws(GraphError) {
            let model = try Model(decoding: bytes)
            try Checker.check(model)
            for array in model.graph.initializers.values { array.withUnsafeBytes { _ = $0.reduce(0, &+) } }
            _ = GraphSummary(model).description
            return nil
        } catch {
            _ = error.description
            return error
        }
    }

    @Test func `our own file is refused wherever it is cut`() throws {
        for seed in [1, 2, 3] as [UInt64] {
            let bytes = RandomModel.make(seed: seed).encoded()
            for count in bytes.indices {
                #expect(try outcome(Array(bytes[..<count])) != nil, "cut after \(count) of \(bytes.count) bytes")
            }
        }
    }

    @Test(arguments: ["types.onnx", "attributes.onnx", "functions.onnx"])
    func `a foreign file that is cut never crashes`(name: String) throws {
        let bytes = try FileSystem.read(Goldens.path(name))
        for count in bytes.indices { _ = try outcome(Array(bytes[..<count])) }
    }

    @Test(arguments: ["types.onnx", "attributes.onnx", "functions.onnx"])
    func `flipped bits never crash`(name: String) throws {
        var bytes = try FileSystem.read(Goldens.path(name))
        for index in bytes.indices {
            for bit in 0..<8 as Range<UInt8> {
                bytes[index] ^= 1 << bit
                _ = try outcome(bytes)
                bytes[index] ^= 1 << bit
            }
        }
    }

    @Test func `random damage never crashes`() throws {
        var random = RandomStream(seed: 7)
        for seed in 0..<40 as Range<UInt64> {
            let bytes = RandomModel.make(seed: seed).encoded()
            for _ in 0..<20 {
                var damaged = bytes
                for _ in 0...Int(random.next() % 8) {
                    damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                _ = try outcome(damaged)
            }
        }
    }

    @Test(
        arguments: [
            [], [0], [0xFF], [UInt8](repeating: 0xFF, count: 64), Array("not a model at all".utf8),
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x3A, 0x7F], [0x3B], [0x02, 0x00],
        ] as [[UInt8]])
    func `bytes that are no model are refused`(bytes: [UInt8]) throws {
        let error = try #require(try outcome(bytes))
        guard case .malformed = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `graphs nested without end are refused`() throws {
        var graph = WireWriter()
        for _ in 0..<2000 {
            var outer = WireWriter()
            outer.write(GraphField.node) { node in
                node.write(NodeField.operatorType, "If")
                node.write(NodeField.attribute) { $0.write(AttributeField.graph, graph.bytes) }
            }
            graph = outer
        }
        let error = try #require(try outcome(Malformed.model { $0 = graph }))
        #expect(error.description.contains("nested deeper"))
    }

    @Test(
        arguments: [
            [1 << 40], [.max, 2], [.max, .max, 0], [0, .max, .max], [-1], [-4, -16], [1 << 62, 4],
        ] as [[Int]])
    func `a tensor's shape must fit its bytes`(dimensions: [Int]) throws {
        var tensor = WireWriter()
        tensor.writePacked(TensorField.dimensions, dimensions)
        tensor.write(TensorField.elementType, ElementType.float.rawValue)
        tensor.write(TensorField.name, "w")
        tensor.write(TensorField.raw, [UInt8](repeating: 0, count: 256))
        let error = try #require(try outcome(Malformed.model(initializer: tensor)))
        guard case .tensor("w", _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test(arguments: [0, 8, 14, 22, 99, -1])
    func `elements that no array holds are refused`(code: Int) throws {
        var tensor = WireWriter()
        tensor.write(TensorField.elementType, code)
        #expect(throws: GraphError.self) { try Model(decoding: Malformed.model(initializer: tensor)) }
    }

    @Test func `raw booleans other than 0 and 1 become true`() throws {
        var tensor = WireWriter()
        tensor.writePacked(TensorField.dimensions, [3])
        tensor.write(TensorField.elementType, ElementType.bool.rawValue)
        tensor.write(TensorField.raw, [0, 2, 255])
        let model = try Model(decoding: Malformed.model(initializer: tensor))
        #expect(model.graph.initializers[""]?.elements() == [false, true, true])
    }

    @Test func `an integer outside its type is refused`() throws {
        var tensor = WireWriter()
        tensor.writePacked(TensorField.dimensions, [1])
        tensor.write(TensorField.elementType, ElementType.uint8.rawValue)
        tensor.writePacked(TensorField.int32s, [300])
        #expect(throws: GraphError.tensor("", reason: "the element 300, which is no uint8")) {
            try Model(decoding: Malformed.model(initializer: tensor))
        }
    }
}
