import ApusCommandSupport
import ApusTracking
import Foundation
import Testing

@Suite struct RunsSyncTests {
    /// A workspace with one run.
    private func workspace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["datasets", "models"] { try folder.write("", to: name + "/x") }
        let store = try TrackingStore(root: folder.path + "/experiments/mlruns", durable: false)
        let run = try store.createRun(in: try store.experiment(named: "x"), name: "one")
        try run.log(metrics: ["loss": 1], step: 1)
        return folder
    }

    @Test func `a server must be named`() throws {
        let folder = try workspace()
        let outcome = try apus("runs", "sync", "latest", "--server", "/tmp/mlruns", in: folder.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("MLFLOW_TRACKING_URI"))
    }

    @Test(arguments: ["sqlite:///x.db", "databricks", "http://", "http://a b"])
    func `an address that is none of a server is refused with a sentence`(address: String) throws {
        let folder = try workspace()
        let outcome = try apus("runs", "sync", "latest", "--server", address, in: folder.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("apus: "))
    }

    @Test func `a server that is not there is told of, and the run is named`() throws {
        let words = ["runs", "sync", "one", "--server", "http://127.0.0.1:9", "--timeout", "0", "--json"]
        let folder = try workspace()
        let outcome = try apus(words, in: folder.path)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("http://127.0.0.1:9: it cannot be reached"))
        let runs = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
        #expect(runs?.first?["state"] as? String == "not sent")
        #expect(runs?.first?["name"] as? String == "one")
    }

    @Test func `no run and no request is nothing to do`() throws {
        let folder = try workspace()
        let outcome = try apus("runs", "sync", "--server", "http://127.0.0.1:9", in: folder.path)
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("nothing was begun"))
        #expect(try apus("runs", "sync", "--all", "one", in: folder.path).status == 2)
        #expect(try apus("runs", "sync", "two", "--server", "http://127.0.0.1:9", in: folder.path).status == 2)
    }
}
