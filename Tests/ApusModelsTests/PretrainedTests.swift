import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Testing

/// Weights as programs that train v8-style detectors save them (`Oracles/pretrained.py`) in our detector.
@Suite struct PretrainedTests {
    private let path = FileSystem.folder(of: #filePath) + "/Oracles/pretrained.weights"

    private func weights() throws -> StateDictionary { try Checkpoint(contentsOf: path).tensors }

    @Test func `every key of the layout fits unmapped`() throws {
        let model = V8Detector(scale: .n, classCount: 80)
        let report = try model.loadWeights(weights(), matching: WeightMatching(isStrict: true))
        #expect(report.isComplete && report.rows.count == 355)
        #expect(report.removedPrefix.isEmpty && report.addedPrefix.isEmpty)
        for (index, entry) in model.stateDictionary().enumerated() {
            let isCount = entry.name.hasSuffix("num_batches_tracked")
            let value = isCount ? Double(index) : Double(Float(index) / 8)
            let elements: [Double] = entry.tensor.to(.float64).elements()
            #expect(elements.allSatisfy { $0 == value }, "\(entry.name)")
        }
    }

    @Test func `another number of classes starts the class branches anew, and nothing else`() throws {
        let model = V8Detector(scale: .n, classCount: 3)
        let report = try model.loadWeights(weights())
        let replaced = report.names(.replaced)
        #expect(!replaced.isEmpty && replaced.allSatisfy { $0.hasPrefix("model.22.cv3.") })
        #expect(report.names(.mismatched).isEmpty && report.names(.random).isEmpty && report.names(.skipped).isEmpty)
        #expect(report.table().contains("model.22.cv3.0.2.weight"))
        #expect(throws: TorchError.self) {
            try model.loadWeights(weights(), matching: WeightMatching(isStrict: true))
        }
    }

    @Test(arguments: ["module.", "model.", "module.model.", "net.inner."])
    func `names under a prefix fit`(prefix: String) throws {
        var wrapped = StateDictionary()
        wrapped.merge(try weights(), prefix: prefix)
        let report = try V8Detector(scale: .n, classCount: 80).loadWeights(wrapped)
        #expect(report.isComplete && report.removedPrefix == prefix)
    }

    @Test func `names without the model's own prefix fit`() throws {
        let inner = try weights().dropping(prefix: "model.")
        let report = try V8Detector(scale: .n, classCount: 80).loadWeights(inner)
        #expect(report.isComplete && report.addedPrefix == "model.")
    }

    @Test func `weights of another scale are refused or told apart`() throws {
        let report = try V8Detector(scale: .s, classCount: 80).loadWeights(weights())
        #expect(!report.names(.mismatched).isEmpty)
    }

    @Test func `the number of a layer is the one that users of the layout know`() throws {
        let model = V8Detector(scale: .n, classCount: 3)
        let frozen = try model.freeze(FreezeRules(firstLayers: 10))
        #expect(frozen.contains("model.9.cv2.conv.weight") && !frozen.contains { $0.hasPrefix("model.12.") })
        let trained = model.parameters.filter(\.tensor.requiresGradient).map(\.name)
        #expect(trained.first == "model.12.cv1.conv.weight")
    }
}
