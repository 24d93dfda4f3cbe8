import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct RunFollowerTests {
    private let folder: TemporaryFolder
    private let run: Run

    init() throws {
        folder = try TemporaryFolder()
        run = try folder.store().createRun(in: folder.store().experiment(named: "demo"))
    }

    @Test func `everything is told once and in the order of steps`() throws {
        var follower = try RunFollower(run)
        #expect(try follower.poll().isEmpty)
        try run.log(metrics: ["b": 1, "a/x": 2], step: 2)
        try run.log(metrics: ["b": 3], step: 1)
        #expect(try follower.poll().map { "\($0.key) \($0.point.step)" } == ["b 1", "a/x 2", "b 2"])
        #expect(try follower.poll().isEmpty)
        try run.log(metrics: ["b": 4], step: 3)
        #expect(try follower.poll().map(\.point.value) == [4])
    }

    @Test func `only what comes is told where one begins at the end`() throws {
        try run.log(metrics: ["m": 1], step: 1)
        var follower = try RunFollower(run, fromStart: false)
        try run.log(metrics: ["m": 2, "n": 5], step: 2)
        #expect(try follower.poll().map(\.point.value) == [2, 5])
    }

    @Test func `a line is told when it is whole`() throws {
        try run.log(metrics: ["m": 1], step: 1)
        var follower = try RunFollower(run)
        let path = run.folder + "/metrics/m"
        try append("1795352674684 0.", to: path)
        #expect(try follower.poll().map(\.point.value) == [1])
        #expect(try follower.poll().isEmpty)
        try append("25 2\n", to: path)
        #expect(try follower.poll().map(\.point.value) == [0.25])
        #expect(truncate(path, 3) == 0)
        #expect(try follower.poll().isEmpty)
    }
}
