import Testing
@testable import ApusTraining

@Suite struct TrainingScheduleTests {
    private func schedule(_ change: (inout OptimizerConfiguration) -> Void = { _ in }) -> TrainingSchedule {
        var configuration = OptimizerConfiguration()
        change(&configuration)
        return TrainingSchedule(configuration, stepsPerEpoch: 50, epochs: 10, batchSize: 16)
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
}
