import ApusModels
import ApusNN
import ApusTorch
import Testing

/// Initial weights against what PyTorch documents for its layers: uniform within ±1/√(inputs of a sum), normalizations
/// that change nothing, and the priors that the family sets in its heads.
@Suite struct InitializationTests {
    static let tasks = ["v8-detect", "v8-segment", "v8-pose", "v8-obb", "v8-classify", "simcc"]

    private func state(_ architecture: String, seed: UInt64 = 3) throws -> [String: Tensor] {
        var configuration = ModelConfiguration(architecture: architecture, scale: "n")
        if architecture == "simcc" {
            configuration = ModelConfiguration(architecture: architecture, backbone: "resnet18")
        }
        let model = try ModelRegistry.makeNetwork(configuration, classCount: 3, keypointCount: 17, seed: seed)
        return Dictionary(uniqueKeysWithValues: model.stateDictionary().map { ($0.name, $0.tensor) })
    }

    /// Layers that PyTorch initializes by its defaults: all but a SimCC backbone's, which are torchvision's.
    private func weights(_ state: [String: Tensor]) -> [(name: String, tensor: Tensor)] {
        state.filter { name, tensor in
            name.hasSuffix(".weight") && tensor.rank > 1 && !name.contains("dfl") && !name.hasPrefix("backbone")
        }.map { ($0.key, $0.value) }
    }

    @Test(arguments: tasks)
    func `weights and biases are uniform within PyTorch's bounds`(architecture: String) throws {
        let state = try state(architecture)
        let weights = weights(state)
        #expect(!weights.isEmpty)
        for (name, tensor) in weights {
            let bound = 1 / Double(tensor.shape.dimensions[1...].reduce(1, *)).squareRoot()
            let values: [Float] = tensor.elements()
            expectUniform(values.map(Double.init), bound: bound, name)
            let bias = name.replacing(".weight", with: ".bias")
            guard let biases: [Float] = state[bias]?.elements(), !isPrior(bias) else { continue }
            #expect(biases.allSatisfy { abs(Double($0)) <= bound * 1.000_001 }, "\(bias)")
            #expect(biases.contains { $0 != 0 }, "\(bias)")
        }
    }

    /// The last convolutions of the branches for boxes and classes.
    private func isPrior(_ bias: String) -> Bool {
        (bias.contains(".cv2.") || bias.contains(".cv3.")) && bias.hasPrefix("model.22") && bias.hasSuffix(".2.bias")
    }

    /// Mean and deviation within five of their own deviations, and nothing beyond the bound.
    private func expectUniform(_ values: [Double], bound: Double, _ name: String) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let expected = bound * bound / 3
        #expect(values.allSatisfy { abs($0) <= bound * 1.000_001 }, "\(name)")
        #expect(abs(mean) < 5 * (expected / count).squareRoot(), "\(name): mean \(mean)")
        // The variance of x² is 4/45 of the bound's fourth power.
        let spread = bound * bound * (4.0 / 45 / count).squareRoot()
        #expect(abs(variance - expected) < 5 * spread + expected / count, "\(name): variance \(variance)")
    }

    @Test(arguments: tasks)
    func `normalizations begin as the identity`(architecture: String) throws {
        let state = try state(architecture)
        let means = state.keys.filter { $0.hasSuffix("running_mean") }
        #expect(!means.isEmpty)
        for mean in means {
            let layer = mean.dropLast("running_mean".count)
            let expected: [(String, Float)] = [("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)]
            for (part, value) in expected {
                let values: [Float] = try #require(state[layer + part]).elements()
                #expect(values.allSatisfy { $0 == value }, "\(layer)\(part)")
            }
        }
    }

    @Test(arguments: ["v8-detect", "v8-segment", "v8-pose", "v8-obb"])
    func `heads expect short distances and about five objects in 640 pixels`(architecture: String) throws {
        let state = try state(architecture)
        // log(5 / classes / cells of the level)
        let priors: [Float] = [-8.253_228, -6.866_933, -5.480_639]
        for level in 0..<3 {
            let boxes: [Float] = try #require(state["model.22.cv2.\(level).2.bias"]).elements()
            #expect(boxes.allSatisfy { $0 == 1 })
            let classes: [Float] = try #require(state["model.22.cv3.\(level).2.bias"]).elements()
            #expect(classes.allSatisfy { abs($0 - priors[level]) < 1e-5 }, "\(classes)")
        }
    }
}
