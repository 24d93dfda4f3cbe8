import ApusCore
import Testing

@testable import ApusTracking

@Suite struct MetricCurveTests {
    private func point(_ step: Int, _ value: Double, time: Int = 0) -> MetricPoint {
        MetricPoint(value: value, step: Int64(step), timestamp: Int64(time))
    }

    @Test func `a few points stay as they are, in the order of steps, the latest of each`() {
        let curve = MetricCurve(key: "m", [point(2, 5, time: 3), point(1, 7, time: 1), point(2, 6, time: 4)])
        #expect(curve.points.map(\.value) == [7, 6])
        #expect(curve.recorded == 3)
        #expect(MetricCurve(key: "m", []).points.isEmpty)
    }

    @Test(arguments: [3, 10, 100, 999])
    func `many points become few that keep the ends and every peak`(limit: Int) {
        var stream = RandomStream(seed: 1, epoch: 0, sample: limit, purpose: 0)
        let all = (0..<5000).map { point($0, Double.random(in: 0...1, using: &stream)) }
        let curve = MetricCurve(key: "m", all, limit: limit)
        #expect(curve.points.count <= max(limit, limit < 4 ? 5000 : 0))
        #expect(curve.points.first == all.first && curve.points.last == all.last)
        #expect(curve.points == curve.points.sorted { $0.step < $1.step })
        #expect(curve.points.map(\.value).max() == all.map(\.value).max())
        #expect(curve.points.map(\.value).min() == all.map(\.value).min())
    }

    @Test func `what is not finite is kept where there is nothing else`() {
        let curve = MetricCurve(key: "m", (0..<100).map { point($0, .nan) }, limit: 10)
        #expect(curve.points.count == 6 && curve.points.allSatisfy { $0.value.isNaN })
    }
}
