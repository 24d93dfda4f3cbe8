import ApusModelSupport
import ApusTracking
import Testing

@testable import ApusRegistry

@Suite struct ModelDifferenceTests {
    private let workspace: RegistryWorkspace

    init() throws { workspace = try RegistryWorkspace() }

    private func record(_ version: ModelVersion) -> VersionRecord { VersionRecord(version, in: workspace.registry) }

    @Test func `a version and a copy of it are equal`() throws {
        let (a, b) = (try workspace.register(), try workspace.register(as: "other"))
        #expect(ModelDifference(record(a), record(b)).isEmpty)
    }

    @Test func `tells what differs, part by part`() throws {
        let a = try workspace.register()
        var model = tinyDetector(labels: ["shirt", "shoe", "bag"], score: 0.75)
        model.graph.name = "other"
        let b = try workspace.register(model)
        let difference = ModelDifference(record(a), record(b))
        #expect(difference.parts.map(\.title) == ["classes", "files"])
        #expect(difference.parts[0].rows.map(\.name) == ["1", "2"])
        #expect(difference.parts[0].rows[0].a == "boot" && difference.parts[0].rows[0].b == "shoe")
        #expect(difference.parts[0].rows[1].a == nil)
        let arrays = record(try workspace.register(RegistryWorkspace.doubling))
        let titles = ModelDifference(record(a), arrays).parts.map(\.title)
        #expect(titles == ["graph", "operators", "classes", "preprocessing", "files"])
    }

    @Test func `metrics and parameters come from the runs`() throws {
        let versions = try [0.5, 0.75].map { value in
            let run = try workspace.store.createRun(
                in: workspace.store.experiment(named: "demo"),
                parameters: ["epochs": "\(Int(value * 100))", "seed": "0"])
            try run.log(metrics: ["test/mAP50": value, "time/epoch": value], step: 1)
            try run.logDataset(name: "data", digest: "d\(value)", source: "/data")
            return try ModelRegistration(name: "net", file: workspace.write(tinyDetector()), run: run)
                .register(in: workspace.registry, models: workspace.models).version
        }
        let difference = ModelDifference(record(versions[0]), record(versions[1]))
        #expect(difference.parts.map(\.title) == ["metrics", "parameters", "datasets"])
        #expect(difference.parts[0].rows == [.init(name: "test/mAP50", a: "0.5", b: "0.75", change: 0.25)])
        #expect(difference.parts[1].rows.map(\.name) == ["epochs"])
    }

    @Test func `of many metrics those that sum a version up are shown`() throws {
        let versions = try [0.5, 0.75].map { value in
            let run = try workspace.store.createRun(in: workspace.store.experiment(named: "demo"))
            var metrics = ["test/mAP50": value, "test/F1": value, "best/mAP50": value, "test/dAP-Cls": value]
            for label in 0..<20 { metrics["test/AP/class \(label)"] = value }
            try run.log(metrics: metrics, step: 1)
            return try ModelRegistration(name: "net", file: workspace.write(tinyDetector()), run: run)
                .register(in: workspace.registry, models: workspace.models).version
        }
        let difference = ModelDifference(record(versions[0]), record(versions[1]))
        let (shown, leftOut) = difference.withHeadlines()
        #expect(shown.parts[0].rows.map(\.name) == ["test/mAP50", "test/F1"] && leftOut == 22)
        #expect(difference.parts[0].rows.count == 24)
        #expect(difference.withHeadlines(most: 24) == (difference, 0))
        #expect(Array(shown.parts.dropFirst()) == Array(difference.parts.dropFirst()))
    }
}
