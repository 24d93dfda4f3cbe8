import Glibc

/// NVIDIA's library of what its devices are doing, looked for at run time: `nil` where there is no device.
final class NVML: @unchecked Sendable {
    private typealias Handle = OpaquePointer
    private typealias Start = @convention(c) () -> Int32
    private typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
    private typealias Find = @convention(c) (UInt32, UnsafeMutablePointer<Handle?>) -> Int32
    /// `nvmlMemory_t` is total, free and used bytes.
    private typealias Memory = @convention(c) (Handle, UnsafeMutablePointer<UInt64>) -> Int32
    /// `nvmlUtilization_t` is the per cent of time that kernels ran and that memory was accessed.
    private typealias Utilization = @convention(c) (Handle, UnsafeMutablePointer<UInt32>) -> Int32
    private typealias Number = @convention(c) (Handle, UnsafeMutablePointer<UInt32>) -> Int32
    private typealias Name = @convention(c) (Handle, UnsafeMutablePointer<CChar>, UInt32) -> Int32

    private let library: UnsafeMutableRawPointer
    private var devices: [Handle] = []

    init?() {
        guard let library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL) else { return nil }
        self.library = library
        var count: UInt32 = 0
        guard let start = function("nvmlInit_v2", Start.self), start() == 0,
            let counting = function("nvmlDeviceGetCount_v2", Count.self), counting(&count) == 0,
            let find = function("nvmlDeviceGetHandleByIndex_v2", Find.self)
        else { return nil }
        for index in 0..<min(count, 64) {
            var device: Handle?
            if find(index, &device) == 0, let device { devices.append(device) }
        }
        if devices.isEmpty { return nil }
    }

    /// What the devices are called.
    var names: [String] {
        guard let name = function("nvmlDeviceGetName", Name.self) else { return [] }
        return devices.compactMap { device in
            var text = [CChar](repeating: 0, count: 96)
            guard name(device, &text, UInt32(text.count - 1)) == 0 else { return nil }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// `system/gpu_0_utilization_percentage` and so on; what a device does not tell is left out.
    func metrics() -> [String: Double] {
        var metrics = [String: Double]()
        for (index, device) in devices.enumerated() {
            let prefix = "system/gpu_\(index)_"
            var memory = [UInt64](repeating: 0, count: 3)
            if function("nvmlDeviceGetMemoryInfo", Memory.self)?(device, &memory) == 0, memory[0] > 0 {
                metrics[prefix + "memory_usage_percentage"] = rounded(Double(memory[2]) / Double(memory[0]) * 100)
                metrics[prefix + "memory_usage_megabytes"] = rounded(Double(memory[2]) / 1e6)
            }
            var rates = [UInt32](repeating: 0, count: 2)
            if function("nvmlDeviceGetUtilizationRates", Utilization.self)?(device, &rates) == 0 {
                metrics[prefix + "utilization_percentage"] = Double(rates[0])
            }
            var power: UInt32 = 0, limit: UInt32 = 0
            guard function("nvmlDeviceGetPowerUsage", Number.self)?(device, &power) == 0 else { continue }
            metrics[prefix + "power_usage_watts"] = rounded(Double(power) / 1000)
            guard function("nvmlDeviceGetEnforcedPowerLimit", Number.self)?(device, &limit) == 0, limit > 0 else {
                continue
            }
            metrics[prefix + "power_usage_percentage"] = rounded(Double(power) / Double(limit) * 100)
        }
        return metrics
    }

    private func function<Function>(_ name: String, _ type: Function.Type) -> Function? {
        dlsym(library, name).map { unsafeBitCast($0, to: type) }
    }
}
