import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// Every damage that MLflow's reader does not survive or passes over: made, found, mended, and read again.
@Suite struct RepairTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let experiment: Experiment
    private let run: Run

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store()
        experiment = try store.experiment(named: "demo")
        run = try store.createRun(in: experiment, name: "first", parameters: ["lr": "0.1"])
        try run.log(metrics: ["loss": 0.5], step: 1)
        try run.log(metrics: ["loss": 0.25], step: 2)
        try run.logDataset(name: "d", digest: "1", source: "/d")
        let path = folder.path + "/models/net/1"
        try FileSystem.createFolder(path)
        try ModelRegistry(store).register(name: "net", versionFolder: path, runID: run.id)
        try ModelRegistry(store).setAlias("best", of: "net", to: 1)
        try run.finish()
    }

    /// What `STORE-damaged` holds, paths below its one folder.
    private func kept() throws -> [String] {
        let place = FileSystem.folder(of: store.root) + "/.mlruns-damaged"
        guard FileSystem.isFolder(place) else { return [] }
        return try FileSystem.names(in: place).flatMap { try KeyFolder(path: place + "/" + $0).keys() }
    }

    /// Damages the store, and expects that it is found, mended, kept where anything was there, and then gone.
    private func expectMended(isKept: Bool = true, _ damage: () throws -> Void) throws {
        #expect(store.check().isEmpty)
        try damage()
        let found = store.check()
        #expect(!found.isEmpty && found.allSatisfy(\.isMendable))
        #expect(try !store.repair().isEmpty)
        #expect(store.check().isEmpty, "\(store.check())")
        #expect(try kept().isEmpty != isKept)
        #expect(try store.repair().isEmpty)
        #expect(Set(store.runSummaries().flatMap(\.problems)).isEmpty)
    }

    private func expectRunWhole(points: Int = 2) throws {
        #expect(try run.history(of: "loss").map(\.value) == Array([0.5, 0.25].prefix(points)))
        #expect(try run.parameters() == ["lr": "0.1"])
        #expect(try run.name() == "first")
    }

    private func write(_ text: String, _ path: String) throws {
        try FileSystem.createFolder(FileSystem.folder(of: path))
        try FileSystem.writeWhole(text, to: path)
    }

    // MARK: Experiments

    @Test func `a folder of another name in the root`() throws {
        try expectMended { try write("x", store.root + "/.staging/a.txt") }
        #expect(try kept() == [".staging/a.txt"])
    }

    @Test func `a stray folder that looks like an experiment`() throws {
        try expectMended { try write("x", store.root + "/123/notes.txt") }
    }

    @Test func `an experiment without its file gets one, and keeps its runs`() throws {
        try expectMended(isKept: false) { unlink(experiment.folder + "/meta.yaml") }
        #expect(store.experiments().map(\.name).contains("recovered-\(experiment.id)"))
        try expectRunWhole()
    }

    @Test func `an experiment's file that was cut off keeps its name`() throws {
        let path = experiment.folder + "/meta.yaml"
        let text = try FileSystem.readText(path)
        let end = try #require(text.firstRange(of: "name: demo\n")).upperBound
        try expectMended { try write(text[..<end] + "trace_loc: \"", path) }
        #expect(try store.findExperiment(named: "demo")?.id == experiment.id)
    }

    @Test func `two experiments of one name`() throws {
        let other = try store.experiment(named: "other")
        let path = other.folder + "/meta.yaml"
        try expectMended {
            try write(try FileSystem.readText(path).replacing("name: other\n", with: "name: demo\n"), path)
        }
        #expect(Set(store.experiments().map(\.name)) == ["Default", "demo", "demo-\(other.id)"])
    }

    // MARK: Runs

    @Test func `a stray folder among the runs`() throws {
        try expectMended { try write("x", experiment.folder + "/.ipynb_checkpoints/a") }
        try expectMended { try write("x", experiment.folder + "/notes/a") }
    }

    @Test(arguments: ["", "run_id: [", "status: 3\nart"]) func `a run's file that is empty or cut off`(text: String)
        throws
    {
        try expectMended { try write(text, run.folder + "/meta.yaml") }
        try expectRunWhole()
        #expect(try run.status() == (text.contains("status") ? .finished : .killed))
    }

    @Test func `a run's file that is missing`() throws {
        try expectMended(isKept: false) { unlink(run.folder + "/meta.yaml") }
        try expectRunWhole()
        let points = try run.history(of: "loss")
        #expect(store.runSummaries().first?.startTime == points.first?.timestamp)
    }

    @Test func `a run's file cut anywhere`() throws {
        let path = run.folder + "/meta.yaml"
        let text = try FileSystem.readText(path)
        for end in stride(from: 0, to: text.utf8.count - 1, by: 7) {
            try write(String(text.prefix(end)), path)
            _ = try store.repair()
            #expect(store.check().isEmpty)
            try expectRunWhole()
        }
    }

    @Test(arguments: [
        ("status: 3", "status: FINISHED"), ("status: 3", "status: 0"), ("user_id: ", "user: "),
        ("run_id: ", "run_id: f"),
        ("end_time: ", "end_time: x"), ("start_time: ", "start_time: x"),
    ]) func `a value in a run's file that MLflow does not survive`(old: String, new: String) throws {
        let path = run.folder + "/meta.yaml"
        try expectMended { try write(try FileSystem.readText(path).replacing(old, with: new), path) }
        try expectRunWhole()
        #expect(try run.status() == (new == "status: 0" ? .killed : .finished))
    }

    @Test func `folders that a run must have`() throws {
        try expectMended(isKept: false) { rmdir(run.folder + "/artifacts") }
    }

    @Test func `a run whose process is gone is closed`() throws {
        let other = try store.createRun(in: experiment)
        var gone = ProcessMark.current
        gone.start = "1"
        try expectMended { try other.setTag(RunTag.process, gone.description) }
        #expect(try other.status() == .killed)
    }

    @Test func `a name that is two`() throws {
        try expectMended { try write("second", run.folder + "/tags/mlflow.runName") }
        #expect(try run.tags()[RunTag.name] == "first")
    }

    // MARK: Metrics

    @Test(arguments: [
        "1795352674684", "1795352674684 0.2", "\n", "garbage\n", "1 2 3 a b c\n", "1795352674684.0 0.25 x\n",
    ])
    func `lines that are no points`(text: String) throws {
        let path = run.folder + "/metrics/loss"
        try expectMended { try append(text, to: path) }
        #expect(try run.history(of: "loss").count == (text.hasPrefix("1 2 3") ? 3 : 2))
        #expect(try kept().contains { $0.hasSuffix("metrics/loss") })
    }

    @Test func `whole numbers with a point are read as what they mean`() throws {
        try expectMended { try append("1795352674684.0 0.125 3.0\n", to: run.folder + "/metrics/loss") }
        #expect(try run.history(of: "loss").last == MetricPoint(value: 0.125, step: 3, timestamp: 1_795_352_674_684))
    }

    @Test(arguments: ["", "\n", "0.5"]) func `a metric without points is taken out`(text: String) throws {
        try expectMended { try write(text, run.folder + "/metrics/empty") }
        #expect(try run.metrics().keys.sorted() == ["loss"])
    }

    @Test(arguments: ["metrics/.loss.swp", "metrics/loss~", "params/.lr.swp", "tags/a%b", "params/lr~"])
    func `a file that is no key`(path: String) throws {
        try expectMended { try write("b0VIM", run.folder + "/" + path) }
        try expectRunWhole()
    }

    @Test(arguments: ["metrics", "params", "tags"]) func `a name that is no UTF-8`(part: String) throws {
        try expectMended {
            let name = Array("\(run.folder)/\(part)/".utf8CString.dropLast()) + [-1, 65, 0]
            let descriptor = open(name, O_WRONLY | O_CREAT, 0o666)
            #expect(descriptor >= 0)
            close(descriptor)
        }
    }

    @Test func `text that is no UTF-8`() throws {
        try expectMended { try FileSystem.writeWhole([0x61, 0xFF], to: run.folder + "/params/odd") }
        #expect(try run.parameters()["odd"] == "a\u{FFFD}")
    }

    // MARK: Links, datasets, models

    @Test func `a link to nowhere and a link in a circle`() throws {
        try expectMended { #expect(symlink("/nonexistent/x", run.folder + "/params/link") == 0) }
        #expect(symlink("..", run.folder + "/metrics/up") == 0)
        #expect(try run.metrics().keys.sorted() == ["loss"])
    }

    @Test func `a link that leaves the store is told and left`() throws {
        #expect(symlink("/etc/hostname", run.folder + "/tags/link") == 0)
        let found = store.check()
        #expect(found.map(\.severity) == [.warning] && found.allSatisfy { !$0.isMendable })
        #expect(try store.repair().isEmpty)
    }

    @Test func `a damaged dataset is taken out of its runs`() throws {
        let datasets = experiment.folder + "/datasets"
        let name = try #require(try FileSystem.names(in: datasets).first)
        try expectMended { try write("", "\(datasets)/\(name)/meta.yaml") }
        #expect(try run.datasets().isEmpty)
    }

    @Test(arguments: ["", nil]) func `a registered model's file`(text: String?) throws {
        let path = store.root + "/models/net/meta.yaml"
        try expectMended(isKept: text != nil) {
            if let text { try write(text, path) } else { unlink(path) }
        }
        #expect(try ModelRegistry(store).version(1, of: "net").aliases == ["best"])
    }

    @Test func `a version's file that was cut off`() throws {
        let path = store.root + "/models/net/version-1/meta.yaml"
        let text = try FileSystem.readText(path)
        let end = try #require(text.firstRange(of: "storage_location")).lowerBound
        try expectMended { try write(String(text[..<end]), path) }
        #expect(try ModelRegistry(store).version(1, of: "net").folder == folder.path + "/models/net/1")
    }

    @Test func `an alias of nothing, a model of nothing`() throws {
        try expectMended { try write("7", store.root + "/models/net/aliases/gone") }
        try expectMended { try write("x", store.root + "/models/stray/x") }
    }

    @Test func `a status of a newer version is left to it`() throws {
        let path = run.folder + "/meta.yaml"
        try write(try FileSystem.readText(path).replacing("status: 3", with: "status: 9"), path)
        #expect(store.check().map(\.isMendable) == [false])
        #expect(try store.repair().isEmpty)
        #expect(try FileSystem.readText(path).contains("status: 9"))
    }

    @Test func `appending while a metric is mended loses nothing`() throws {
        let path = run.folder + "/metrics/busy"
        let run = run, store = store
        let failures = Mutex(0)
        parallelFor(3, threads: 3) { thread in
            for step in 0..<100 {
                do {
                    if thread == 0 {
                        if step.isMultiple(of: 10), FileSystem.exists(path) { try append("torn\n", to: path) }
                        _ = try store.repair()
                    } else {
                        try run.log(points: ["busy": [MetricPoint(value: 1, step: Int64(step), timestamp: 1)]])
                    }
                } catch {
                    failures.withLock { $0 += 1 }
                }
            }
        }
        _ = try store.repair()
        #expect(failures.withLock { $0 } == 0)
        #expect(try run.history(of: "busy").count == 200)
    }
}
