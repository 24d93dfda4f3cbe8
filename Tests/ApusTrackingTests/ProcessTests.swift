import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// `STORE|RUN|POINTS`: this process is a child that appends to a run, see below; for `new` it makes so many runs, for
/// `collect` it removes what is deleted.
private let childTask = getenv("APUS_TRACKING_CHILD").map { String(cString: $0) }

/// Several processes on one store, and one that is killed.
@Suite struct ProcessTests {
    /// What a child process does: this test binary, started again with a task.
    @Test(.enabled(if: childTask != nil)) func `child that appends points`() throws {
        let parts = try #require(childTask).split(separator: "|").map(String.init)
        let store = try TrackingStore(root: parts[0]), count = Int(parts[2]) ?? 0
        guard parts[1] != "new" else { return try makeRuns(count, in: store) }
        guard parts[1] != "collect" else {
            _ = try store.collect(store.garbage().items)
            return
        }
        let run = try store.run(id: parts[1])
        for step in 0..<count {
            try run.log(metrics: ["shared": Double(getpid()), "own/\(getpid())": Double(step)], step: step)
        }
    }

    private func makeRuns(_ count: Int, in store: TrackingStore) throws {
        for number in 0..<count {
            let run = try store.createRun(
                in: store.experiment(named: "made"), name: "\(number)", parameters: ["lr": "0.1", "a/b": "1"])
            for step in 0..<3 { try run.log(metrics: ["m": 1, "val/m": 2], step: step) }
            try run.logDataset(name: "d", digest: "1", source: "/d")
            try run.finish()
        }
    }

    @Test(.enabled(if: childTask == nil)) func `four processes make runs at once and nothing is lost`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let children = try (0..<4).map { _ in try startChild(store, run: "new", points: 25) }
        for child in children { #expect(exitStatus(of: child) == 0) }
        let runs = store.runSummaries()
        #expect(runs.count == 100 && runs.allSatisfy { $0.status == .finished && $0.metrics["val/m"]?.step == 2 })
        #expect(try runs.allSatisfy { try store.run(id: $0.id).history(of: "m").count == 3 })
        #expect(store.experiments().map(\.name) == ["Default", "made"])
        #expect(store.check().isEmpty)
    }

    @Test(.enabled(if: childTask == nil)) func `a process killed at any moment leaves a sound store`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for round in 0..<6 {
            let child = try startChild(store, run: "new", points: 10_000)
            let limit = currentMilliseconds() + 20_000, before = store.runSummaries().count
            while store.runSummaries().count == before, currentMilliseconds() < limit { usleep(2000) }
            usleep(UInt32(round) * 7919)
            kill(child, SIGKILL)
            _ = exitStatus(of: child)
            let errors = try folder.store().check().filter { $0.severity == .error }
            #expect(errors.isEmpty)
        }
        _ = try store.repair()
        #expect(store.check().isEmpty)
        #expect(store.runSummaries().count >= 6)
    }

    @Test(.enabled(if: childTask == nil)) func `a process killed while it collects leaves whole runs or none`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try makeRuns(60, in: folder.store())
        let runs = store.runSummaries().map { store.run($0) }
        for run in runs.dropFirst(10) { try run.delete() }
        for round in 0..<5 {
            let child = try startChild(store, run: "collect", points: 0)
            let limit = currentMilliseconds() + 20_000
            while store.staging.leftovers().isEmpty, !hasEnded(child), currentMilliseconds() < limit,
                runs.allSatisfy({ FileSystem.exists($0.folder) })
            { usleep(500) }
            usleep(UInt32(round) * 1777)
            kill(child, SIGKILL)
            _ = exitStatus(of: child)
            #expect(store.check().allSatisfy { $0.severity == .warning }, "\(store.check())")
            #expect(store.runSummaries().allSatisfy { $0.parameters.count == 2 && $0.metrics.count == 2 })
        }
        _ = try store.collect(store.garbage().items)
        #expect(store.runSummaries().count == 10 && store.check().isEmpty)
        #expect(try FileSystem.names(in: store.staging.folder).sorted() == ["format", "lock"])
    }

    @Test(.enabled(if: childTask == nil)) func `three processes append to one run and nothing is lost`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let run = try store.createRun(in: store.experiment(named: "demo"))
        let children = try (0..<3).map { _ in try startChild(store, run: run.id, points: 300) }
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
            let child = try startChild(store, run: run.id, points: 10_000_000)
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

    private func startChild(_ store: TrackingStore, run: String, points: Int) throws -> pid_t {
        let task = "APUS_TRACKING_CHILD=\(store.root)|\(run)|\(points)"
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
