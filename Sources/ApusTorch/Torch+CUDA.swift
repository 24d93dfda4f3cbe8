import CApusTorch

/// How exactly GPUs compute.
public struct CUDAChoices: Hashable, Sendable {
    /// Whether products of float32 numbers are of 10 bits of mantissa, several times as fast.
    public var tf32 = false
    /// Whether the fastest algorithm of each convolution is measured; the choice, and with it the last bits, may differ
    /// from run to run.
    public var benchmark = false
    /// Whether algorithms are chosen that repeat to the bit, where LibTorch has some.
    public var deterministic = true

    public init() {}
}

extension Torch {
    public static var cudaDeviceCount: Int { Int(apus_torch_cuda_count()) }

    /// Whether the CUDA half of LibTorch loads and finds a device.
    public static var isCUDAAvailable: Bool { (try? loadCUDA()) != nil && cudaDeviceCount > 0 }

    private static let cudaLoad: Result<Void, TorchError> = {
        guard apus_torch_load_cuda() == 0 else {
            let reason = String(cString: apus_torch_last_error())
            return .failure(
                .device(
                    "cuda",
                    reason: "this LibTorch computes on CPUs only, or its CUDA half does not load (\(reason)); "
                        + "install a CUDA build (scripts/quickstart --cuda), or choose device: cpu"))
        }
        return .success(())
    }()

    static func loadCUDA() throws(TorchError) { try cudaLoad.get() }

    private static let exactBeginning: Void = choose(CUDAChoices())
    /// Before anything is computed on a GPU: LibTorch itself begins with TF32 in convolutions.
    static func beginExactly() { exactBeginning }

    /// For the whole process.
    public static func choose(_ choices: CUDAChoices) {
        var given = apus_cuda_choices(
            tf32: choices.tf32, benchmark: choices.benchmark, deterministic: choices.deterministic)
        apus_torch_set_cuda_choices(&given)
    }
}

extension Device {
    /// A GPU's name, such as `NVIDIA H100 80GB HBM3`; empty for the CPU.
    public var name: String {
        guard case .cuda(let index) = self else { return "" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            buffer.initialize(repeating: 0)
            apus_torch_cuda_name(Int32(index), buffer.baseAddress!, buffer.count)
            return String(cString: buffer.baseAddress!)
        }
    }

    /// Bytes of a GPU's memory that are free, and all of it; `nil` for the CPU.
    public var memory: (free: Int, total: Int)? {
        guard case .cuda(let index) = self else { return nil }
        var (free, total) = (0, 0)
        return apus_torch_cuda_memory(Int32(index), &free, &total) == 0 ? (free, total) : nil
    }

    /// The most bytes of a GPU's memory that this process has held at once; 0 for the CPU.
    public var peakBytes: Int { peak(startingAnew: false) }

    /// Gives unused memory of a GPU back, and counts `peakBytes` from here.
    public func restartPeak() { _ = peak(startingAnew: true) }

    private func peak(startingAnew: Bool) -> Int {
        guard case .cuda(let index) = self else { return 0 }
        var bytes = 0
        return apus_torch_cuda_peak(Int32(index), startingAnew, &bytes) == 0 ? bytes : 0
    }

    /// Waits until a GPU has done all its work.
    public func synchronize() throws(TorchError) {
        guard apus_torch_synchronize(index) == 0 else { throw .last }
    }
}

extension Device {
    /// Makes a GPU the calling thread's own; nothing for the CPU.
    public func useOnThread() throws(TorchError) {
        guard case .cuda(let index) = self else { return }
        guard apus_torch_use_cuda(Int32(index)) == 0 else { throw .last }
    }
}
