import ApusTracking
import ApusTrackingServer
import ArgumentParser
import FoundationEssentials
import Glibc

struct RunsSync: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Send runs to an MLflow tracking server.",
        discussion: """
              export MLFLOW_TRACKING_URI=https://mlflow.example.org
              apus runs sync
              apus runs sync latest
              apus runs sync --all --server http://127.0.0.1:5000

            Sends what a training could not send, or any run of the store: metrics, parameters, tags, datasets and \
            artifacts. The server is asked what it has, so that nothing is there twice; a second sync of the same \
            run sends only what is new. What the server did not take before is tried again, and what it still does \
            not take is named. MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD, \
            MLFLOW_TRACKING_SERVER_CERT_PATH, MLFLOW_TRACKING_INSECURE_TLS, MLFLOW_EXPERIMENT_NAME and \
            MLFLOW_HTTP_REQUEST_TIMEOUT mean what they mean to MLflow.

            Exit status: 0 the server has all of it, 1 it does not, 2 no such run, or a wrong address.
            """)

    @Argument(help: "Runs (an id, the start of one, a name, or latest); else those that were begun to be sent.")
    var runs: [String] = []
    @Option(help: ArgumentHelp("The server, instead of MLFLOW_TRACKING_URI.", valueName: "url")) var server: String?
    @Flag(help: "Every run of the store that is not deleted.") var all = false
    @Flag(help: "Forget what was sent: look for the run on the server, and make it anew where it is gone.")
    var again = false
    @Option(help: ArgumentHelp("Try for so long where the server fails.", valueName: "seconds")) var timeout = 60.0
    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !all || runs.isEmpty else { throw ValidationError("Name runs, or --all, not both.") }
        guard timeout >= 0, timeout <= 1e6 else { throw ValidationError("--timeout takes seconds from 0.") }
    }

    func run() throws {
        guard let settings = try ServerRecording.settings(address: server) else {
            throw ValidationError(
                "Name the server with --server, or in MLFLOW_TRACKING_URI: http://… or https://….")
        }
        let store = try places.store()
        let sync = ServerSync(store: store, settings: settings)
        let chosen = try chosenRuns(in: store, sync)
        if again { for run in chosen { sync.forget(run) } }
        let (shipments, busy) = sync.send(chosen, within: timeout) { say($0, settings) }
        try show(shipments)
        for run in busy { Terminal.complain("run \(run.id) is being sent by another process") }
        if busy.isEmpty, shipments.allSatisfy({ $0.isWhole && $0.refused.isEmpty }) { return }
        throw ExitCode(1)
    }

    private func chosenRuns(in store: TrackingStore, _ sync: ServerSync) throws -> [Run] {
        if !runs.isEmpty { return try runs.map { try store.run(matching: $0) } }
        guard all else { return sync.knownRuns() }
        return try store.runSummaries(includingValues: false).reversed().filter {
            !$0.isDeleted && $0.problems.isEmpty
        }
        .map { try store.run(id: $0.id) }
    }

    private func say(_ event: ServerEvent, _ settings: ServerSettings) {
        switch event {
        case .recording, .leftOut: break
        case .waiting(let error): common.terminal.say("\(settings.address): \(error)")
        case .goingOn: common.terminal.say("\(settings.address) takes runs again")
        }
    }

    private func show(_ shipments: [Shipment]) throws {
        if json { return try printJSON(shipments.map(SyncedRun.init)) }
        for shipment in shipments {
            for (name, why) in shipment.refused.sorted(by: { $0 < $1 }) {
                Terminal.complain("\(shipment.name): the server does not take \(name): \(why)")
            }
        }
        let rows = shipments.map { [String($0.run.prefix(8)), $0.name, $0.state, $0.page ?? "–"] }
        if rows.isEmpty {
            common.terminal.say("nothing was begun to be sent there; name runs, or --all")
        } else {
            print(table(["run", "name", "state", "page"], rows))
        }
        for shipment in shipments where shipment.problem != nil {
            Terminal.complain("\(shipment.name): \(shipment.problem ?? "")")
        }
    }
}

extension Shipment {
    fileprivate var state: String {
        guard isWhole else { return "not sent" }
        guard refused.isEmpty else { return "sent but \(refused.count)" }
        return requests > 0 ? "sent" : "nothing new"
    }
}

struct SyncedRun: Encodable {
    var run, name, state: String
    var page, problem: String?
    var requests: Int
    var refused: [String: String]

    init(_ shipment: Shipment) {
        (run, name, state) = (shipment.run, shipment.name, shipment.state)
        (page, problem, requests, refused) = (shipment.page, shipment.problem, shipment.requests, shipment.refused)
    }
}
