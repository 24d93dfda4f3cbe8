import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Testing

/// Apus beside an independent PyTorch implementation in double precision (`Oracles/`).
@Suite struct GoldenTests {
    let goldens: Goldens

    init() throws { goldens = try Goldens() }

    @Test func `raw maps and decoded predictions agree`() throws {
        let model = tinyModel()
        model.setTraining(false)
        let output = withoutGradients { model(tinyImages()) }
        for level in 0..<3 {
            #expect(deviation(output.boxes[level].elements(), from: goldens["eval.boxes.\(level)"]) < 1e-5)
            #expect(deviation(output.scores[level].elements(), from: goldens["eval.scores.\(level)"]) < 1e-5)
        }
        #expect(deviation(try output.decoded().elements(), from: goldens["eval.decoded"]) < 1e-5)
        #expect(deviation(try model.predict(tinyImages()).elements(), from: goldens["eval.decoded"]) < 1e-5)
    }

    @Test func `the assignment agrees`() throws {
        let (owners, scores) = try DetectionLoss().assignment(patternedOutput(), goldens.targets)
        #expect(owners == goldens.tensors["loss.owner"]!.elements())
        #expect(deviation(scores, from: goldens["loss.score"]) < 1e-5)
    }

    @Test func `loss parts and gradients agree`() throws {
        let output = patternedOutput()
        let value = try DetectionLoss()(output, goldens.targets)
        let parts = [value.box, value.classification, value.distribution].map(Float.init)
        #expect(deviation(parts, from: goldens["loss.parts"]) < 1e-5)
        #expect(deviation([Float(value.total.item())], from: goldens["loss.total"]) < 1e-5)
        try value.total.backward()
        for level in 0..<3 {
            let (boxes, scores) = (output.boxes[level].gradient!, output.scores[level].gradient!)
            #expect(deviation(boxes.elements(), from: goldens["loss.gradient.boxes.\(level)"]) < 1e-5)
            #expect(deviation(scores.elements(), from: goldens["loss.gradient.scores.\(level)"]) < 1e-5)
        }
    }

    @Test func `images without boxes give a class loss only`() throws {
        let value = try DetectionLoss()(patternedOutput(), [])
        #expect((value.box, value.distribution, value.positives) == (0, 0, 0))
        #expect(deviation([Float(value.classification)], from: [goldens["loss.empty"][1]]) < 1e-5)
    }

    // The coarsest level normalizes over 12 numbers a channel, which makes float32 differ from double by about 1e-5 in
    // the first step already (PyTorch's own float32 by as much).
    @Test(arguments: ["sgd", "adamw"])
    func `two training steps agree`(name: String) throws {
        let model = tinyModel()
        let optimizer: any Optimizer =
            name == "sgd"
            ? SGD(model.parameterGroups(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4))
            : AdaptiveOptimizer(.adamW, model.parameterGroups(learningRate: 0.001, momentum: 0.9, weightDecay: 5e-4))
        let average = try ModelEMA(of: model, in: tinyModel())
        for step in 0..<2 {
            let value = try DetectionLoss()(model(tinyImages()), goldens.targets)
            let parts = [value.box, value.classification, value.distribution].map(Float.init)
            #expect(deviation(parts, from: goldens["\(name).\(step).parts"]) < (step == 0 ? 1e-5 : 3e-4))
            try value.total.backward()
            let norm = try optimizer.step(maximumNorm: 10)
            #expect(deviation([Float(norm)], from: goldens["\(name).\(step).norm"]) < (step == 0 ? 2e-5 : 1e-3))
            try average.update()
        }
        try compare(model, name)
        if name == "sgd" { try compare(average.average, "ema") }
    }

    private func compare(_ model: Module, _ prefix: String) throws {
        let state = model.stateDictionary()
        for golden in goldens.tensors where golden.name.hasPrefix("\(prefix).model.") {
            let name = String(golden.name.dropFirst(prefix.count + 1))
            #expect(deviation(state[name]!.elements(), from: golden.tensor.elements()) < 1e-4, "\(golden.name)")
        }
    }
}
