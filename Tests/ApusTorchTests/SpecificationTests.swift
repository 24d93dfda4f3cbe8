import ApusCore
import ApusTorch
import Testing

/// The fused functions beside the same in LibTorch's own operations, which is what runs on GPUs.
@Suite struct SpecificationTests {
    @Test(arguments: [false, true]) func `normalization with SiLU agrees`(isTraining: Bool) throws {
        func run() throws -> [Tensor] {
            let x = (randomTensor([3, 32, 9, 11], seed: 1) * 3).channelsLast().requiringGradient()
            let (mean, variance) = (randomTensor([32], seed: 4), randomTensor([32], seed: 5, in: 0.5...2))
            let y = x.batchNormSilu(
                .init(
                    weight: randomTensor([32], seed: 2), bias: randomTensor([32], seed: 3), runningMean: mean,
                    runningVariance: variance, isTraining: isTraining, momentum: 0.03, epsilon: 1e-3))
            try (y * randomTensor([3, 32, 9, 11], seed: 6)).sum().backward()
            return [y, mean, variance, try #require(x.gradient)]
        }
        for (found, expected) in zip(try run(), try Torch.withoutFusedFunctions(run)) {
            #expect(deviation(found, from: expected) < 2e-6)
        }
    }

    @Test func `forks and joins agree`() throws {
        func run() throws -> [Tensor] {
            let x = randomTensor([2, 8, 3, 7], seed: 1).channelsLast().requiringGradient()
            let fork = x.forked(from: 3)
            let y = Tensor.concatenate([fork.whole, fork.shortcut * fork.tail], axis: 1)
            try (y * randomTensor([2, 13, 3, 7], seed: 2)).sum().backward()
            return [y, try #require(x.gradient)]
        }
        for (found, expected) in zip(try run(), try Torch.withoutFusedFunctions(run)) {
            #expect(deviation(found, from: expected) < 1e-6)
        }
    }

    enum Step: CaseIterable { case plain, nesterov, adam, adamW, radam, rmsProp, lion }

    private static let shapes: [Shape] = [[7], [4, 3, 3, 3], [33, 17]]

    /// Parameters and state after eight steps, and the norms before clipping.
    private func states(_ step: Step) throws -> [Tensor] {
        let parameters = Self.shapes.enumerated().map { randomTensor($1, seed: UInt64($0)).requiringGradient() }
        let (first, second) = (
            parameters.map { $0.detached().zerosLike() }, parameters.map { $0.detached().zerosLike() }
        )
        let average = parameters.map { $0.detached().clone() }
        let counter = Tensor([Int64(0)])
        let rates = (0..<3).map {
            StepRates(learningRate: 0.01 * Double($0 + 1), momentum: 0.9, weightDecay: $0 == 1 ? 0 : 0.05)
        }
        var norms: [Double] = []
        for index in 1...8 {
            for (number, parameter) in parameters.enumerated() {
                let slope = randomTensor(parameter.shape, seed: UInt64(100 * index + number))
                try (parameter * slope).sum().backward()
            }
            switch step {
            case .plain, .nesterov:
                norms.append(
                    try TrainingSteps.sgd(
                        parameters: parameters, momenta: first, rates: rates, nesterov: step == .nesterov,
                        maximumNorm: 5))
            default:
                let kind: TrainingSteps.Adaptive =
                    switch step {
                    case .adam: .adam
                    case .adamW: .adamW
                    case .radam: .radam
                    case .rmsProp: .rmsProp
                    default: .lion
                    }
                norms.append(
                    try TrainingSteps.adaptive(
                        kind, parameters: parameters, first: first, second: kind == .lion ? [] : second, rates: rates,
                        beta2: 0.99, epsilon: 1e-8, step: index, maximumNorm: 5))
            }
            counter.increment()
            try TrainingSteps.average(average + [counter.zerosLike()], with: parameters + [counter], decay: 0.9)
        }
        return parameters.map { $0.detached() } + first + second + average + [Tensor(norms)]
    }

    @Test(arguments: Step.allCases) func `optimizer steps and averages agree`(step: Step) throws {
        for (found, expected) in zip(try states(step), try Torch.withoutFusedFunctions { try states(step) }) {
            #expect(deviation(found, from: expected) < 2e-6)
        }
    }

    @Test func `a norm that is not finite moves nothing`() throws {
        try Torch.withoutFusedFunctions {
            let x = Tensor([Float(1), 2]).requiringGradient()
            try (x * Tensor([Float.infinity, 1])).sum().backward()
            let rates = [StepRates(learningRate: 1, momentum: 0, weightDecay: 0)]
            let norm = try TrainingSteps.sgd(
                parameters: [x], momenta: [Tensor.zeros([2])], rates: rates, nesterov: false, maximumNorm: 1)
            #expect(!norm.isFinite)
            #expect(x.elements() == [Float(1), 2])
            #expect(x.gradient == nil)
        }
    }

    @Test func `gradients are scaled`() throws {
        let x = Tensor([Float(1), 2]).requiringGradient()
        try (x * Tensor([Float(4), 8])).sum().backward()
        try TrainingSteps.scaleGradients([x, Tensor([Float(1)])], by: 0.25)
        #expect(x.gradient?.elements() == [Float(1), 2])
    }
}
