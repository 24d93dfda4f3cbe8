import ApusCore
import Testing
@testable import ApusTuning

@Suite struct ParzenEstimatorTests {
    private static let sets: [[Double]] = [[], [0], [0.3], [0.2, 0.2, 0.9], (0..<40).map { Double($0) / 39 }]

    @Test(arguments: sets) func `the density's mass is one, and cells share it`(points: [Double]) {
        let estimator = ParzenEstimator(points)
        #expect(abs(estimator.weight(of: 0...1) - 1) < 1e-12)
        let cells = (0..<7).map { Double($0) / 7...Double($0 + 1) / 7 }
        #expect(abs(cells.reduce(0) { $0 + estimator.weight(of: $1) } - 1) < 1e-12)
        let steps = 4000
        let sum = (0..<steps).reduce(0.0) { sum, index in
            let place = (Double(index) + 0.5) / Double(steps)
            return sum + estimator.weight(of: place...place)
        }
        #expect(abs(sum / Double(steps) - 1) < 1e-4)
    }

    @Test(arguments: sets) func `draws follow the density`(points: [Double]) {
        let estimator = ParzenEstimator(points)
        var stream = RandomStream(seed: 5)
        let drawn = (0..<4000).map { _ in estimator.draw(using: &stream) }
        for bin in 0..<5 {
            let cell = Double(bin) / 5...Double(bin + 1) / 5
            let share = Double(drawn.count { cell.contains($0) }) / Double(drawn.count)
            #expect(abs(share - estimator.weight(of: cell)) < 0.04)
        }
    }
}
