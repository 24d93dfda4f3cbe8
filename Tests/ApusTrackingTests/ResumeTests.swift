import Testing

@testable import ApusTracking

@Suite struct ResumeTests {
    private let folder: TemporaryFolder
    private let run: Run

    init() throws {
        folder = try TemporaryFolder()
        let store = try folder.store()
        run = try store.createRun(in: try store.experiment(named: "e"))
    }

    @Test func `a failed or killed run may be taken up, a finished one not`() throws {
        try run.finish(.failed)
        try run.requireResumable()
        try run.finish(.killed)
        try run.requireResumable()
        try run.finish(.finished)
        #expect(throws: TrackingError.self) { try run.requireResumable() }
    }

    @Test func `a run that another process is at is left to it`() throws {
        try run.requireResumable()
        let other = ProcessMark(host: "another-machine", number: 1, start: "0")
        try run.setTag(RunTag.process, other.description)
        #expect(throws: TrackingError.self) { try run.requireResumable() }
        let gone = ProcessMark(host: ProcessMark.current.host, number: 0x3fff_ffff, start: "0")
        try run.setTag(RunTag.process, gone.description)
        try run.requireResumable()
    }

    @Test(arguments: [("a/b", nil), ("..", nil), ("", nil), ("net", "v2"), ("net", "a/b"), ("net", "latest")])
    func `names are refused before anything is written`(name: String, alias: String?) {
        #expect(throws: TrackingError.self) { try ModelRegistry.check(name: name, alias: alias) }
    }
}
