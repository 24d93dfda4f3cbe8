import ApusCore
import Glibc
import Testing

@testable import ApusONNX

@Suite struct ExternalDataTests {
    @Test func `weights beside the model are read`() throws {
        let weight = try Goldens.model("external/model.onnx").graph.initializers["w"]
        #expect(weight == NDArray((0..<64).map(Float.init), shape: [8, 8]))
    }

    @Test(arguments: ["../secret.bin", "/etc/hostname", "link.bin", "sub/../../secret.bin"])
    func `a location outside the model's folder is refused`(location: String) throws {
        let folder = try TemporaryFolder()
        try FileSystem.createFolder(folder.path + "/model/sub")
        try FileSystem.writeWhole([UInt8](repeating: 0, count: 256), to: folder.path + "/secret.bin")
        symlink("../secret.bin", folder.path + "/model/link.bin")
        let path = try write(["location": location], in: folder.path + "/model")
        #expect(throws: GraphError.self) { try Model(contentsOf: path) }
    }

    @Test(arguments: [
        ["location": "w.bin", "offset": "8"], ["location": "w.bin", "offset": "-1"],
        ["location": "w.bin", "offset": "9223372036854775807"], ["location": "w.bin", "length": "4"],
        ["location": "none.bin"], ["location": ""], [:],
    ])
    func `entries that do not fit the data file are refused`(entries: [String: String]) throws {
        let folder = try TemporaryFolder()
        try FileSystem.writeWhole([UInt8](repeating: 0, count: 256), to: folder.path + "/w.bin")
        let path = try write(entries, in: folder.path)
        #expect(throws: GraphError.self) { try Model(contentsOf: path) }
        #expect(throws: GraphError.self) { try Model(decoding: try FileSystem.read(path)) }
    }

    /// A model whose 64 floats are said to lie where `entries` tell.
    private func write(_ entries: [String: String], in folder: String) throws -> String {
        var tensor = WireWriter()
        tensor.writePacked(TensorField.dimensions, [64])
        tensor.write(TensorField.elementType, ElementType.float.rawValue)
        for (key, value) in entries {
            tensor.write(TensorField.externalData) {
                $0.write(EntryField.key, key)
                $0.write(EntryField.value, value)
            }
        }
        tensor.write(TensorField.dataLocation, 1)
        let path = folder + "/m.onnx"
        try FileSystem.writeWhole(Malformed.model(initializer: tensor), to: path)
        return path
    }
}
