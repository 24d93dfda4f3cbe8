import ApusCommandSupport
import ApusCore
import ApusONNX
import Foundation
import Testing

/// One model in several engines, and models that say nothing of themselves.
@Suite struct ParityCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeExperiment(epochs: 2)
    }

    private func run(_ words: String...) throws -> Outcome { try apus(words + ["--quiet"], in: folder.path) }

    private func object(_ outcome: Outcome) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `training and deployment agree, and a run without an export says what is missing`() throws {
        #expect(try run("train", "experiments/tiny.yaml").status == 0)
        let missing = try run("gate", "--parity", "--candidate", "latest", "--split", "test")
        #expect(missing.status == 2 && missing.errors.contains("apus export"))
        #expect(try run("export", "latest", "--name", "net").status == 0)
        for candidate in ["latest", "net/1"] {
            let outcome = try run("gate", "--parity", "--candidate", candidate, "--split", "test", "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let engines = try #require(try object(outcome)["engines"] as? [[String: Any]])
            #expect(engines.first?["name"] as? String == "apus runtime")
            #expect(engines.allSatisfy { $0["passes"] as? Bool == true })
        }
    }

    @Test func `a model without its description is measured by its sidecar, to the same numbers`() throws {
        #expect(try run("train", "experiments/tiny.yaml").status == 0)
        #expect(try run("export", "latest", "--name", "net").status == 0)
        let own = try object(try run("evaluate", "net/1", "--split", "test", "--json"))
        var model = try Model(contentsOf: folder.path + "/models/net/1/model.onnx")
        model.metadata = [:]
        try FileSystem.writeWhole(model.encoded(), to: folder.path + "/bare.onnx")
        let data = ["--dataset", "datasets/squares/dataset.yaml", "--split", "test", "--json", "--quiet"]
        try folder.write("decode: {format: v8}\nlabels: [circle]\n", to: "bare.yaml")
        let stranger = try apus(["evaluate", "bare.onnx"] + data, in: folder.path)
        #expect(stranger.status == 2 && stranger.errors.contains("square"), "\(stranger.errors)")
        try folder.write("decode: {format: v8}\nlabels: [circle, square]\n", to: "bare.yaml")
        let refused = try apus(["evaluate", "bare.onnx"] + data, in: folder.path)
        #expect(refused.status != 0, "two labels for one score")
        try folder.write("decode: {format: v8}\nlabels: [square]\n", to: "bare.yaml")
        let foreign = try apus(["evaluate", "bare.onnx"] + data, in: folder.path)
        #expect(foreign.status == 0, "\(foreign.errors)")
        let numbers = try object(foreign)
        for key in ["mAP50", "mAP50-95"] {
            #expect(numbers[key] as? Double == own[key] as? Double, "\(key)")
        }
    }
}
