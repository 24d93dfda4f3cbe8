import Testing

@testable import ApusDatasets

@Suite struct SplitAssignmentTests {
    private func candidates(_ count: Int, labels: (Int) -> [Int] = { _ in [] }) -> [SplitAssignment.Candidate] {
        (0..<count).map { SplitAssignment.Candidate(name: "image\($0).jpg", declared: nil, labels: labels($0)) }
    }

    private func description(_ method: SplitDescription.Method, seed: UInt64 = 0) -> SplitDescription {
        var description = SplitDescription()
        (description.method, description.seed) = (method, seed)
        return description
    }

    @Test func `random fractions hold roughly`() throws {
        let splits = try #require(SplitAssignment(description: description(.random)).assign(candidates(4000)))
        #expect(abs(splits.count { $0 == .train } - 3200) < 100)
        #expect(abs(splits.count { $0 == .val } - 400) < 80)
    }

    @Test func `random splits stay when images are added, and follow the seed`() throws {
        let few = try #require(SplitAssignment(description: description(.random)).assign(candidates(300)))
        let many = try #require(SplitAssignment(description: description(.random)).assign(candidates(500)))
        let other = try #require(SplitAssignment(description: description(.random, seed: 1)).assign(candidates(300)))
        #expect(Array(many[..<300]) == few)
        #expect(other != few)
    }

    @Test func `stratified fractions hold exactly for each class, in any order`() throws {
        let all = candidates(400) { $0 % 40 == 0 ? [0, 1] : [0] }
        let assignment = SplitAssignment(description: description(.stratified))
        let splits = try #require(assignment.assign(all))
        let rare = zip(all, splits).filter { $0.0.labels.contains(1) }.map(\.1)
        #expect(rare.count { $0 == .train } == 8)
        #expect(rare.count { $0 == .val } == 1)
        #expect(splits.count { $0 == .test } == 40)
        #expect(try #require(assignment.assign(all.reversed())) == splits.reversed())
    }

    @Test func `val is taken from train only where none is declared`() throws {
        var all = candidates(1000)
        for index in all.indices { all[index].declared = index < 900 ? .train : .test }
        var description = description(.declared)
        #expect(SplitAssignment(description: description).assign(all)?.contains(.val) == false)
        description.valFromTrain = 0.2
        let splits = try #require(SplitAssignment(description: description).assign(all))
        #expect(abs(splits.count { $0 == .val } - 180) < 40)
        #expect(splits[900...].allSatisfy { $0 == .test })
        all[0].declared = .val
        #expect(SplitAssignment(description: description).assign(all)?.count { $0 == .val } == 1)
        all[1].declared = nil
        #expect(SplitAssignment(description: description).assign(all) == nil)
    }

    @Test func `a single fraction takes everything`() throws {
        var description = description(.random)
        (description.train, description.val, description.test) = (0, 0, 1)
        let splits = try #require(SplitAssignment(description: description).assign(candidates(50)))
        #expect(splits.allSatisfy { $0 == .test })
    }
}
