import ApusCore
import Glibc

/// What the kernel counts: `/proc/stat`, `/proc/meminfo`, `/proc/net/dev` and the file system of a folder.
struct SystemReadings: Equatable {
    /// Ticks of all processors since the machine started.
    var busyTicks: UInt64 = 0
    var allTicks: UInt64 = 0
    /// Bytes.
    var memory: UInt64 = 0
    var usedMemory: UInt64 = 0
    /// Bytes over all interfaces since the machine started.
    var received: UInt64 = 0
    var sent: UInt64 = 0
    /// Bytes of the file system that the store lies on; `free` is what users may still take.
    var usedDisk: UInt64 = 0
    var freeDisk: UInt64 = 0

    static func read(folder: String) -> SystemReadings {
        var readings = SystemReadings()
        readings.readProcessor((try? FileSystem.readText("/proc/stat")) ?? "")
        readings.readMemory((try? FileSystem.readText("/proc/meminfo")) ?? "")
        readings.readNetwork((try? FileSystem.readText("/proc/net/dev")) ?? "")
        readings.readDisk(of: folder)
        return readings
    }

    /// The line `cpu  user nice system idle iowait irq softirq steal guest …`; guests are counted as users already.
    mutating func readProcessor(_ text: String) {
        guard let line = text.split(separator: "\n").first, line.hasPrefix("cpu ") else { return }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).map { UInt64($0) ?? 0 }
        guard ticks.count >= 5 else { return }
        allTicks = ticks.reduce(0, &+)
        busyTicks = allTicks &- ticks[3] &- ticks[4]
    }

    /// Used is what programs cannot have.
    mutating func readMemory(_ text: String) {
        var values: [Substring: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split { $0 == ":" || $0 == " " }
            if parts.count >= 2, let kilobytes = UInt64(parts[1]), kilobytes < 1 << 50 {
                values[parts[0]] = kilobytes << 10
            }
        }
        guard let total = values["MemTotal"], let available = values["MemAvailable"], available <= total else { return }
        (memory, usedMemory) = (total, total - available)
    }

    mutating func readNetwork(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let fields = line[line.index(after: colon)...].split(separator: " ").map { UInt64($0) ?? 0 }
            guard fields.count >= 9 else { continue }
            (received, sent) = (received &+ fields[0], sent &+ fields[8])
        }
    }

    mutating func readDisk(of folder: String) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return }
        let block = UInt64(status.f_frsize)
        usedDisk = (UInt64(status.f_blocks) &- UInt64(status.f_bfree)) &* block
        freeDisk = UInt64(status.f_bavail) &* block
    }

    /// Under MLflow's names, which its interface shows as charts of their own.
    ///
    /// - Parameters:
    ///   - earlier: for how busy the processors were since then.
    ///   - first: for the traffic since then.
    func metrics(since earlier: SystemReadings, first: SystemReadings) -> [String: Double] {
        var metrics = [String: Double]()
        if allTicks > earlier.allTicks, busyTicks >= earlier.busyTicks {
            let part = Double(busyTicks - earlier.busyTicks) / Double(allTicks - earlier.allTicks)
            metrics["system/cpu_utilization_percentage"] = rounded(part * 100)
        }
        if memory > 0 {
            metrics["system/system_memory_usage_megabytes"] = rounded(Double(usedMemory) / 1e6)
            metrics["system/system_memory_usage_percentage"] = rounded(Double(usedMemory) / Double(memory) * 100)
        }
        if usedDisk &+ freeDisk > 0 {
            metrics["system/disk_usage_percentage"] = rounded(Double(usedDisk) / Double(usedDisk &+ freeDisk) * 100)
            metrics["system/disk_usage_megabytes"] = rounded(Double(usedDisk) / 1e6)
            metrics["system/disk_available_megabytes"] = rounded(Double(freeDisk) / 1e6)
        }
        if received >= first.received, sent >= first.sent {
            metrics["system/network_receive_megabytes"] = Double(received - first.received) / 1e6
            metrics["system/network_transmit_megabytes"] = Double(sent - first.sent) / 1e6
        }
        return metrics
    }
}

/// To one decimal, as MLflow keeps them.
func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
