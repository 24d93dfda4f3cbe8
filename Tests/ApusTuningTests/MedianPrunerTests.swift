import ApusCore
import Testing
@testable import ApusTuning

@Suite struct MedianPrunerTests {
    private let pruner = MedianPruner(warmupEpochs: 2, startupTrials: 3)

    private func trial(_ number: Int, _ values: [Double], _ state: Trial.State = .complete) -> Trial {
        var trial = Trial(number: number, values: [:])
        trial.measurements = values.enumerated().map { .init(epoch: $0.offset + 1, value: $0.element) }
        trial.state = state
        return trial
    }

    private var four: [Trial] { (0..<4).map { level in trial(level, (1...5).map { Double(level * $0) }) } }

    @Test func `what is below the median of its epoch stops, after the warm-up`() {
        // After epoch 3 the others had 0, 3, 6 and 9: their median is 4.5.
        #expect(pruner.stops(trial(4, [0, 0, 4.4], .open), among: four))
        #expect(!pruner.stops(trial(4, [0, 0, 4.5], .open), among: four))
        #expect(!pruner.stops(trial(4, [0, 5, 1], .open), among: four), "its best counts")
        #expect(!pruner.stops(trial(4, [0, 0], .open), among: four), "warm-up")
        #expect(!pruner.stops(trial(2, [0, 0, 0], .open), among: four), "two trials before it")
    }

    @Test func `only complete trials count`() {
        for state in [Trial.State.open, .failed, .pruned] {
            let others = four.map { trial($0.number, $0.measurements.map(\.value), state) }
            #expect(!pruner.stops(trial(9, [0, 0, -1], .open), among: others))
        }
    }

    @Test(arguments: 0..<50) func `the best of a monotone family is never stopped`(seed: Int) {
        var stream = RandomStream(seed: UInt64(seed))
        let scales = (0..<12).map { _ in stream.unit() }
        var trials: [Trial] = []
        for (number, scale) in scales.enumerated() {
            var current = trial(number, [], .open)
            for epoch in 1...8 where current.state == .open {
                let value = scale * (1 - 1 / Double(epoch + 1))
                current.measurements.append(.init(epoch: epoch, value: value))
                if pruner.stops(current, among: trials) { current.state = .pruned }
            }
            if current.state == .open { current.state = .complete }
            trials.append(current)
        }
        #expect(trials.best?.values == trials[scales.firstIndex(of: scales.max() ?? 0) ?? 0].values)
        #expect(trials.best?.state == .complete)
        #expect(trials.best?.number == scales.firstIndex(of: scales.max() ?? 0))
    }
}
