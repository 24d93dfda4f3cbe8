import ApusCore
import CApusTorch

/// What holds for the whole process: threads, seeds, memory, devices.
public enum Torch {
    /// LibTorch's version, such as `2.13.0`.
    public static var version: String { String(cString: apus_torch_version()) }
    /// The vector instructions that LibTorch's own kernels use, such as `AVX2`.
    public static var cpuCapability: String { String(cString: apus_torch_cpu_capability()) }

    /// Threads that one operation may use. Results repeat bit for bit at a fixed number.
    public static var threads: Int { Int(apus_torch_threads()) }
    public static func setThreads(_ count: Int) { apus_torch_set_threads(Int32(clamping: max(count, 1))) }

    /// Seeds LibTorch's own generators. Initial weights do not depend on it: they come from a `RandomStream`.
    public static func seed(_ seed: UInt64) { apus_torch_seed(seed) }

    /// Makes computing threads sleep soon while they wait for each other: much faster where data loaders or other
    /// programs want the same cores, and as fast where nobody does. `OMP_WAIT_POLICY` overrides it.
    public static func shareCores() { apus_torch_share_cores() }

    /// Keeps freed tensor memory for the next step instead of returning it to the system: a training step is faster
    /// and the process stays at its peak. Call before the first tensor.
    public static func usePooledMemory() { apus_torch_use_pooled_memory() }

    /// Runs `body` in LibTorch's own operations, on CPUs too, where Apus has fused functions: they are what runs on GPUs,
    /// and the readable specification of the fused ones. The mode is the calling thread's: `body` does not suspend.
    public static func withoutFusedFunctions<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        apus_torch_set_fused(false)
        defer { apus_torch_set_fused(true) }
        return try body()
    }
}

/// Runs `body` without recording operations for `backward`. The mode is the calling thread's: `body` does not suspend.
public func withoutGradients<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let wasEnabled = apus_torch_gradients_enabled()
    apus_torch_set_gradients_enabled(false)
    defer { apus_torch_set_gradients_enabled(wasEnabled) }
    return try body()
}
