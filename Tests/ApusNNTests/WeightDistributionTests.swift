import ApusCore
import Testing

@testable import ApusNN

@Suite struct WeightDistributionTests {
    private func values(_ distribution: WeightDistribution, count: Int = 20_000) -> [Float] {
        var stream = RandomStream(seed: 3)
        return distribution.values(count: count, inputs: 16, outputs: 64, from: &stream)
    }

    private func deviation(_ values: [Float]) -> Float {
        (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
    }

    @Test(arguments: [(WeightDistribution.uniformByInputs, Float(0.25)), (.uniformByOutputs, 0.125)])
    func `uniform values fill their bounds`(distribution: WeightDistribution, bound: Float) {
        let values = values(distribution)
        #expect(values.allSatisfy { abs($0) <= bound } && (values.max() ?? 0) > 0.99 * bound)
        #expect(abs(deviation(values) - bound / Float(3).squareRoot()) < 0.02 * bound)
    }

    @Test(arguments: [
        (WeightDistribution.normalByOutputs, Float(2.0 / 64).squareRoot()), (.normal(deviation: 0.01), 0.01),
    ])
    func `normal values have their deviation and tails`(distribution: WeightDistribution, expected: Float) {
        let values = values(distribution)
        #expect(abs(deviation(values) - expected) < 0.02 * expected)
        let outside = values.count { abs($0) > 2 * expected }
        #expect((800...1020).contains(outside), "4.6 % lie beyond two deviations")
    }

    @Test func `an odd count is filled`() {
        #expect(values(.normalByOutputs, count: 7).count == 7)
        #expect(values(.zero, count: 3) == [0, 0, 0])
    }
}
