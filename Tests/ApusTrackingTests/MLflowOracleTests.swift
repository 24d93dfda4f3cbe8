import ApusConfiguration
import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// Set to a Python that has `mlflow==3.17.2 onnx onnxruntime`.
private let python = getenv("APUS_MLFLOW_PYTHON").map { String(cString: $0) }

/// What MLflow's own client reads in a store that we wrote.
@Suite(.enabled(if: python != nil)) struct MLflowOracleTests {
    @Test func `MLflow reads all that we wrote and runs the model`() throws {
        let kept = getenv("APUS_MLFLOW_STORE_FOLDER").map { String(cString: $0) }
        let folder = try TemporaryFolder()
        let store = try writeSampleStore(in: kept ?? folder.path)
        let text = try #require(
            commandOutput(python ?? "python3", [testFolder + "/Oracles/read_store.py", store.root]))
        let seen = try YAMLReader.read(text, name: "MLflow")
        #expect(seen["warnings"]?.elements == [])
        let run = try #require(seen["experiments"]?["demo: 1"]?["first: ünï"])
        #expect(run["status"]?.text == "FINISHED")
        #expect(run["params"]?["opt/beta 1"]?.text == "0.9")
        let values = run["metrics"]?["val/mAP50"]?.elements?.map { $0.elements?[1].text }
        #expect(values == ["0.25", "1e-05", "nan", "inf"])
        #expect(run["datasets"]?.elements?.map(\.text) == ["garments"])
        #expect(run["models"]?.elements?.count == 1)
        #expect(run["artifacts"]?.elements?.map(\.text) == ["notes", "parameters"])
        #expect(seen["experiments"]?["demo: 1"]?["123"]?["status"]?.text == "FAILED")
        let model = try #require(seen["models"]?["net"])
        #expect(model["versions"]?.elements?.map(\.text) == ["1", "2"])
        #expect(model["aliases"]?["champion"]?.text == "2")
        #expect(model["predictions"]?["1"]?.elements?.map(\.text) == ["5.0", "10.0"])
        withExtendedLifetime(folder) {}
    }

    /// A store that uses everything the writer can do.
    private func writeSampleStore(in folder: String) throws -> TrackingStore {
        let store = try TrackingStore(root: folder + "/experiments/mlruns")
        let experiment = try store.experiment(named: "demo: 1", tags: ["purpose": "test"])
        let run = try store.createRun(
            in: experiment, name: "first: ünï", tags: [RunTag.note: "A *note*\nof two lines."],
            parameters: ["opt/beta 1": "0.9", "empty": "", "long": String(repeating: "x", count: 7000)],
            git: GitFacts(commit: String(repeating: "a", count: 40), branch: "main", isDirty: true))
        for (step, value) in [0.25, 1e-5, .nan, .infinity].enumerated() {
            try run.log(metrics: ["val/mAP50": value, "loss": Double(step) / 3], step: step)
        }
        try run.logArtifact(text: "hello", as: "notes/a.txt")
        try run.logDataset(name: "garments", digest: String(repeating: "ab", count: 32), source: "/data/garments")
        let registry = ModelRegistry(store)
        for version in 1...2 { try addModel(version, folder: folder, run: run, registry: registry) }
        try registry.setAlias("champion", of: "net", to: 2)
        try run.finish()
        let child = try store.createRun(in: experiment, name: "123", tags: [RunTag.parentRun: run.id])
        try child.finish(.failed)
        #expect(store.check().isEmpty)
        return store
    }

    /// The first version is a logged model, the second is linked to its run alone.
    private func addModel(_ version: Int, folder: String, run: Run, registry: ModelRegistry) throws {
        let path = "\(folder)/models/net/\(version)"
        try FileSystem.createFolder(path)
        try FileSystem.writeWhole(FileSystem.read(testFolder + "/Oracles/Goldens/linear.onnx"), to: path + "/model.onnx")
        let id = version == 1 ? LoggedModel.newID() : nil
        let file = MLModelFile(
            inputs: [.init(name: "x", shape: [-1, 2])], outputs: [.init(name: "y", shape: [-1, 1])], runID: run.id,
            modelID: id)
        try file.write(to: path)
        if let id { try run.logModel(name: "model", id: id, location: path, step: 3) }
        let number = try registry.register(
            name: "net", versionFolder: path, runID: run.id, modelID: id, description: "version \(version)",
            tags: ["mAP50": "0.5"])
        #expect(number == version)
    }
}
