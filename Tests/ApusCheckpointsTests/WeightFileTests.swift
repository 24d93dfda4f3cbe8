import ApusCheckpoints
import ApusCore
import Testing

@Suite struct WeightFileTests {
    @Test(arguments: Manifest.files)
    func `every tensor is what PyTorch reads`(file: String) throws {
        let weights = try WeightFile(contentsOf: Manifest.folder + file)
        let expected = Manifest.tensors.filter { $0.file == file }
        #expect(Set(weights.tensors.map(\.name)) == Set(expected.map(\.name)))
        #expect(weights.unread.map(\.name) == (file == "foreign.weights" ? ["complex", "sparse"] : []))
        for tensor in expected {
            let array = try #require(weights[tensor.name], "\(tensor.name)")
            #expect(array.dataType == tensor.type && array.shape.dimensions == tensor.shape, "\(tensor.name)")
            #expect(array.numbers.digest == tensor.digest, "\(tensor.name)")
        }
    }

    @Test(arguments: Manifest.files)
    func `names stand in PyTorch's order`(file: String) throws {
        let weights = try WeightFile(contentsOf: Manifest.folder + file)
        guard weights.format != .safetensors else { return }
        #expect(weights.tensors.map(\.name) == Manifest.tensors.filter { $0.file == file }.map(\.name))
    }

    @Test func `the values are those of the generator's rule`() throws {
        let weights = try WeightFile(contentsOf: Manifest.folder + "plain.weights")
        let bias: [Float] = try #require(weights["bias"]).elements()
        let expected: [Float] = [-4.5, 0.125, 4.75, -3.25, 1.375]
        #expect(bias == expected)
    }

    @Test func `a part is chosen by its key`() throws {
        let path = Manifest.folder + "nested.weights"
        #expect(try WeightFile(contentsOf: path).key == "ema")
        let model = try WeightFile(contentsOf: path, key: "model")
        #expect(model.tensors.map(\.name) == ["w", "longer"])
        #expect(model["longer"]?.numbers == [0, 0])
        let state = try WeightFile(contentsOf: path, key: "optimizer.state")
        #expect(state.tensors.map(\.name) == ["0.step", "0.exp_avg", "0.exp_avg_sq"])
        let ultra = try WeightFile(contentsOf: Manifest.folder + "ultra.weights")
        #expect(ultra.key == "model")
    }

    @Test func `an unknown key is answered with those that there are`() {
        let error = #expect(throws: CheckpointError.self) {
            try WeightFile(contentsOf: Manifest.folder + "nested.weights", key: "weights")
        }
        #expect(error?.description.contains("'epoch', 'model', 'optimizer', 'ema', 'loss'") == true)
    }

    @Test func `tensors in order are windows on the file, shared storages read once`() throws {
        let weights = try WeightFile(contentsOf: Manifest.folder + "views.weights")
        let base = try #require(weights["base"]), row = try #require(weights["row"])
        #expect(row.storage.base == base.storage.base + 18 * 4)
    }

    @Test func `metadata is read`() throws {
        let weights = try WeightFile(contentsOf: Manifest.folder + "types-safe.weights")
        #expect(weights.metadata == ["format": "pt", "näme": "a \"quoted\"\ntext"])
    }
}

/// Trained weights of others beside the project, and the checksums of what PyTorch reads (`Oracles/trained.py`).
@Suite(.enabled(if: FileSystem.isFolder(TrainedWeights.folder)))
struct TrainedWeightsTests {
    @Test(arguments: TrainedWeights.files)
    func `every tensor has PyTorch's bytes`(file: String) throws {
        let weights = try WeightFile(contentsOf: TrainedWeights.folder + "/" + file)
        let lines = weights.tensors.map { name, array in
            let sum: UInt32 = array.withUnsafeBytes { adler($0) }
            let shape = array.shape.dimensions.map(String.init).joined(separator: "x")
            return "\(file) \(name) \(array.dataType) \(shape.isEmpty ? "-" : shape) \(sum)"
        }
        #expect(lines == TrainedWeights.lines.filter { $0.hasPrefix(file + " ") })
    }
}

enum TrainedWeights {
    static let folder = FileSystem.folder(of: #filePath) + "/../../../shared/weights"
    static let lines: [String] = {
        let text = (try? FileSystem.readText(Manifest.folder + "trained.txt")) ?? ""
        return text.split(separator: "\n").map(String.init)
    }()
    static let files = Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) }).sorted()
}

/// Adler's checksum (RFC 1950).
private func adler(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
        a = (a + UInt32(byte)) % 65521
        b = (b + a) % 65521
    }
    return b << 16 | a
}

@Suite struct DamagedWeightFileTests {
    @Test(arguments: Manifest.files)
    func `a file cut anywhere is refused`(file: String) throws {
        let bytes = try FileSystem.read(Manifest.folder + file)
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
            #expect(throws: CheckpointError.self, "\(count) bytes") { try WeightFile(bytes: Array(bytes[..<count])) }
        }
    }

    @Test(arguments: Manifest.files)
    func `changed bytes give weights or an error, never a crash`(file: String) throws {
        let bytes = try FileSystem.read(Manifest.folder + file)
        var stream = RandomStream(seed: 9)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &stream) {
                damaged[Int.random(in: 0..<bytes.count, using: &stream)] = UInt8.random(in: 0...255, using: &stream)
            }
            _ = try? WeightFile(bytes: damaged)
        }
    }

    @Test(arguments: [
        ("version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"), ("<!DOCTYPE html>", "download"),
        ("", "no bytes"), ("something else", "73 6f 6d 65"),
    ])
    func `other files are named`(text: String, message: String) {
        let error = #expect(throws: CheckpointError.self) { try WeightFile(bytes: Array(text.utf8)) }
        #expect(error?.description.contains(message) == true)
    }

    @Test func `a tar archive is told to be saved again`() {
        let bytes = [UInt8](repeating: 97, count: 257) + Array("ustar\0".utf8)
        let error = #expect(throws: CheckpointError.self) { try WeightFile(bytes: bytes) }
        #expect(error?.found.contains("tar") == true)
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
        #"[]"#, #"{"a":1}"#, "{", #"{"a":{"dtype":"F32","shape":[1e3],"data_offsets":[0,4]}}"#,
    ])
    func `a safetensors header that lies is refused`(header: String) {
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        let bytes = length + Array(header.utf8) + [0, 0, 0, 0]
        #expect(throws: CheckpointError.self) { try WeightFile(bytes: bytes) }
    }
}
