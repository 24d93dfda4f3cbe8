import ApusConfiguration
import ApusCore

/// How much of a run its server has acknowledged.
struct Cursor: Codable, Equatable, Sendable {
    /// The server's address.
    var server: String
    /// The local run, and the server's: empty until the server has one.
    var run: String
    var remoteRun = ""
    var remoteExperiment = ""
    /// The address of the run's artifacts.
    var artifactRoot = ""
    /// Whether the server may have made the run twice: an answer to its making was lost.
    var mayHaveTwin = false
    /// Bytes of each metric's file.
    var metrics: [String: Int] = [:]
    /// Of these bytes, those that the server did not take, in the order of the file.
    var gaps: [String: [Gap]]?
    var parameters: Set<String> = []
    /// Digests of the values.
    var tags: [String: String] = [:]
    var inputs: Set<String> = []
    /// Stamps of the files.
    var artifacts: [String: String] = [:]
    /// Status, end and name.
    var state = ""
    /// What the server did not take, and why.
    var refused: [String: String] = [:]
    /// Whether there was nothing left when the run was at its end.
    var isComplete = false

    init(server: String, run: String) {
        self.server = server
        self.run = run
    }
}

/// The cursors of one server's runs, in `.mlruns-server/` beside the store: MLflow never sees them.
///
/// The runs themselves are the spool. They are written whatever becomes of the network; a cursor only says from where
/// on they are still to be sent.
public struct Spool: Sendable {
    let folder: String

    /// - Parameter root: the store's folder.
    init(root: String, server: ServerAddress) {
        let all = FileSystem.folder(of: root) + "/.\(FileSystem.fileName(of: root))-server"
        folder = "\(all)/\(String(percentEncoded(server.description).prefix(200)))"
    }

    /// The runs that were ever to be sent there.
    func runs() -> [String] {
        ((try? FileSystem.names(in: folder)) ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
    }

    /// The run's cursor; a new one where there is none, or none that can be read: the server is asked then.
    func cursor(ofRun run: String, server: ServerAddress) -> Cursor {
        if let text = try? FileSystem.readText(path(run)),
            let cursor = try? Configuration.decodeJSON(Cursor.self, text, name: path(run)),
            cursor.run == run, cursor.server == server.description
        {
            return cursor
        }
        return Cursor(server: server.description, run: run)
    }

    func knows(_ run: String) -> Bool { FileSystem.exists(path(run)) }

    func write(_ cursor: Cursor) throws(ServerError) {
        do {
            try FileSystem.createFolder(folder)
            try FileSystem.writeWhole(try Configuration.encodeJSON(cursor), to: path(cursor.run))
        } catch {
            throw .local("\(error)")
        }
    }

    func forget(_ run: String) { FileSystem.remove(path(run)) }

    /// Held by the one who sends a run.
    func lock(_ run: String) -> FileLock? { FileLock("\(folder)/\(run).lock") }

    private func path(_ run: String) -> String { "\(folder)/\(run).json" }
}
