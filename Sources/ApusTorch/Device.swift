import CApusTorch

/// Where a tensor's elements are and where its operations run.
public enum Device: Hashable, Sendable, CustomStringConvertible {
    case cpu
    case cuda(Int)

    /// Reads `auto`, `cpu`, `cuda` or `cuda:N`, and starts the device. `auto` is the GPU where there is one, else the
    /// CPU; `auto` and `cuda` mean this process's GPU.
    ///
    /// - Parameter localRank: this process's place among those of the machine that train together, each on its own GPU.
    /// - Throws: `TorchError.device`.
    public init(named name: String, localRank: Int = 0) throws(TorchError) {
        switch name {
        case "auto": self = Torch.isCUDAAvailable ? .cuda(localRank) : .cpu
        case "cpu": self = .cpu
        case "cuda": self = .cuda(localRank)
        default:
            guard let index = Device.index(of: name) else {
                throw .device(name, reason: "the known devices are auto, cpu, cuda and cuda:N")
            }
            guard localRank == 0 else {
                throw .device(name, reason: "each process takes a GPU of its own; choose device: cuda or auto")
            }
            self = .cuda(index)
        }
        try start()
    }

    /// Whether `init(named:)` knows the name; whether the device is there is another matter.
    public static func isName(_ name: String) -> Bool {
        ["auto", "cpu", "cuda"].contains(name) || index(of: name) != nil
    }

    private static func index(of name: String) -> Int? {
        guard name.hasPrefix("cuda:"), let index = Int(name.dropFirst(5)), (0..<64).contains(index) else { return nil }
        return index
    }

    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }

    var index: Int32 {
        switch self {
        case .cpu: -1
        case .cuda(let index): Int32(index)
        }
    }

    init(index: Int32) { self = index < 0 ? .cpu : .cuda(Int(index)) }

    private func start() throws(TorchError) {
        guard case .cuda(let index) = self else { return }
        try Torch.loadCUDA()
        let count = Torch.cudaDeviceCount
        guard count > 0 else { throw .device(description, reason: "no GPU is visible; choose device: cpu") }
        guard index < count else {
            throw .device(description, reason: "\(count) visible GPUs are numbered from 0; choose one of them, or cpu")
        }
        Torch.beginExactly()
        try useOnThread()
    }
}
