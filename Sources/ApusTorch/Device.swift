import CApusTorch

/// Where a tensor's elements are and where its operations run.
public enum Device: Hashable, Sendable, CustomStringConvertible {
    case cpu
    case cuda(Int)

    /// Reads `cpu`, `cuda` or `cuda:N`, and starts the device.
    public init(named name: String) throws(TorchError) {
        switch name {
        case "cpu": self = .cpu
        case "cuda": self = .cuda(0)
        default:
            guard name.hasPrefix("cuda:"), let index = Int(name.dropFirst(5)), (0..<64).contains(index) else {
                throw .device(name, reason: "the known devices are cpu, cuda and cuda:N")
            }
            self = .cuda(index)
        }
        try start()
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
        guard index < count else { throw .device(description, reason: "\(count) CUDA devices are visible") }
    }
}
