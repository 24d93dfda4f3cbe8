import ApusCore
import ApusNN
import ApusTorch
import FoundationEssentials
import Testing

@testable import ApusModels

/// What `Oracles/classification.py` wrote of one of torchvision's networks.
private struct Golden: Decodable {
    /// Names and extents, parted by spaces.
    let state: [String]
    let parameters: Int
    let logits: [[Float]]
    /// Standard deviations of fresh tensors.
    let deviations: [String: Float]?

    static let all: [String: Golden] = {
        let folder = FileSystem.folder(of: #filePath)
        let text = (try? FileSystem.readText(folder + "/Oracles/classifiers.json")) ?? ""
        return (try? JSONDecoder().decode([String: Golden].self, from: Data(text.utf8))) ?? [:]
    }()
}

/// The network of ten classes that the oracle ran.
private func patterned(_ name: String) throws -> any ImageClassifier {
    let model = try ModelRegistry.makeClassifier(name, classCount: 10, seed: 0)
    for (number, (name, tensor)) in model.stateDictionary().enumerated() {
        if name.hasSuffix("num_batches_tracked") { continue }
        let shape = tensor.shape
        let values = pattern(number, shape).map { value in
            if shape.rank > 1 {
                return (value * 2 - 1) * (3 / Double(shape.dimensions[1...].reduce(1, *))).squareRoot()
            }
            return name.hasSuffix("running_var") || name.hasSuffix("weight") ? value + 0.5 : value - 0.5
        }
        withoutGradients { tensor.assign(Tensor(values.map(Float.init), shape: shape)) }
    }
    return model
}

private func deviation(of values: [Float]) -> Float {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return Float((squares / Double(values.count)).squareRoot())
}

/// Apus' classifiers beside torchvision's.
@Suite(.serialized) struct ClassifierTests {
    static let names = ModelRegistry.backbones.map(\.name)
    static let light = ["resnet18", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0"]

    @Test func `every classifier has a golden`() { #expect(Set(Golden.all.keys) == Set(Self.names)) }

    @Test(arguments: names)
    func `torchvision's state dictionaries load unmapped`(name: String) throws {
        let golden = try #require(Golden.all[name])
        let model = try ModelRegistry.makeClassifier(name, classCount: 1000, seed: 0)
        let state = model.stateDictionary().map { name, tensor in
            ([name] + tensor.shape.dimensions.map(String.init)).joined(separator: " ")
        }
        #expect(state == golden.state)
        #expect(model.parameterCount == golden.parameters)
    }

    @Test(arguments: names)
    func `logits are torchvision's`(name: String) throws {
        let golden = try #require(Golden.all[name])
        let model = try patterned(name)
        model.setTraining(false)
        let logits = withoutGradients { model(tinyImages()) }
        #expect(logits.shape == [2, 10])
        #expect(ApusModelsTests.deviation(logits.elements(), from: golden.logits.flatMap { $0 }) < 5e-5)
        let sums: [Float] = model.predict(tinyImages()).sum(over: [1]).elements()
        #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
    }

    @Test(arguments: light)
    func `initial weights are spread as torchvision's`(name: String) throws {
        let deviations = try #require(Golden.all[name]?.deviations)
        let state = try ModelRegistry.makeClassifier(name, classCount: 1000, seed: 1).stateDictionary()
        for (name, expected) in deviations {
            let found = deviation(of: try #require(state[name]).elements())
            #expect(abs(found - expected) <= 0.1 * expected, "\(name): \(found), expected \(expected)")
        }
    }

    @Test(arguments: light)
    func `training reaches every parameter`(name: String) throws {
        let model = try ModelRegistry.makeClassifier(name, classCount: 3, seed: 2)
        try model(tinyImages()).crossEntropy(Tensor([0, 2] as [Int64])).backward()
        for (name, tensor) in model.parameters {
            let gradient: [Float] = try #require(tensor.gradient, "\(name)").elements()
            #expect(gradient.allSatisfy { $0.isFinite }, "\(name)")
        }
        let isLearned = model.buffers.filter { $0.name.hasSuffix("num_batches_tracked") }.map { $0.tensor.item() == 1 }
        #expect(!isLearned.isEmpty && isLearned.allSatisfy { $0 })
    }

    @Test func `weights are a function of the seed`() throws {
        func weights(_ seed: UInt64) throws -> [Float] {
            let model = try ModelRegistry.makeClassifier("mobilenet_v3_small", classCount: 3, seed: seed)
            return model.parameters.flatMap { $0.tensor.elements(of: Float.self) }
        }
        #expect(try weights(1) == weights(1))
        #expect(try weights(1) != weights(2))
    }

    @Test func `an unknown architecture is named with those there are`() {
        #expect(throws: ModelError.unknownArchitecture("resnet19", known: ["v8-classify"] + Self.names)) {
            try ModelRegistry.makeClassifier("resnet19", classCount: 3, seed: 0)
        }
    }

    @Test(arguments: [(1, 8), (16, 16), (30, 32), (92, 96), (168, 168), (20, 24)])
    func `channels are rounded to eights, never far down`(count: Int, expected: Int) {
        #expect(roundedChannels(count) == expected)
    }
}
