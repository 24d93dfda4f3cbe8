import ApusCore
import ApusTracking
import Glibc

@testable import ApusTrackingServer

/// A store in a folder that is removed with this object.
final class TemporaryStore {
    let path = "/tmp/apus-server-\(UInt64.random(in: 0 ... .max))"
    let store: TrackingStore

    init() throws { store = try TrackingStore(root: path + "/experiments/mlruns", durable: false) }

    deinit { _ = runCommand("/bin/rm", ["-rf", path]) }

    func run(points count: Int = 10) throws -> Run {
        let run = try store.createRun(
            in: try store.experiment(named: "garments"), name: "one", parameters: ["lr": "0.01", "names": "a\n\"b\""])
        for step in 0..<count { try run.log(metrics: ["loss": 1 / Double(step + 1)], step: step) }
        return run
    }
}

func runCommand(_ path: String, _ arguments: [String]) -> Int32 {
    var pointers = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t(), status: Int32 = 0
    guard posix_spawn(&process, path, nil, nil, &pointers, nil) == 0 else { return -1 }
    waitpid(process, &status, 0)
    return status
}

func settings(_ url: String, _ environment: [String: String] = [:]) throws -> ServerSettings {
    try ServerSettings(url, environment: environment)
}

/// What sends one run, as a new process would.
func shipper(_ run: Run, of store: TrackingStore, to settings: ServerSettings) throws -> RunShipper {
    let server = TrackingServer(client: HTTPClient(settings: settings, cancellation: Cancellation()))
    let spool = Spool(root: store.root, server: settings.address)
    guard let shipper = RunShipper(run, to: server, spool: spool) else { throw ServerError.local("it is locked") }
    shipper.suspects.firstPause = 0
    return shipper
}

/// Tries until everything is sent, at most so many times.
func ship(_ shipper: RunShipper, tries: Int = 1) throws {
    for _ in 1..<max(tries, 1) {
        do throws(ServerError) { return try shipper.ship() } catch { guard error.isPassing else { throw error } }
    }
    try shipper.ship()
}
