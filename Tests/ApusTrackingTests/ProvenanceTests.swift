import ApusConfiguration
import ApusCore
import Testing

@testable import ApusTracking

@Suite struct ProvenanceTests {
    /// A repository with one commit.
    private func repository(_ folder: String) throws {
        try FileSystem.writeWhole("one\n", to: folder + "/tracked.txt")
        for words in [
            ["init", "-q", "-b", "work"], ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first"],
            ["remote", "add", "origin", "https://me:secret@example.org/x.git"],
        ] {
            try #require(commandOutput("git", ["-C", folder] + words) != nil)
        }
    }

    private var hasGit: Bool { commandOutput("git", ["--version"]) != nil }

    @Test func `a run keeps what its commit lacks`() throws {
        guard hasGit else { return }
        let folder = try TemporaryFolder(), store = try folder.store(), code = folder.path + "/code"
        try FileSystem.createFolder(code + "/sub")
        try repository(code)
        #expect(GitChanges.read(at: code)?.isEmpty == true)
        try FileSystem.writeWhole("two\n", to: code + "/tracked.txt")
        try FileSystem.writeWhole("new\n", to: code + "/sub/new file.txt")
        let facts = try #require(GitFacts.read(at: code))
        #expect(facts.remote == "https://example.org/x.git")
        #expect(facts.branch == "work" && facts.isDirty)
        let run = try store.createRun(in: try store.experiment(named: "x"), git: facts)
        try run.log(provenance: Provenance(software: ["LibTorch": "2"], seed: 7), changesAt: code + "/sub")
        let difference = try FileSystem.readText(run.artifactPath + "/provenance/uncommitted.diff")
        #expect(difference.contains("-one\n+two\n"))
        #expect(try FileSystem.readText(run.artifactPath + "/provenance/untracked.txt") == "sub/new file.txt\n")
        let tags = try run.tags()
        #expect(tags["mlflow.source.git.repoURL"] == "https://example.org/x.git")
        #expect(tags["mlflow.source.git.dirty"] == "true")
        #expect(tags["apus.version.LibTorch"] == "2" && tags["apus.seed"] == "7")
        #expect(tags["apus.hardware.cpu"] != nil && tags["apus.command"] != nil)
        let text = try FileSystem.readText(run.artifactPath + "/provenance/environment.json")
        let json = try Configuration.readJSON(text, name: "environment.json")
        #expect(json["software"]?["LibTorch"]?.text == "2")
        #expect(json["machine"]?["cores"]?.text.flatMap { Int($0) } ?? 0 > 0)
    }

    @Test func `a difference is cut where it is long`() throws {
        guard hasGit else { return }
        let folder = try TemporaryFolder()
        try repository(folder.path)
        let line = String(repeating: "x", count: 99) + "\n"
        try FileSystem.writeWhole(String(repeating: line, count: 30_000), to: folder.path + "/tracked.txt")
        let changes = try #require(GitChanges.read(at: folder.path))
        #expect(changes.isCut)
        #expect(changes.difference.utf8.count == GitChanges.byteLimit)
    }

    @Test func `where there is no repository there are no changes`() throws {
        let folder = try TemporaryFolder(), store = try folder.store()
        #expect(GitChanges.read(at: folder.path) == nil)
        let run = try store.createRun(in: try store.experiment(named: "x"))
        try run.log(provenance: Provenance(software: [:], seed: nil), changesAt: folder.path)
        #expect(try run.artifacts() == ["provenance/environment.json"])
        #expect(try run.tags()["apus.seed"] == nil)
    }

    @Test(arguments: [
        ("https://a:b@host/x", "https://host/x"), ("https://token@host:8/x@y", "https://host:8/x@y"),
        ("git@host:x.git", "git@host:x.git"), ("/srv/x.git", "/srv/x.git"), ("ssh://git@host/x", "ssh://host/x"),
    ])
    func `an address loses its credentials`(address: String, expected: String) {
        #expect(GitFacts.withoutCredentials(address) == expected)
    }

    @Test func `a command is written so that a shell takes it`() {
        #expect(Provenance.shellWord("optimizer.lr0=0.1") == "optimizer.lr0=0.1")
        #expect(Provenance.shellWord("it's") == "'it'\\''s'")
        #expect(Provenance.shellWord("") == "''")
        #expect(Provenance.shellWord("a b") == "'a b'")
    }

    @Test func `a processor is named whatever the kernel tells of it`() {
        #expect(HostFacts.processor("processor : 0\nmodel name\t: A B\n") == "A B")
        #expect(HostFacts.processor("CPU part\t: 0xd40\n") == "0xd40")
        #expect(HostFacts.processor("") == "unknown")
        #expect(HostFacts.system("NAME=x\nPRETTY_NAME=\"Debian 12\"\n") == "Debian 12")
    }
}
