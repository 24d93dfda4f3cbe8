import ApusCore
import Testing

@testable import ApusONNX

@Suite struct RoundTripTests {
    @Test(arguments: Goldens.names)
    func `reading what was written gives the model back`(name: String) throws {
        let model = try Goldens.model(name)
        #expect(try Model(decoding: model.encoded()) == model)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `random models come back equal and pass the checker`(seed: UInt64) throws {
        let model = RandomModel.make(seed: seed)
        let bytes = model.encoded()
        #expect(try Model(decoding: bytes) == model)
        #expect(try Model(decoding: bytes).encoded() == bytes)
        try Checker.check(model)
    }

    @Test(arguments: [64, 100, 4096, 1_000_003])
    func `large initializers lie aligned in the file and are borrowed`(count: Int) throws {
        let folder = try TemporaryFolder()
        var graph = Graph(name: "g")
        for index in 0..<5 { graph.initializers["w\(index)"] = NDArray((0..<count + index).map(Float.init)) }
        let model = Model(graph: graph, metadata: ["name": String(repeating: "n", count: count % 97)])
        try model.write(to: folder.path + "/m.onnx")
        let read = try Model(contentsOf: folder.path + "/m.onnx")
        #expect(read == model)
        for array in read.graph.initializers.values {
            #expect(UInt(bitPattern: array.storage.base) % 64 == 0)
        }
    }
}
