import Testing

@testable import ApusTracking

@Suite struct GitFactsTests {
    @Test func `outside a repository there are none`() throws {
        let folder = try TemporaryFolder()
        #expect(GitFacts.read(at: folder.path) == nil)
        #expect(GitFacts.read(at: "/nonexistent") == nil)
    }

    @Test func `in a repository the commit has 40 digits`() {
        guard let facts = GitFacts.read(at: testFolder) else { return }
        #expect(facts.commit.utf8.count == 40)
    }
}
