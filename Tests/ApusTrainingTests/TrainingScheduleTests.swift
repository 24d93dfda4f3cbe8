import Testing
@testable import ApusTraining

@Suite struct TrainingScheduleTests {
    private func schedule(_ change: (inout OptimizerConfiguration) -> Void = { _ in }) -> TrainingSchedule {
        var configuration = OptimizerConfiguration()
        change(&configuration)
        let chosen = configuration.chosen(steps: 500, classCount: 3).configuration
        return TrainingSchedule(chosen, stepsPerEpoch: 50, epochs: 10, batchSize: 16)
    }

    @Test func `warm-up lasts three epochs, a hundred steps at least`() {
        #expect(schedule().warmUp.steps == 150)
        #expect(schedule { $0.warmupEpochs = 1 }.warmUp.steps == 100)
        #expect(schedule { $0.warmupEpochs = 0 }.warmUp.steps == 0)
    }

    @Test func `warm-up raises rates from zero and lowers the biases' rate from 0.1`() {
        let first = schedule().rates(at: 0)
        #expect(first.learningRate == 0)
        #expect(first.biasLearningRate == 0.1)
        #expect(first.momentum == 0.8)
        #expect(first.accumulation == 1)
        let after = schedule().rates(at: 150)
        #expect(after.learningRate == after.biasLearningRate)
        #expect(after.momentum == 0.937)
        #expect(after.accumulation == 4)
    }

    @Test func `the rate falls with every epoch to its last fraction`() {
        let rates = (3..<10).map { schedule().rates(at: $0 * 50).learningRate }
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
        let last = schedule { $0.schedule = .cosine }.rates(at: 500).learningRate
        #expect(abs(last - 0.01 * 0.01) < 1e-12)
    }

    @Test func `weight decay follows the images that a step sees`() {
        #expect(schedule().weightDecay == 5e-4)
        #expect(abs(schedule { $0.nominalBatchSize = 8 }.weightDecay - 1e-3) < 1e-15)
    }

    @Test func `one cycle rises along a cosine and falls to its last fraction`() {
        let cycle = schedule { $0.schedule = .oneCycle }
        #expect(abs(cycle.rates(at: 0).learningRate - 0.01 / 25) < 1e-12)
        #expect(abs(cycle.rates(at: 499).learningRate - 0.01 * 0.01) < 1e-12)
        let rates = (0..<500).map { cycle.rates(at: $0).learningRate }
        #expect(rates.firstIndex(of: rates.max() ?? 0).map { (148...152).contains($0) } == true)
    }

    @Test func `steps multiply the rate after their epochs`() {
        let steps = schedule {
            ($0.schedule, $0.milestones, $0.gamma, $0.warmupEpochs) = (.step, [2, 5], 0.5, 0)
        }
        #expect(
            [0, 1, 2, 4, 5, 9].map { steps.rates(at: $0 * 50).learningRate } == [
                0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025,
            ])
    }

    @Test func `a plateau lowers the rate when its patience ends, down to the last fraction`() {
        let plateau = schedule { ($0.schedule, $0.plateauPatience, $0.gamma, $0.lrf) = (.plateau, 1, 0.1, 0.05) }
        var progress = TrainingProgress()
        var factors: [Double] = []
        for epoch in 0..<6 {
            _ = progress.close(epoch, fitness: 0.5)
            progress.plateauFactor = plateau.plateauFactor(after: progress)
            factors.append(progress.plateauFactor)
        }
        #expect(factors == [1, 1, 0.1, 0.1, 0.05, 0.05])
    }

    @Test func `auto says what it chose and keeps what the user wrote`() {
        var auto = OptimizerConfiguration()
        auto.name = .auto
        auto.momentum = 0.95
        let short = auto.chosen(steps: 10_000, classCount: 1)
        #expect(short.configuration.name == .adamw)
        #expect(short.configuration.lr0 == 0.002)
        #expect(short.configuration.momentum == 0.95)
        #expect(short.notes.first?.contains("momentum 0.95 (yours)") == true)
        #expect(auto.chosen(steps: 10_001, classCount: 1).configuration.name == .sgd)
        auto.name = .sgd
        #expect(auto.chosen(steps: 1, classCount: 1).notes.isEmpty)
    }
}
