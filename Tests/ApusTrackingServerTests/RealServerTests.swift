import ApusCore
import ApusTracking
import Glibc
import Testing

@testable import ApusTrackingServer

/// The executable `mlflow` of an environment with MLflow; without it these tests are skipped.
private let mlflow = getenv("APUS_MLFLOW").map { String(cString: $0) }

/// A real server on loopback, which can be killed and started again.
private final class RealServer {
    let port: Int
    private let folder: String
    private let backend: String
    private var process = pid_t()

    init(folder: String, backend: String) throws {
        (self.folder, self.backend) = (folder, backend)
        // A port that was free a moment ago.
        let listener = try HTTPListener { _ in .hangUp }
        port = Int(listener.port)
        listener.close()
        try FileSystem.createFolder(folder)
    }

    deinit { kill() }

    var url: String { "http://127.0.0.1:\(port)" }

    func start() {
        let words = [
            mlflow ?? "", "server", "--host", "127.0.0.1", "--port", "\(port)", "--workers", "1",
            "--backend-store-uri", backend, "--artifacts-destination", folder + "/artifacts",
        ]
        let variables = [
            "MLFLOW_ALLOW_FILE_STORE=true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false",
            "PATH=\(FileSystem.folder(of: words[0])):/usr/bin:/bin", "HOME=\(folder)",
        ]
        var arguments = words.map { strdup($0) } + [nil], environment = variables.map { strdup($0) } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var attributes = posix_spawnattr_t(), actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, folder + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o666)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn(&process, words[0], &actions, &attributes, &arguments, &environment)
    }

    /// Kills the server and whatever it started, in the middle of whatever it does.
    func kill() {
        guard process > 0 else { return }
        Glibc.kill(-process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        process = 0
    }

    func isUp() throws -> Bool {
        let client = HTTPClient(settings: try settings(url), cancellation: Cancellation())
        return (try? client.send("GET", url + "/health"))?.status == 200
    }

    func waitUntilUp() throws {
        for _ in 0..<600 {
            if try isUp() { return }
            usleep(100_000)
        }
    }
}

@Suite(.enabled(if: mlflow != nil), .serialized) struct RealServerTests {
    @Test(arguments: ["sqlite", "files"])
    func `killed and started again in the middle of a run, it has everything once`(kind: String) throws {
        let place = try TemporaryStore()
        let folder = place.path + "/server"
        let backend = kind == "sqlite" ? "sqlite:///\(folder)/x.db" : folder + "/mlruns"
        let server = try RealServer(folder: folder, backend: backend)
        server.start()
        try server.waitUntilUp()
        let run = try place.run(points: 0)
        var pace = Shipper.Pace()
        (pace.interval, pace.longestRetry) = (0.3, 2)
        let shipper = Shipper(store: place.store, settings: try settings(server.url), pace: pace)
        let start = ContinuousClock.now
        shipper.add(run)
        let longest = try record(run, killing: server)
        try run.finish()
        let end = ContinuousClock.now
        try server.waitUntilUp()
        let shipment = try #require(shipper.finish(within: 120).first)
        #expect(shipment.isWhole, "\(shipment)")
        let waited = ContinuousClock.now - end
        try compare(run, with: shipment, at: server)
        let points = try run.metrics().keys.map { try run.history(of: $0).count }.reduce(0, +)
        let figures =
            "\(kind): \(points) points in \(end - start), longest log call \(longest), after the end \(waited)\n"
        write(STDERR_FILENO, figures, figures.utf8.count)
    }

    /// Records for a minute or two; the server is killed five times.
    private func record(_ run: Run, killing server: RealServer) throws -> Duration {
        var longest = Duration.zero
        for round in 0..<5 {
            for step in (round * 200)..<((round + 1) * 200) {
                let before = ContinuousClock.now
                var metrics = ["loss": 1 / Double(step + 1), "odd/nan": Double.nan]
                for index in 0..<10 { metrics["many/\(index)"] = Double(step * index) }
                try run.log(metrics: metrics, step: step)
                longest = max(longest, ContinuousClock.now - before)
                usleep(UInt32.random(in: 1000...20000))
                if step % 100 == 0 { try run.logArtifact(text: "step \(step)", as: "plots/picture \(round).txt") }
                if step % 200 == 120 { server.kill() }
                if step % 200 == 160 { server.start() }
            }
            try server.waitUntilUp()
            usleep(UInt32.random(in: 0...2_000_000))
        }
        return longest
    }

    private func compare(_ run: Run, with shipment: Shipment, at real: RealServer) throws {
        let client = HTTPClient(settings: try settings(real.url), cancellation: Cancellation())
        let server = TrackingServer(client: client)
        let id = try #require(shipment.page?.split(separator: "/").last.map(String.init))
        let experiment = try server.experiment(named: "garments")
        #expect(try server.runs(in: experiment, tag: "apus.run", value: run.id).map(\.id) == [id])
        for key in try run.metrics().keys {
            let (here, there) = (try run.history(of: key), try server.history(of: key, run: id))
            var missing = PointCounts(here)
            #expect(here.count == there.count, "\(key)")
            let known = there.map { missing.remove($0) }
            #expect(!known.contains(false), "\(key)")
        }
        for path in try run.artifacts() {
            let place = "\(real.url)/get-artifact?run_uuid=\(id)&path=\(percentEncoded(path))"
            #expect(try client.send("GET", place).text == FileSystem.readText(run.artifactPath + "/" + path))
        }
    }
}
