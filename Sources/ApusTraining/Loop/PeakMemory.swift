import ApusCore

/// The most memory this process has had in use, by the kernel's account; 0 where it gives none.
func peakMemoryMegabytes() -> Double {
    let status = (try? FileSystem.readText("/proc/self/status")) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(separator: " ").compactMap { Double($0) }.first
    return (kilobytes ?? 0) / 1024
}
