import ApusCore
import CApusTorch

/// The numbers that products and convolutions are computed in. Losses, statistics of normalizations, averages and
/// optimizers are of float32 always.
public enum Precision: String, Codable, CaseIterable, Sendable {
    case float32, bfloat16, float16
    /// On GPUs bfloat16 where they have it, else float16; float32 on CPUs.
    case auto

    /// What `auto` means on a device; anything else as it is.
    ///
    /// - Throws: `TorchError.device` where the device does not compute in these numbers.
    public func chosen(on device: Device) throws(TorchError) -> Precision {
        try chosen(on: device, hasBFloat16: device.hasBFloat16)
    }

    func chosen(on device: Device, hasBFloat16: Bool) throws(TorchError) -> Precision {
        switch (self, device) {
        case (.auto, .cpu): return .float32
        case (.auto, .cuda): return hasBFloat16 ? .bfloat16 : .float16
        case (.float16, .cpu):
            let remedy = hasBFloat16 ? "float32 or bfloat16" : "float32"
            throw .device("cpu", reason: "precision float16 is for GPUs; choose precision: \(remedy)")
        case (.bfloat16, .cpu) where !hasBFloat16:
            throw .device(
                "cpu",
                reason: "precision bfloat16 needs a processor that multiplies such numbers itself (AVX512_BF16, AMX or "
                    + "Arm's BF16); choose precision: float32")
        case (.bfloat16, .cuda) where !hasBFloat16:
            throw .device(
                "\(device)",
                reason: "precision bfloat16 needs a GPU from Ampere on; choose precision: float16 or float32")
        default: return self
        }
    }

    /// Runs `body` with products and convolutions in these numbers; `body` does not suspend.
    public func whileCasting<R>(on device: Device, _ body: () throws -> R) throws -> R {
        guard self == .bfloat16 || self == .float16 else { return try body() }
        let type: DataType = self == .bfloat16 ? .bfloat16 : .float16
        guard apus_torch_begin_autocast(device.index, type.tensorNumber) == 0 else { throw TorchError.last }
        defer { apus_torch_end_autocast(device.index) }
        return try body()
    }
}

extension Device {
    /// Whether products of bfloat16 numbers are the hardware's own: AVX512_BF16 or AMX, Arm's BF16, GPUs from Ampere on.
    public var hasBFloat16: Bool {
        switch self {
        case .cpu: apus_torch_cpu_has_bfloat16()
        case .cuda(let index): apus_torch_cuda_generation(Int32(index)) >= 8
        }
    }
}
