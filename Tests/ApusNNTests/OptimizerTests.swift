import ApusCore
import Foundation
import ApusNN
import ApusTorch
import Testing

@Suite struct OptimizerTests {
    /// One parameter with a given gradient in one group.
    private func group(_ value: [Float], gradient: [Float], rate: Double = 0.1, decay: Double = 0) throws
        -> ParameterGroup
    {
        let parameter = Tensor(value).requiringGradient()
        try (parameter * Tensor(gradient)).sum().backward()
        return ParameterGroup(
            name: "all", parameters: [("p", parameter)], learningRate: rate, momentum: 0.9, weightDecay: decay)
    }

    @Test func `SGD takes Nesterov's first step`() throws {
        let group = try group([1, 2], gradient: [0.5, -1], decay: 0.1)
        let optimizer = SGD([group])
        let norm = try optimizer.step(maximumNorm: nil)
        // g = gradient + 0.1 · p; the step is 0.1 · (g + 0.9 · g)
        let found: [Float] = group.parameters[0].tensor.elements()
        #expect(abs(found[0] - (1 - 0.19 * 0.6)) < 1e-6)
        #expect(abs(found[1] - (2 - 0.19 * -0.8)) < 1e-6)
        #expect(abs(norm - 1.25.squareRoot()) < 1e-6)
        #expect(group.parameters[0].tensor.gradient == nil)
    }

    @Test func `AdamW's first step has the size of the learning rate`() throws {
        let group = try group([1, 2], gradient: [0.5, -100])
        try AdaptiveOptimizer(.adamW, [group]).step(maximumNorm: nil)
        let found: [Float] = group.parameters[0].tensor.elements()
        #expect(abs(found[0] - 0.9) < 1e-5)
        #expect(abs(found[1] - 2.1) < 1e-5)
    }

    /// Eight steps beside PyTorch's in double precision; `Oracles/make_optimizers.py` has the same gradients.
    @Test(arguments: [AdaptiveOptimizer.Kind.adam, .adamW, .radam, .rmsProp, .lion])
    func `adaptive optimizers move as PyTorch's do`(kind: AdaptiveOptimizer.Kind) throws {
        let folder = String(#filePath.dropLast("OptimizerTests.swift".count))
        let goldens = try JSONDecoder().decode(
            [String: [[Float]]].self, from: Data(try FileSystem.read(folder + "Oracles/optimizers.json")))
        let parameter = Tensor([Float(1), -2, 0.5, 0, 3]).requiringGradient()
        let group = ParameterGroup(
            name: "all", parameters: [("p", parameter)], learningRate: 0.05, momentum: 0.9, weightDecay: 0.1)
        let beta2 = kind == .rmsProp || kind == .lion ? 0.99 : 0.999
        let optimizer = AdaptiveOptimizer(kind, [group], beta2: beta2)
        let steps = try #require(goldens["\(kind)"])
        for (step, expected) in steps.enumerated() {
            let gradient = (0..<5).map { Float((step * 7 + $0 * 3) % 11 - 5) / 4 }
            try (parameter * Tensor(gradient)).sum().backward()
            try optimizer.step(maximumNorm: nil)
            #expect(deviationOf(parameter.elements(), expected) < 1e-5)
        }
    }

    @Test func `clipping bounds the norm`() throws {
        let group = try group([0, 0], gradient: [30, 40], rate: 1)
        let norm = try SGD([group], nesterov: false).step(maximumNorm: 10)
        #expect(abs(norm - 50) < 1e-4)
        #expect(deviationOf(group.parameters[0].tensor.elements(), [-6, -8]) < 1e-5)
    }

    @Test(arguments: [Float.nan, .infinity])
    func `a gradient that is not finite moves nothing`(bad: Float) throws {
        let group = try group([1, 2], gradient: [bad, 1])
        let norm = try SGD([group]).step(maximumNorm: 10)
        #expect(!norm.isFinite)
        #expect(group.parameters[0].tensor.elements() == [Float(1), 2])
    }

    @Test func `a restored optimizer continues exactly`() throws {
        func run(_ steps: Int, restart: Bool) throws -> [Float] {
            let parameter = Tensor([Float(1), -2, 3]).requiringGradient()
            let groups = [
                ParameterGroup(
                    name: "a", parameters: [("p", parameter)], learningRate: 0.05, momentum: 0.9, weightDecay: 0.01)
            ]
            var optimizer = AdaptiveOptimizer(.adamW, groups)
            for step in 0..<steps {
                if restart && step == 2 {
                    let state = optimizer.stateDictionary().cloned()
                    optimizer = AdaptiveOptimizer(.adamW, groups)
                    try optimizer.load(state)
                }
                try (parameter * parameter).sum().backward()
                try optimizer.step(maximumNorm: nil)
            }
            return parameter.elements()
        }
        #expect(try run(5, restart: true) == run(5, restart: false))
        #expect(throws: TorchError.self) {
            try SGD([group([1], gradient: [1])]).load(StateDictionary())
        }
    }

    private func deviationOf(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }
}
