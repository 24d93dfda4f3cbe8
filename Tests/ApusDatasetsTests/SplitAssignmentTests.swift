import ApusCore
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
        let splits = try #require(try SplitAssignment(description: description(.random)).assign(candidates(4000)))
        #expect(abs(splits.count { $0 == .train } - 3200) < 100)
        #expect(abs(splits.count { $0 == .val } - 400) < 80)
    }

    @Test func `random splits stay when images are added, and follow the seed`() throws {
        let few = try #require(try SplitAssignment(description: description(.random)).assign(candidates(300)))
        let many = try #require(try SplitAssignment(description: description(.random)).assign(candidates(500)))
        let other = try #require(
            try SplitAssignment(description: description(.random, seed: 1)).assign(candidates(300)))
        #expect(Array(many[..<300]) == few)
        #expect(other != few)
    }

    @Test func `stratified fractions hold exactly for each class, in any order`() throws {
        let all = candidates(400) { $0 % 40 == 0 ? [0, 1] : [0] }
        let assignment = SplitAssignment(description: description(.stratified))
        let splits = try #require(try assignment.assign(all))
        let rare = zip(all, splits).filter { $0.0.labels.contains(1) }.map(\.1)
        #expect(rare.count { $0 == .train } == 8)
        #expect(rare.count { $0 == .val } == 1)
        #expect(splits.count { $0 == .test } == 40)
        #expect(try #require(try assignment.assign(all.reversed())) == splits.reversed())
    }

    @Test func `val is taken from train only where none is declared`() throws {
        var all = candidates(1000)
        for index in all.indices { all[index].declared = index < 900 ? .train : .test }
        var description = description(.declared)
        #expect(try SplitAssignment(description: description).assign(all)?.contains(.val) == false)
        description.valFromTrain = 0.2
        let splits = try #require(try SplitAssignment(description: description).assign(all))
        #expect(abs(splits.count { $0 == .val } - 180) < 40)
        #expect(splits[900...].allSatisfy { $0 == .test })
        all[0].declared = .val
        #expect(try SplitAssignment(description: description).assign(all)?.count { $0 == .val } == 1)
        all[1].declared = nil
        #expect(try SplitAssignment(description: description).assign(all) == nil)
    }

    @Test func `a single fraction takes everything`() throws {
        var description = description(.random)
        (description.train, description.val, description.test) = (0, 0, 1)
        let splits = try #require(try SplitAssignment(description: description).assign(candidates(50)))
        #expect(splits.allSatisfy { $0 == .test })
    }
}

@Suite struct DivisionTests {
    private func candidates(_ names: [String], labels: [Int] = [0]) -> [SplitAssignment.Candidate] {
        names.map { SplitAssignment.Candidate(name: $0, declared: nil, labels: labels) }
    }

    @Test func `images of one group stay together, by folder and by expression`() throws {
        let names = (0..<40).flatMap { group in (0..<5).map { "g\(group)/p\(group % 7)_\($0).jpg" } }
        for (pattern, key) in [
            ("", { (name: String) in FileSystem.folder(of: name) }),
            ("p([0-9]+)_", { (name: String) in String(name.split(separator: "/")[1].prefix(2)) }),
        ] {
            var description = SplitDescription()
            (description.method, description.group) = (.grouped, pattern)
            (description.train, description.val, description.test) = (0.5, 0.25, 0.25)
            let splits = try #require(try SplitAssignment(description: description).assign(candidates(names)))
            for members in Dictionary(grouping: names.indices, by: { key(names[$0]) }).values {
                #expect(Set(members.map { splits[$0] }).count == 1)
            }
            #expect(Set(splits).count > 1)
        }
    }

    @Test func `a table is written, keeps what it lists, and is read as splits`() throws {
        let folder = try TemporaryFolder()
        for index in 0..<40 {
            try folder.write(testJPEG(index), "source/\(index % 2 == 0 ? "cat" : "dog")/\(index).jpg")
        }
        var splits = SplitDescription()
        splits.method = .stratified
        let table = folder.path + "/splits.csv"
        let first = try DatasetDivision.run(NamedDataset(folder.path + "/source"), splits: splits, output: table)
        #expect(first.splits == ["train": 32, "val": 4, "test": 4] && first.added == 40)
        let before = try SplitTable.read(table)
        for index in 40..<60 { try folder.write(testJPEG(index), "source/cat/\(index).jpg") }
        let second = try DatasetDivision.run(NamedDataset(folder.path + "/source"), splits: splits, output: table)
        #expect(second.kept == 40 && second.added == 20)
        #expect(second.splits == ["train": 48, "val": 6, "test": 6])
        let after = try SplitTable.read(table)
        for index in 0..<40 {
            let name = "\(index % 2 == 0 ? "cat" : "dog")/\(index).jpg"
            #expect(before[name] != nil && before[name] == after[name])
        }
        let yaml = "name: x\nsource: {format: folders, path: source}\nsplits: {method: file, file: splits.csv}\n"
        try folder.write(yaml, "dataset.yaml")
        let dataset = try folder.prepare().dataset
        #expect(Split.allCases.map { dataset.indices(of: $0).count } == [48, 6, 6])
    }

    @Test(arguments: ["a,b\n", "filename,split\nx,trian\n", "filename,split\nx,train\nx,val\n", "filename,split\n\"x"])
    func `a table that is none is refused`(text: String) {
        #expect(throws: DatasetError.self) { try SplitTable(Array(text.utf8), path: "x") }
    }
}
