import ApusCore
import Glibc

/// The machine that a run works on.
public struct HostFacts: Equatable, Sendable {
    public var host: String
    /// Such as `Debian GNU/Linux 12 (bookworm)`.
    public var system: String
    /// Such as `6.1.0-13-amd64`.
    public var kernel: String
    /// Such as `x86_64`.
    public var architecture: String
    public var processor: String
    public var cores: Int
    public var memoryMegabytes: Int
    /// The names of NVIDIA's devices.
    public var devices: [String]

    public static func read() -> HostFacts {
        var name = utsname()
        uname(&name)
        let information = (try? FileSystem.readText("/proc/cpuinfo")) ?? ""
        return HostFacts(
            host: text(name.nodename), system: system((try? FileSystem.readText("/etc/os-release")) ?? ""),
            kernel: text(name.release), architecture: text(name.machine), processor: processor(information),
            cores: availableCores,
            memoryMegabytes: sysconf(Int32(_SC_PHYS_PAGES)) / 1024 * sysconf(Int32(_SC_PAGESIZE)) / 1024,
            devices: NVML()?.names ?? [])
    }

    static func system(_ release: String) -> String {
        let line = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        return line.map { String($0.dropFirst(12).filter { $0 != "\"" }) } ?? "Linux"
    }

    /// The model's name on x86; arm64 gives numbers only.
    static func processor(_ information: String) -> String {
        for key in ["model name", "Model", "Hardware", "CPU part"] {
            guard let line = information.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
                let colon = line.firstIndex(of: ":")
            else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return "unknown"
    }

    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
