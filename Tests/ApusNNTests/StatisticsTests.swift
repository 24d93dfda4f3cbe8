import ApusCore
import ApusTorch
import Testing

@testable import ApusNN

@Suite struct StatisticsTests {
    @Test func `adopted statistics normalize what was seen`() {
        let layer = BatchNorm2D(2, momentum: 0.01)
        var random = RandomStream(seed: 1)
        let x = Tensor((0..<2 * 2 * 64).map { _ in random.uniform(in: 3...5) }, shape: [2, 2, 8, 8])
        layer.setTraining(false)
        layer.adoptStatistics { _ = layer(x) }
        #expect(!layer.isTraining)
        let means: [Float] = layer.runningMean.elements()
        #expect(means.allSatisfy { abs($0 - 4) < 0.2 })
        let y = layer(x)
        let (mean, square) = (y.mean().item(), (y * y).mean().item())
        #expect(abs(mean) < 1e-4 && abs(square - 1) < 0.02)
    }
}
