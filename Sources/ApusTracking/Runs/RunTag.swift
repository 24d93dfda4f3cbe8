import Glibc

/// The tags that every run carries, and the rules for tags.
public enum RunTag {
    public static let name = "mlflow.runName"
    public static let user = "mlflow.user"
    public static let sourceName = "mlflow.source.name"
    public static let sourceType = "mlflow.source.type"
    public static let gitCommit = "mlflow.source.git.commit"
    public static let gitBranch = "mlflow.source.git.branch"
    public static let gitRemote = "mlflow.source.git.repoURL"
    public static let parentRun = "mlflow.parentRunId"
    /// A description in Markdown that MLflow's interface shows.
    public static let note = "mlflow.note.content"
    /// `true` where the code had uncommitted changes.
    public static let gitDirty = "apus.git.dirty"
    /// Which process writes the run: `host:pid:start`.
    public static let process = "apus.process"

    static func standard(name: String, git: GitFacts?) -> [String: String] {
        var tags = ofProcess
        tags[Self.name] = name
        tags[gitCommit] = git?.commit
        tags[gitBranch] = git?.branch
        tags[gitDirty] = git.map { String($0.isDirty) }
        tags["mlflow.source.git.dirty"] = tags[gitDirty]
        tags[gitRemote] = git?.remote
        return tags
    }

    /// The tags that are the same for every run of this process.
    static let ofProcess = [
        user: currentUser(), sourceName: CommandLine.arguments.first ?? "apus", sourceType: "LOCAL",
        process: ProcessMark.current.description,
    ]

    static func currentUser() -> String {
        for variable in ["USER", "LOGNAME"] {
            if let value = getenv(variable), value.pointee != 0 { return String(cString: value) }
        }
        return getuid() == 0 ? "root" : String(getuid())
    }
}

/// A process that can be found again: numbers of processes are used more than once, start times are not.
struct ProcessMark: Hashable, Sendable, CustomStringConvertible {
    var host: String
    var number: Int32
    var start: String

    static let current = ProcessMark(host: hostName(), number: getpid(), start: startTime(of: getpid()) ?? "0")

    init(host: String, number: Int32, start: String) {
        self.host = host
        self.number = number
        self.start = start
    }

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let number = Int32(parts[1]) else { return nil }
        self.init(host: String(parts[0]), number: number, start: String(parts[2]))
    }

    var description: String { "\(host):\(number):\(start)" }

    /// `false` only where the process was on this machine and is gone.
    var mayBeAlive: Bool {
        guard host == ProcessMark.hostName() else { return true }
        return ProcessMark.startTime(of: number) == start
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self).replacing(":", with: "-")
    }

    /// Field 22 of `/proc/PID/stat`, ticks since the machine started; the name in field 2 may hold anything.
    private static func startTime(of number: Int32) -> String? {
        guard let stream = fopen("/proc/\(number)/stat", "r") else { return nil }
        defer { fclose(stream) }
        var line = [CChar](repeating: 0, count: 4096)
        guard fgets(&line, Int32(line.count), stream) != nil else { return nil }
        let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        guard let close = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
    }
}
