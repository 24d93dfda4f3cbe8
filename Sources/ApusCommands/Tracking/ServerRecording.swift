import ApusConfiguration
import ApusCore
import ApusTracking
import ApusTrackingServer
import FoundationEssentials
import Glibc

/// A command's runs on their way to the tracking server that `MLFLOW_TRACKING_URI` names, and what is said of it.
///
/// The runs are recorded in the local store all the same; nothing here waits for the network but `finish`.
public final class ServerRecording: Sendable {
    private let settings: ServerSettings
    private let terminal: Terminal
    private let messages = Mutex([String]())
    private let shipper = Mutex<Shipper?>(nil)
    private let folders = Mutex([String: String]())

    /// `nil` where the variable names no server.
    ///
    /// - Throws: where it, or another of MLflow's variables, cannot be meant.
    public init?(terminal: Terminal) throws {
        guard let settings = try ServerRecording.settings() else { return nil }
        (self.settings, self.terminal) = (settings, terminal)
    }

    /// How the server that the environment names is reached; `nil` where it names none.
    ///
    /// - Parameter address: instead of `MLFLOW_TRACKING_URI`.
    static func settings(address: String? = nil) throws -> ServerSettings? {
        switch address.map({ TrackingLocation($0) }) ?? .current {
        case .workspace, .folder: return nil
        case .server(let uri): return try ServerSettings(uri, environment: ProcessInfo.processInfo.environment)
        case .foreign(let uri):
            let scheme = uri.prefix { $0 != ":" }
            throw ServerError.settings(
                "MLFLOW_TRACKING_URI begins with \(scheme): and Apus writes to a folder or to an MLflow server; start "
                    + "'mlflow server --backend-store-uri …' and name its http address, or unset the variable")
        }
    }

    /// Sends `run` from now on.
    public func add(_ run: Run) {
        folders.withLock { $0[run.id] = run.folder }
        started(in: run.store).add(run)
        tell()
    }

    private func started(in store: TrackingStore) -> Shipper {
        shipper.withLock { shipper in
            if let shipper { return shipper }
            let made = Shipper(store: store, settings: settings) { [weak self] event in self?.note(event) }
            shipper = made
            return made
        }
    }

    private func note(_ event: ServerEvent) {
        let message =
            switch event {
            case .recording(_, let page): "recorded at \(page)"
            case .waiting(let error):
                "\(settings.address): \(error); training goes on, the run is kept here and sent later"
            case .goingOn: "\(settings.address) takes runs again"
            case .leftOut(let run, let name, let why):
                "\(settings.address) does not take \(name): \(why); left out, the rest goes on. "
                    + "'apus runs sync \(run)' tries it again"
            }
        messages.withLock { $0.append(message) }
    }

    /// Says what there is to say, on lines of its own: a bar that is under way draws itself again below them.
    public func tell() {
        let messages = messages.withLock { taken(&$0) }
        if messages.isEmpty || terminal.isQuiet { return }
        if Terminal.isInteractive { Terminal.writeError("\r\u{1B}[K") }
        for message in messages { terminal.say(message) }
    }

    private func taken(_ messages: inout [String]) -> [String] {
        defer { messages = [] }
        return messages
    }

    /// Sends what is left, for a minute at most, and says what remains to be sent by whom.
    public func finish() {
        guard let shipper = shipper.withLock({ $0 }) else { return }
        let start = ContinuousClock.now
        let shipments = shipper.finish(within: 60)
        tell()
        let waited = fixed((ContinuousClock.now - start).seconds, 1)
        for shipment in shipments {
            for (name, why) in shipment.refused.sorted(by: { $0 < $1 }) {
                Terminal.complain(
                    "\(settings.address) does not take \(name): \(why); 'apus runs sync \(shipment.run)' tries it again"
                )
            }
        }
        let left = shipments.filter { !$0.isWhole }
        if left.isEmpty, let page = shipments.last?.page {
            terminal.say("sent to \(page) (\(waited) s after the end)")
        }
        guard let first = left.first else { return }
        let ids = left.map(\.run).joined(separator: " ")
        Terminal.complain(
            "not all was sent to \(settings.address): \(first.problem ?? "time ran out"). "
                + "It is in \(folders.withLock { $0[first.run] } ?? "the local store"); 'apus runs sync \(ids)' sends the rest"
        )
    }
}
