import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct RunExportTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let run: Run

    init() throws {
        (folder, store, run) = try TemporaryFolder.withRun(named: "ünï, \"x\"", tags: ["team": "a"], parameters: [:])
        try run.log(metrics: ["val/mAP": 0.25, "loss": .infinity], step: 3)
        try run.log(parameters: ["lr": "0.1"])
        try run.logDataset(name: "squares", digest: "abc", source: "/data")
        try run.logArtifact(bytes: (0..<70_000).map { UInt8($0 % 251) }, as: "weights/best.bin")
        try run.logArtifact(text: "deep", as: String(repeating: "long folder name/", count: 12) + "end ü.txt")
        try run.finish()
    }

    private func sameRun(_ path: String) throws {
        let copy = try TrackingStore(root: path, creatingIfMissing: false)
        #expect(copy.experiments().map(\.name) == ["demo"])
        let found = try copy.run(id: run.id)
        #expect(try copy.summary(of: found).metrics == store.summary(of: run).metrics)
        #expect(try found.parameters() == run.parameters() && found.tags() == run.tags())
        #expect(try found.datasets() == run.datasets())
        #expect(try found.artifacts() == run.artifacts())
        for artifact in try run.artifacts() {
            let bytes = try FileSystem.read("\(found.artifactPath)/\(artifact)")
            #expect(try FileSystem.read("\(run.artifactPath)/\(artifact)") == bytes)
        }
        #expect(copy.check().isEmpty)
    }

    @Test func `a folder of runs is a store`() throws {
        let target = folder.path + "/copy"
        let report = try RunExport([run], of: store).write(toFolder: target)
        #expect(report.files > 8 && report.bytes > 70_000 && report.skippedLinks.isEmpty)
        #expect(try FileSystem.names(in: folder.path) == ["copy", "experiments"])
        try sameRun(target)
        #expect(try TrackingStore(root: target).relocations().isEmpty)
        #expect(throws: TrackingError.self) { try RunExport([run], of: store).write(toFolder: target) }
    }

    @Test func `an archive unpacks to a store`() throws {
        let archive = folder.path + "/runs.tar"
        _ = try RunExport([run], of: store).write(toArchive: archive)
        try FileSystem.createFolder(folder.path + "/unpacked")
        #expect(commandOutput("tar", ["-xf", archive, "-C", folder.path + "/unpacked"]) != nil)
        try sameRun(folder.path + "/unpacked")
        #expect(try TrackingStore(root: folder.path + "/unpacked").relocate().count == 2)
    }

    @Test func `without artifacts the numbers remain`() throws {
        _ = try RunExport([run], of: store, includingArtifacts: false).write(toFolder: folder.path + "/thin")
        let copy = try TrackingStore(root: folder.path + "/thin")
        #expect(try copy.run(id: run.id).artifacts().isEmpty)
        #expect(try copy.run(id: run.id).metrics().count == 2)
        #expect(copy.check().isEmpty)
    }

    @Test func `links that leave the store are left out and told`() throws {
        #expect(symlink("/etc", run.artifactPath + "/etc") == 0)
        #expect(symlink("weights", run.artifactPath + "/inside") == 0)
        let report = try RunExport([run], of: store).write(toFolder: folder.path + "/copy")
        #expect(report.skippedLinks == [run.artifactPath + "/etc"])
        let copy = try TrackingStore(root: folder.path + "/copy").run(id: run.id)
        #expect(try copy.artifacts().contains("inside/best.bin"))
    }

    @Test func `a line that is being written is left out`() throws {
        try append("1795352674684 0.", to: run.folder + "/metrics/loss")
        _ = try RunExport([run], of: store).write(toFolder: folder.path + "/copy")
        let copy = try TrackingStore(root: folder.path + "/copy", repairing: false).run(id: run.id)
        #expect(try copy.history(of: "loss") == run.history(of: "loss"))
        #expect(try FileSystem.readText(copy.folder + "/metrics/loss").hasSuffix("\n"))
    }

    @Test func `tables quote what they must`() throws {
        let lines = try MetricTable.csv(of: [run]).split(separator: "\n")
        #expect(lines.first == "run_id,run_name,metric,step,timestamp,value")
        #expect(lines.count == 3)
        #expect(lines.last?.hasPrefix("\(run.id),\"ünï, \"\"x\"\"\",val/mAP,3,") == true)
        #expect(lines[1].hasSuffix(",inf"))
        let table = MetricTable.csv(of: [try store.summary(of: run)]).split(separator: "\n")
        #expect(table.count == 2)
        #expect(table[0].contains("params.lr") && table[0].contains("metrics.loss") && table[0].contains("tags."))
    }

    @Test func `an extended header's length counts itself`() {
        for size in [1, 5, 90, 91, 92, 93, 990, 991, 992] {
            let record = TarWriter.record("path", String(repeating: "a", count: size))
            #expect(Int(record.prefix { $0 != " " }) == record.utf8.count)
        }
    }
}
