import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// `STORE|RUN|POINTS`: this process is a child that appends to a run, see below.
private let childTask = getenv("APUS_TRACKING_CHILD").map { String(cString: $0) }

/// Several processes on one store, and one that is killed.
@Suite struct ProcessTests {
    /// What a child process does: this test binary, started again with a task.
    @Test(.enabled(if: childTask != nil)) func `child that appends points`() throws {
        let parts = try #require(childTask).split(separator: "|").map(String.init)
        let run = try TrackingStore(root: parts[0]).run(id: parts[1])
        for step in 0..<(Int(parts[2]) ?? 0) {
            try run.log(metrics: ["shared": Double(getpid()), "own/\(getpid())": Double(step)], step: step)
        }
    }

    @Test(.enabled(if: childTask == nil)) func `three processes append to one run and nothing is lost`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let run = try store.createRun(in: store.experiment(named: "demo"))
        let children = try (0..<3).map { _ in try startChild(store, run, points: 300) }
        for child in children { #expect(exitStatus(of: child) == 0) }
        let points = try run.history(of: "shared")
        #expect(points.count == 900)
        for child in children {
            #expect(points.filter { $0.value == Double(child) }.map(\.step) == Array(0..<300))
        }
        #expect(store.check().isEmpty)
    }

    @Test(.enabled(if: childTask == nil)) func `a process killed while it appends leaves a readable store`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let run = try store.createRun(in: store.experiment(named: "demo"))
        for round in 0..<3 {
            let child = try startChild(store, run, points: 10_000_000)
            while try run.history(of: "own/\(child)").count < 50, !hasEnded(child) {
                usleep(5000 + UInt32(round) * 777)
            }
            kill(child, SIGKILL)
            _ = exitStatus(of: child)
            let reopened = try folder.store()
            #expect(reopened.check().isEmpty)
            let steps = try run.history(of: "own/\(child)").map(\.step)
            #expect(steps.count >= 50 && steps == Array(0..<Int64(steps.count)))
        }
        try run.resume()
        try run.log(metrics: ["shared": 0], step: 0)
        try run.finish()
        #expect(store.check().isEmpty)
    }

    private func startChild(_ store: TrackingStore, _ run: Run, points: Int) throws -> pid_t {
        let task = "APUS_TRACKING_CHILD=\(store.root)|\(run.id)|\(points)"
        let arguments = [
            CommandLine.arguments[0], "--testing-library", "swift-testing", "--filter", "child that appends points",
        ]
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        let kept = ["PATH", "LD_LIBRARY_PATH", "HOME"].compactMap { (name: String) -> String? in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        var environment = (kept + [task]).map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environment { free(pointer) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var child = pid_t()
        let code = posix_spawn(&child, "/proc/self/exe", &actions, nil, &argumentPointers, &environment)
        guard code == 0 else { throw FileError("start", "/proc/self/exe", code: code) }
        return child
    }

    /// Whether the child is a zombie or gone, without waiting for it.
    private func hasEnded(_ child: pid_t) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT) != 0 || information.si_signo != 0
    }

    private func exitStatus(of child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return status
    }
}
