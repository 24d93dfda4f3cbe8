import ApusCheckpoints
import ApusCore

/// Tensors and texts of one file of weights.
///
/// What is written is safetensors, which Python's `safetensors` package opens too; what is read may be a PyTorch file as
/// well, by its content. Reading executes nothing and checks every offset.
public struct Checkpoint: Sendable {
    public var tensors: StateDictionary
    /// Free texts, such as the epoch or the configuration; only safetensors has them.
    public var metadata: [String: String]
    /// Which part of a PyTorch file was taken, such as `ema` or `model`; empty for the whole.
    public private(set) var key = ""
    /// Tensors of the file that LibTorch cannot hold here, with reasons.
    public private(set) var unread: [WeightFile.Unread] = []

    public init(tensors: StateDictionary, metadata: [String: String] = [:]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    /// Reads a file onto the CPU, each tensor in the file's type; `Module.load` converts to the model's.
    ///
    /// - Parameter key: the part of a PyTorch file to take, such as `state_dict`; when `nil`, averaged weights where
    ///   there are some, else `model`, `state_dict` and the like, else everything but optimizers.
    public init(contentsOf path: String, key: String? = nil) throws {
        do {
            self.init(try WeightFile(contentsOf: path, key: key))
        } catch let error as CheckpointError {
            throw TorchError.checkpoint(path: path, reason: error.reason)
        }
    }

    private init(_ file: WeightFile) {
        var tensors = StateDictionary()
        (unread, key) = (file.unread, file.key)
        for (name, array) in file.tensors {
            if array.dataType.isTensorType {
                tensors[name] = Tensor(array)
            } else {
                unread.append(.init(name: name, reason: "LibTorch computes nothing with \(array.dataType.rawValue)"))
            }
        }
        (self.tensors, metadata) = (tensors, file.metadata)
    }

    /// Writes the file whole or not at all.
    public func write(to path: String) throws(FileError) { try FileSystem.writeWhole(encoded(), to: path) }

    func encoded() -> [UInt8] {
        let header = safetensorsHeader(
            of: tensors.map { ($0.name, $0.tensor.shape, $0.tensor.dataType) }, metadata: metadata)
        let dataCount = tensors.reduce(0) { $0 + $1.tensor.count * $1.tensor.dataType.size }
        return [UInt8](unsafeUninitializedCapacity: header.count + dataCount) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.copyBytes(from: header)
            count = header.count
            for (_, tensor) in tensors {
                let end = count + tensor.count * tensor.dataType.size
                tensor.copy(to: UnsafeMutableRawBufferPointer(rebasing: bytes[count..<end]))
                count = end
            }
        }
    }
}
