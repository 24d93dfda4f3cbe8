import ApusCore
import ApusNN
import ApusTorch
import Foundation
import Testing

/// A stem, two blocks in a list, and a class head.
private final class Tiny: Module {
    private final class Block: Module {
        let conv: Conv2D
        let bn = BatchNorm2D(4)

        init(_ inputs: Int, using weights: inout WeightInitializer) {
            conv = Conv2D(inputs, 4, kernelSize: 1, bias: false, using: &weights)
        }

        override var children: [(name: String, module: Module)] { [("conv", conv), ("bn", bn)] }
    }

    private let stem: Module
    private let blocks: [Module]
    private let fc: Linear

    init(seed: UInt64 = 1, classes: Int = 3) {
        var weights = WeightInitializer(seed: seed)
        stem = Block(3, using: &weights)
        blocks = [Block(4, using: &weights), Block(4, using: &weights)]
        fc = Linear(4, classes, using: &weights)
    }

    override var children: [(name: String, module: Module)] {
        [("stem", stem), ("blocks", ModuleList(blocks)), ("fc", fc)]
    }

    var norms: [(path: String, module: Module)] { modules().filter { $0.module is BatchNorm2D } }
    var trained: [String] { parameters.filter(\.tensor.requiresGradient).map(\.name) }
}

@Suite struct FreezeRulesTests {
    @Test func `layers are counted through lists`() {
        #expect(Tiny().numberedLayers.map(\.path) == ["stem", "blocks.0", "blocks.1", "fc"])
    }

    @Test(arguments: [
        (FreezeRules(firstLayers: 2), ["blocks.1.conv.weight", "blocks.1.bn.weight", "blocks.1.bn.bias"]),
        (FreezeRules(layers: [0, 1]), ["blocks.1.conv.weight", "blocks.1.bn.weight", "blocks.1.bn.bias"]),
        (FreezeRules(patterns: ["stem", "blocks.?"]), []),
        (FreezeRules(patterns: ["stem.*", "*.bn.*"]), ["blocks.0.conv.weight", "blocks.1.conv.weight"]),
    ])
    func `what is named keeps its values`(rules: FreezeRules, trainedBlocks: [String]) throws {
        let model = Tiny()
        let frozen = try model.freeze(rules)
        #expect(model.trained == trainedBlocks + ["fc.weight", "fc.bias"])
        #expect(Set(frozen).union(model.trained) == Set(model.parameters.map(\.name)))
    }

    @Test func `frozen normalizations stay in evaluation mode`() throws {
        let model = Tiny()
        try model.freeze(FreezeRules(firstLayers: 2))
        model.setTraining(true)
        #expect(model.norms.map(\.module.isTraining) == [false, false, true])
        model.setTraining(false)
        #expect(model.norms.allSatisfy { !$0.module.isTraining })
    }

    @Test func `a normalization of which a part learns still sees batches`() throws {
        let model = Tiny()
        try model.freeze(FreezeRules(patterns: ["stem.bn.bias"]))
        #expect(model.norms.allSatisfy { $0.module.isTraining })
    }

    @Test(arguments: [
        (FreezeRules(firstLayers: 5), "layers 0 to 3"), (FreezeRules(layers: [-1]), "no layer -1"),
        (FreezeRules(patterns: ["backbone.*"]), "'backbone.*'"), (FreezeRules(patterns: ["*"]), "none to train"),
    ])
    func `rules that cannot hold change nothing`(rules: FreezeRules, message: String) {
        let model = Tiny()
        let before = model.trained
        let error = #expect(throws: TorchError.self) { try model.freeze(rules) }
        #expect(error?.description.contains(message) == true)
        #expect(model.trained == before)
    }

    @Test(arguments: [
        ("10", FreezeRules(firstLayers: 10)), ("[0,2]", FreezeRules(layers: [0, 2])),
        (#"["model.0.*","backbone"]"#, FreezeRules(patterns: ["model.0.*", "backbone"])),
        (#"[1,"fc"]"#, FreezeRules(layers: [1], patterns: ["fc"])),
    ])
    func `files say rules shortly`(text: String, rules: FreezeRules) throws {
        #expect(try JSONDecoder().decode(FreezeRules.self, from: Data(text.utf8)) == rules)
        #expect(try String(decoding: JSONEncoder().encode(rules), as: UTF8.self) == text)
    }

    @Test(arguments: [
        ("model.0", "model.0.conv.weight", true), ("model.1", "model.10.conv.weight", false),
        ("*.bn.*", "a.b.bn.weight", true), ("*.bn", "a.b.bn.weight", true), ("model.?.conv", "model.3.conv.bias", true),
        ("conv", "stem.conv.weight", false), ("*", "x", true), ("", "x", false), ("a*b*c", "aXbXbc", true),
    ])
    func `patterns match names and what they begin with`(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }
}

@Suite struct LayerRatesTests {
    private func rates(_ groups: [ParameterGroup]) -> [String: Double] {
        groups.reduce(into: [:]) { rates, group in
            for parameter in group.parameters { rates[parameter.name] = group.rateFactor }
        }
    }

    private func groups(_ model: Tiny, _ rates: LayerRates) throws -> [ParameterGroup] {
        let groups = model.parameterGroups(learningRate: 0.1, momentum: 0.9, weightDecay: 0)
        return try model.groups(groups, scaledBy: rates)
    }

    @Test func `each layer behind multiplies the rate once more`() throws {
        let found = rates(try groups(Tiny(), LayerRates(layerDecay: 0.5)))
        #expect(found["fc.weight"] == 1 && found["blocks.1.conv.weight"] == 0.5)
        #expect(found["blocks.0.bn.bias"] == 0.25 && found["stem.conv.weight"] == 0.125)
    }

    @Test func `the last rule that matches counts, groups keep their names and parameters`() throws {
        let model = Tiny()
        let rules = LayerRates(rules: [.init("*", factor: 0.1), .init("fc", factor: 2)])
        let divided = try groups(model, rules)
        let found = rates(divided)
        #expect(found["fc.bias"] == 2 && found["stem.bn.weight"] == 0.1)
        #expect(Set(divided.map(\.name)) == ["weights", "norms", "biases"])
        #expect(found.count == model.parameters.count)
    }

    @Test func `a factor scales the step while the schedule sets one rate`() throws {
        let steps = try [1.0, 0.25].map { factor in
            let parameter = Tensor([Float(0)]).requiringGradient()
            try (parameter * 2).sum().backward()
            var group = ParameterGroup(name: "all", parameters: [("p", parameter)], learningRate: 0.1, momentum: 0)
            group.rateFactor = factor
            try SGD([group], nesterov: false).step(maximumNorm: nil)
            return parameter.item()
        }
        #expect(abs(steps[1] - steps[0] / 4) < 1e-7)
    }

    @Test(arguments: [LayerRates(rules: [.init("nothing", factor: 1)]), LayerRates(layerDecay: -.infinity)])
    func `rates that cannot hold are refused`(rates: LayerRates) {
        #expect(throws: TorchError.self) { try groups(Tiny(), rates) }
    }
}

@Suite struct WeightLoadingTests {
    @Test func `a head of other classes is replaced, the table says so`() throws {
        let model = Tiny(seed: 2, classes: 5)
        let before = model.stateDictionary()["fc.weight"]!.array()
        let report = try model.loadWeights(Tiny().stateDictionary())
        #expect(report.names(.replaced) == ["fc.weight", "fc.bias"] && report.description == "18 loaded, 2 replaced")
        #expect(model.stateDictionary()["fc.weight"]!.array() == before)
        #expect(
            report.table() == """
                18 loaded, 2 replaced
                  tensor     outcome   model  file
                  fc.weight  replaced  5×4    3×4
                  fc.bias    replaced  5      3
                """)
    }

    @Test func `a layer is loaded whole or not at all`() throws {
        var weights = Tiny().stateDictionary()
        weights["stem.bn.weight"] = Tensor.ones([7])
        weights["extra.weight"] = Tensor.ones([1])
        weights["blocks.1.conv.weight"] = nil
        let report = try Tiny(seed: 2).loadWeights(weights)
        let norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"].map { "stem.bn." + $0 }
        #expect(report.names(.mismatched) == norm)
        #expect(report.names(.skipped) == ["extra.weight"] && report.names(.random) == ["blocks.1.conv.weight"])
    }

    @Test func `strict loading wants everything and changes nothing otherwise`() throws {
        let model = Tiny(seed: 2)
        let before = model.stateDictionary()["fc.weight"]!.array()
        var weights = Tiny().stateDictionary()
        weights["stem.conv.weight"] = nil
        let strict = WeightMatching(isStrict: true)
        #expect(throws: TorchError.self) { try model.loadWeights(weights, matching: strict) }
        #expect(model.stateDictionary()["fc.weight"]!.array() == before)
        #expect(try model.loadWeights(Tiny().stateDictionary(), matching: strict).isComplete)
    }

    @Test func `weights of something else are refused`() {
        var weights = StateDictionary()
        weights["encoder.weight"] = Tensor.ones([3])
        let error = #expect(throws: TorchError.self) { try Tiny().loadWeights(weights) }
        #expect(error?.description.contains("encoder.weight") == true)
    }

    @Test func `half precision becomes the model's`() throws {
        var weights = StateDictionary()
        for (name, tensor) in Tiny().stateDictionary() {
            weights["module." + name] = tensor.dataType == .float32 ? tensor.detached().to(.float16) : tensor
        }
        let model = Tiny(seed: 2)
        let report = try model.loadWeights(weights)
        #expect(report.isComplete && report.removedPrefix == "module.")
        #expect(model.stateDictionary()["fc.weight"]!.dataType == .float32)
    }

    @Test func `what a model writes it reads, and the report is JSON`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/apus-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Tiny().writeWeights(to: path, metadata: ["classes": "a,b,c"])
        let checkpoint = try Checkpoint(contentsOf: path)
        #expect(checkpoint.metadata == ["classes": "a,b,c", "format": "pt"])
        let report = try Tiny(seed: 2).loadWeights(checkpoint.tensors, matching: WeightMatching(isStrict: true))
        #expect(try JSONDecoder().decode(WeightReport.self, from: JSONEncoder().encode(report)) == report)
    }
}
