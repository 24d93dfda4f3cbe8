import ApusConfiguration
import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// Searches against what MLflow's own client finds (`Oracles/make_search_golden.py`), and the index.
@Suite struct SearchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func golden() throws -> YAMLNode {
        let path = testFolder + "/Oracles/Goldens/search.json"
        return try YAMLReader.read(try FileSystem.readText(path), name: path)
    }

    /// The golden's store, its files as old as `age` seconds.
    private func goldenStore(_ golden: YAMLNode, age: Int = 0) throws -> TrackingStore {
        let root = folder.path + "/mlruns"
        for file in golden["files"]?.entries ?? [] {
            let path = root + "/" + file.key
            try FileSystem.createFolder(FileSystem.folder(of: path))
            try FileSystem.writeWhole(file.value.text ?? "", to: path)
            try makeOlder(path, by: age)
        }
        return try TrackingStore(root: root, creatingIfMissing: false)
    }

    private func makeOlder(_ path: String, by age: Int) throws {
        var times = [timespec(), timespec()]
        clock_gettime(CLOCK_REALTIME, &times[0])
        times[0].tv_sec -= age
        times[1] = times[0]
        #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    }

    @Test(arguments: [false, true]) func `every search finds what MLflow finds`(isIndexed: Bool) throws {
        let golden = try golden()
        let store = try goldenStore(golden, age: 60)
        let searches = try #require(golden["searches"]?.elements)
        #expect(searches.count > 200)
        for search in searches {
            let filter = search["filter"]?.text ?? ""
            let orders = search["order"]?.elements?.compactMap(\.text) ?? []
            guard let expected = search["runs"]?.elements?.compactMap(\.text) else {
                #expect(throws: TrackingError.self, "\(filter) \(orders)") { try RunQuery(filter, orderedBy: orders) }
                continue
            }
            let result = store.search(try RunQuery(filter, orderedBy: orders), usingIndex: isIndexed)
            #expect(result.runs.map(\.name) == expected, "\(filter) \(orders)")
            #expect(result.matches == expected.count)
        }
    }

    @Test func `an index saves the reading and notices every change`() throws {
        let store = try goldenStore(try golden(), age: 60)
        let query = try RunQuery("metrics.mAP50 > 0.5 and params.lr = '0.01'", orderedBy: ["metrics.mAP50 DESC"])
        let first = store.search(query)
        #expect(first.runsRead > 9)
        #expect(store.search(query).runsRead == 0)
        let run = try store.run(matching: "gamma")
        try run.log(metrics: ["mAP50": 0.99], step: 9)
        let second = store.search(query)
        #expect(second.runs.map(\.name) == ["gamma"] + first.runs.map(\.name))
        #expect(second.runsRead == 1)
        let other = try store.createRun(
            in: try #require(try store.findExperiment(named: "search")), name: "new", parameters: ["lr": "0.01"])
        #expect(store.search(query).runs.map(\.name) == second.runs.map(\.name))
        try other.log(metrics: ["mAP50": 7], step: 0)
        #expect(store.search(query).runs.first?.name == "new")
        removeTree(other.folder)
        #expect(store.search(query).runs.map(\.name) == second.runs.map(\.name))
    }

    @Test func `a value set in place of another of the same length is seen`() throws {
        let store = try goldenStore(try golden(), age: 60)
        let query = try RunQuery("tags.team = 'gray'")
        #expect(store.search(query).runs.isEmpty)
        try store.run(matching: "beta").setTag("team", "gray")
        #expect(store.search(query).runs.map(\.name) == ["beta"])
    }

    @Test func `a damaged index changes nothing`() throws {
        let store = try goldenStore(try golden(), age: 60)
        let query = try RunQuery("metrics.mAP50 > 0.5", orderedBy: ["metrics.`val/loss`"])
        let expected = store.search(query).runs
        let experiment = try #require(try store.findExperiment(named: "search"))
        let path = RunIndex.path(of: experiment.id, root: store.root)
        let bytes = try FileSystem.read(path)
        for place in stride(from: 0, to: bytes.count, by: 307) {
            var damaged = bytes
            damaged[place] ^= 0xFF
            try FileSystem.writeWhole(damaged, to: path)
            #expect(store.search(query).runs == expected)
            try FileSystem.writeWhole(Array(bytes[..<place]), to: path)
            #expect(store.search(query).runs == expected)
        }
    }

    @Test func `mistakes are named with their place`() throws {
        let cases: [(String, Int, String)] = [
            ("metrics.a > 'x'", 13, "expected a number, found 'x'"),
            ("metrics.a > 1 or metrics.b > 2", 15, "expected and, found 'or'"),
            ("metrics.a > 1 and", 18, "expected a field, found the end"),
            ("params.a = 'x", 12, "the quote ' has no end"),
            ("nothing = 'x'", 1, "there is no attribute 'nothing'"),
            ("params.a > 'x'", 10, "expected a comparison of texts, found '>'"),
        ]
        for (text, position, problem) in cases {
            let error = #expect(throws: TrackingError.self) { try RunFilter(text) }
            guard case .search(_, position, problem, _) = error else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `any text is read or refused`() throws {
        var random = SystemRandomNumberGenerator()
        let words = [
            "metrics.a", "`", "\"", "'", " ", "and", ">", "IN", "(", ",", ")", "-", ".5", "IS", "NOT", "NULL", "é",
            "\0",
        ]
        for _ in 0..<2000 {
            let text = (0..<8).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
            _ = try? RunFilter(text)
            _ = try? RunOrder(text)
        }
    }
}
