import ApusCore
import Glibc

extension Run {
    /// Who may still write this run, `nil` where nobody does: it has ended, or its process is gone.
    ///
    /// A run of another machine, or of a writer that leaves no mark (MLflow), says `RUNNING` for ever where it was
    /// killed: it counts as written for a day after its last change.
    public func writer() throws(TrackingError) -> String? {
        guard try status() == .running else { return nil }
        let mark = try tags()[RunTag.process].flatMap { ProcessMark($0) }
        if let mark, mark.host == ProcessMark.current.host {
            return mark.mayBeAlive ? "process \(mark.number)" : nil
        }
        let age = currentMilliseconds() - lastChange()
        guard age < Run.silence else { return nil }
        let who = mark.map { "process \($0.number) on \($0.host)" } ?? "a process that left no mark"
        return "\(who), which last wrote \(max(0, age) / 60_000) min ago"
    }

    /// A day, in milliseconds.
    static let silence: Int64 = 86_400_000

    /// When the state or a metric changed last, in milliseconds since 1970.
    private func lastChange() -> Int64 {
        let metrics = KeyFolder(path: folder + "/metrics")
        let paths = ((try? metrics.keys()) ?? []).map { metrics.path(of: $0) } + [folder + "/meta.yaml"]
        return paths.compactMap { FileStamp(of: $0, in: AT_FDCWD)?.modified }.max().map { $0 / 1_000_000 } ?? 0
    }
}
