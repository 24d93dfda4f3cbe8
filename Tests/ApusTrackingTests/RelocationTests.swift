import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct RelocationTests {
    @Test func `what would change is told before, and a deleted experiment changes too`() throws {
        let (folder, moved) = (try TemporaryFolder(), try TemporaryFolder())
        let store = try folder.store()
        let experiment = try store.experiment(named: "demo")
        let run = try store.createRun(in: experiment)
        try run.finish()
        try store.delete(experiment)
        #expect(store.relocations().isEmpty)
        removeTree(moved.path)
        #expect(rename(folder.path, moved.path) == 0)
        let after = try moved.store()
        let paths = after.relocations()
        #expect(paths.map(\.key).sorted() == ["artifact_location", "artifact_location", "artifact_uri"])
        #expect(paths.allSatisfy { $0.old.contains(folder.path) && $0.new.contains(moved.path) })
        #expect(try after.relocate().count == 3)
        #expect(after.relocations().isEmpty)
    }

    @Test func `a store that was renamed finds its runs, and one run copied from elsewhere its artifacts`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let run = try store.createRun(in: store.experiment(named: "demo"))
        #expect(rename(folder.path + "/experiments/mlruns", folder.path + "/store") == 0)
        let renamed = try TrackingStore(root: folder.path + "/store")
        #expect(try renamed.relocate().count == 3)
        let path = "\(renamed.root)/\(run.experimentID)/\(run.id)"
        var meta = try MetaFile(path: path + "/meta.yaml")
        #expect(try meta.text("artifact_uri") == "file://\(path)/artifacts")
        meta.set("artifact_uri", .text("/cluster/mlruns/\(run.experimentID)/\(run.id)/artifacts"))
        try meta.write(with: renamed.staging)
        #expect(renamed.relocations().map(\.new) == [path + "/artifacts"])
    }

    @Test func `models stay where they are if the workspace did not move with the store`() throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let store = try folder.store()
        try FileSystem.createFolder(folder.path + "/models/net/1")
        try ModelRegistry(store).register(name: "net", versionFolder: folder.path + "/models/net/1")
        try FileSystem.createFolder(other.path + "/experiments")
        #expect(rename(store.root, other.path + "/experiments/mlruns") == 0)
        let moved = try other.store()
        #expect(moved.relocations().map(\.key) == ["artifact_location"])
    }

    @Test func `places on other machines stay`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let run = try store.createRun(in: store.experiment(named: "demo"))
        var meta = try MetaFile(path: run.folder + "/meta.yaml")
        for place in ["s3://bucket/\(run.experimentID)/\(run.id)/artifacts", "file:///elsewhere/x", "", "artifacts"] {
            meta.set("artifact_uri", .text(place))
            try meta.write(with: store.staging)
            #expect(store.relocations().isEmpty)
        }
    }
}
