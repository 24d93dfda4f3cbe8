import ApusCore
import Glibc

/// Whose something in a staging folder is: its name ends with the process that made it, so that what a killed one
/// left behind can be told from what is being made.
package struct StagingOwner: Hashable, Sendable {
    let process: ProcessMark
    /// Where the process's number counts: hosts may have one name, and containers number apart.
    let space: String

    static let current = StagingOwner(process: .current, space: currentSpace())

    /// A name that nothing has yet: `ID-PID-START-SPACE-HOST`.
    package static func uniqueName() -> String {
        let number = String(counter.add(1, ordering: .relaxed).newValue)
        return String(repeating: "0", count: max(0, 32 - number.utf8.count)) + number + suffix
    }

    private static let counter = Atomic<UInt64>(0)
    private static let suffix =
        "-\(current.process.number)-\(current.process.start)-\(current.space)-\(current.process.host)"

    init(process: ProcessMark, space: String) {
        self.process = process
        self.space = space
    }

    /// The owner of what has such a name; `nil` where the name does not tell.
    package init?(of name: String) {
        let parts = name.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0].utf8.count == 32, let number = Int32(parts[1]) else { return nil }
        self.init(process: ProcessMark(host: parts[4], number: number, start: parts[2]), space: parts[3])
    }

    /// Whether the process ran here, since this machine's start, and is gone; others may be alive.
    package var isGone: Bool {
        space == StagingOwner.current.space && !process.mayBeAlive && StagingOwner.current.process.mayBeAlive
    }

    /// The namespace of processes, and the start of this machine.
    private static func currentSpace() -> String {
        var target = [UInt8](repeating: 0, count: 64)
        let count = readlink("/proc/self/ns/pid", &target, target.count)
        let number = String(decoding: target.prefix(max(0, count)).filter { (48...57).contains($0) }, as: UTF8.self)
        let start = (try? FileSystem.readText("/proc/sys/kernel/random/boot_id"))?.prefix { $0 != "-" }
        return "\(number).\(start ?? "")"
    }
}
