import ApusCore
import ApusTorch
import Testing

@Suite struct CheckpointTests {
    private let path = "/tmp/apus-checkpoint-\(UInt64.random(in: 0 ... .max)).safetensors"

    private var example: Checkpoint {
        var tensors = StateDictionary()
        tensors["model.0.conv.weight"] = randomTensor([4, 3, 3, 3], seed: 1).channelsLast()
        tensors["step"] = Tensor([Int64(42)])
        tensors["scalar"] = Tensor([Float(0.5)], shape: [])
        tensors["empty"] = Tensor([Float](), shape: [0, 3])
        tensors["flags"] = Tensor([true, false])
        tensors["bytes"] = Tensor([UInt8](0..<9))
        return Checkpoint(tensors: tensors, metadata: ["epoch": "3", "config": "a: \"b\"\n\\ü\u{1}"])
    }

    @Test func `what is written is read`() throws {
        defer { unlinkFile(path) }
        try example.write(to: path)
        let read = try Checkpoint(contentsOf: path)
        #expect(read.metadata == example.metadata)
        #expect(read.tensors.names.sorted() == example.tensors.names.sorted())
        for (name, tensor) in example.tensors { #expect(read.tensors[name]!.array() == tensor.array(), "\(name)") }
    }

    @Test func `a file cut anywhere is refused`() throws {
        defer { unlinkFile(path) }
        let bytes = example.bytes
        for count in stride(from: 0, to: bytes.count, by: 7) {
            try FileSystem.writeWhole(Array(bytes[..<count]), to: path)
            #expect(throws: TorchError.self, "\(count) bytes") { try Checkpoint(contentsOf: path) }
        }
    }

    @Test func `changed bytes give a checkpoint or an error, never a crash`() throws {
        defer { unlinkFile(path) }
        let bytes = example.bytes
        var stream = RandomStream(seed: 9)
        for _ in 0..<400 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &stream) {
                damaged[Int.random(in: 0..<min(damaged.count, 600), using: &stream)] = UInt8.random(
                    in: 0...255, using: &stream)
            }
            try FileSystem.writeWhole(damaged, to: path)
            _ = try? Checkpoint(contentsOf: path)
        }
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        #"{"a":{"dtype":"Q9","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"[]"#, #"{"a":1}"#, "{",
    ])
    func `a header that lies is refused`(header: String) throws {
        defer { unlinkFile(path) }
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        try FileSystem.writeWhole(length + Array(header.utf8) + [0, 0, 0, 0], to: path)
        #expect(throws: TorchError.self) { try Checkpoint(contentsOf: path) }
    }
}

extension Checkpoint {
    /// The file's bytes, by way of a file.
    fileprivate var bytes: [UInt8] {
        let path = "/tmp/apus-checkpoint-\(UInt64.random(in: 0 ... .max)).safetensors"
        defer { unlinkFile(path) }
        do {
            try write(to: path)
            return try FileSystem.read(path)
        } catch {
            Issue.record(error)
            return []
        }
    }
}
