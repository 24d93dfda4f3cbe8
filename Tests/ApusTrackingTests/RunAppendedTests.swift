import ApusCore
import Testing

@testable import ApusTracking

@Suite struct RunAppendedTests {
    @Test func `what was appended is read from where the last reading ended`() throws {
        let folder = try TemporaryFolder(), store = try folder.store()
        let run = try store.createRun(in: try store.experiment(named: "x"))
        try run.log(metrics: ["a/b": 1], step: 0)
        let first = try run.points(of: "a/b", from: 0)
        try run.log(metrics: ["a/b": 2], step: 1)
        let second = try run.points(of: "a/b", from: first.end)
        #expect(second.points.map(\.value) == [2])
        #expect(second.ends == [second.end])
        #expect(try run.metricSizes() == ["a/b": second.end])
        #expect(try run.points(of: "a/b", from: second.end).points.isEmpty)
    }

    @Test func `a line that is being written is left for later, one that is damaged is passed over`() throws {
        let folder = try TemporaryFolder(), store = try folder.store()
        let run = try store.createRun(in: try store.experiment(named: "x"))
        try append("1 1.0 1\n2 nonsense 2\n\n3 3.0 3\n4 4.", to: run.folder + "/metrics/m")
        let read = try run.points(of: "m", from: 0)
        #expect(read.points.map(\.step) == [1, 3])
        #expect(read.end == 30)
        try append("0 4\n", to: run.folder + "/metrics/m")
        #expect(try run.points(of: "m", from: read.end).points.map(\.value) == [4])
    }

    @Test(arguments: [8, 13, 64])
    func `small pieces give all points`(limit: Int) throws {
        let folder = try TemporaryFolder(), store = try folder.store()
        let run = try store.createRun(in: try store.experiment(named: "x"))
        try append("1 1.0 1\n" + String(repeating: "x", count: 100) + "\n2 2.0 2\n", to: run.folder + "/metrics/m")
        var offset = 0, steps = [Int64]()
        while offset < 117 {
            let part = try run.points(of: "m", from: offset, limit: limit)
            try #require(part.end > offset)
            steps += part.points.map(\.step)
            offset = part.end
        }
        #expect(steps.first == 1)
        #expect(steps.last == 2 || limit == 8)
    }

    @Test func `a run tells of its times and its place`() throws {
        let folder = try TemporaryFolder(), store = try folder.store()
        let run = try store.createRun(in: try store.experiment(named: "place"))
        #expect(try run.times().end == nil)
        try run.finish()
        let times = try run.times()
        #expect(times.end ?? 0 >= times.start && times.start > 0)
        #expect(try run.experimentName() == "place")
        #expect(try run.parent() == nil)
        let child = try store.createRun(in: try store.experiment(named: "place"), tags: [RunTag.parentRun: run.id])
        #expect(try child.parent()?.id == run.id)
    }
}
