import ApusCore
import ApusNN
import ApusTorch
import Testing

private final class Small: Module {
    let conv: Conv2D
    let bn = BatchNorm2D(4)

    init(seed: UInt64, outputs: Int = 4) {
        var weights = WeightInitializer(seed: seed)
        conv = Conv2D(3, outputs, kernelSize: 3, using: &weights)
    }

    override var children: [(name: String, module: Module)] { [("stage", ModuleList([conv, bn]))] }
}

@Suite struct ModuleTests {
    @Test func `names are PyTorch's`() {
        let expected = [
            "stage.0.weight", "stage.0.bias", "stage.1.weight", "stage.1.bias", "stage.1.running_mean",
            "stage.1.running_var", "stage.1.num_batches_tracked",
        ]
        #expect(Small(seed: 0).stateDictionary().names == expected)
        #expect(Small(seed: 0).parameterCount == 4 * 27 + 4 + 8)
    }

    @Test func `weights are a function of the seed within PyTorch's bounds`() {
        let (a, b, c): ([Float], [Float], [Float]) = (
            Small(seed: 1).conv.weight.elements(), Small(seed: 1).conv.weight.elements(),
            Small(seed: 2).conv.weight.elements()
        )
        #expect(a == b)
        #expect(a != c)
        let bound = 1 / Float(27).squareRoot()
        #expect(a.max()! < bound && a.max()! > bound * 0.8 && a.min()! > -bound && a.min()! < -bound * 0.8)
    }

    @Test func `a state loads into its like`() throws {
        let (a, b) = (Small(seed: 1), Small(seed: 2))
        let report = try b.load(a.stateDictionary())
        #expect(report.isComplete && report.loaded.count == 7)
        #expect(a.conv.weight.array() == b.conv.weight.array())
    }

    @Test func `strict loading changes nothing where something differs, loose loading says what it did`() throws {
        let model = Small(seed: 1)
        let before = model.conv.weight.array()
        var state = Small(seed: 2).stateDictionary()
        state["stage.0.bias"] = nil
        state["stage.1.weight"] = Tensor.zeros([5])
        state["head.weight"] = Tensor.zeros([1])
        #expect(throws: TorchError.self) { try model.load(state) }
        #expect(model.conv.weight.array() == before)
        let report = try model.load(state, strict: false)
        #expect(report.mismatched == ["stage.1.weight"])
        #expect(report.missing == ["stage.0.bias"])
        #expect(report.unknown == ["head.weight"])
        #expect(model.conv.weight.array() != before)
    }

    @Test func `groups part weights, norms and biases`() {
        let groups = Small(seed: 0).parameterGroups(learningRate: 0.1, momentum: 0.9, weightDecay: 0.5)
        #expect(
            groups.map { $0.parameters.map(\.name) } == [
                ["stage.0.weight"], ["stage.1.weight"], ["stage.0.bias", "stage.1.bias"],
            ])
        #expect(groups.map(\.weightDecay) == [0.5, 0, 0])
    }

    @Test func `an average follows its model, buffers too`() throws {
        let (model, average) = (Small(seed: 1), Small(seed: 2))
        let ema = try ModelEMA(of: model, in: average, decay: 0.5, tau: 1e-9)
        #expect(average.conv.weight.array() == model.conv.weight.array())
        #expect(!average.isTraining)
        model.bn.runningMean.assign(Tensor.full([4], 2))
        model.bn.batchCount.increment()
        try ema.update()
        #expect(average.bn.runningMean.elements() == [Float](repeating: 1, count: 4))
        #expect(average.bn.batchCount.item() == 1)
        #expect(ema.updates == 1)
    }

    @Test func `schedules start at 1 and end at their final factor`() {
        for schedule in [Schedule.linear, .cosine] {
            #expect(schedule.factor(at: 0, final: 0.01) == 1)
            #expect(abs(schedule.factor(at: 1, final: 0.01) - 0.01) < 1e-12)
            #expect(abs(schedule.factor(at: 0.5, final: 0) - 0.5) < 1e-12)
        }
        #expect(Schedule.constant.factor(at: 0.7, final: 0) == 1)
        let warmUp = WarmUp(steps: 4)
        #expect((0...5).map { warmUp.value(at: $0, from: 0, to: 8) } == [0, 2, 4, 6, 8, 8])
        #expect(WarmUp(steps: 0).value(at: 0, from: 1, to: 2) == 2)
    }
}
