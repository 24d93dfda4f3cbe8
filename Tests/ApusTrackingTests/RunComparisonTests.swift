import ApusCore
import Testing

@testable import ApusTracking

@Suite struct RunComparisonTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store()
    }

    private func run(_ lr: String, loss: Double, config: String = "lr: 1\n") throws -> Run {
        let run = try store.createRun(in: store.experiment(named: "demo"), parameters: ["lr": lr, "seed": "1"])
        try run.log(metrics: ["loss": loss, "time/wait": .random(in: 0...1), "odd": .nan], step: 1)
        try run.logArtifact(text: config, as: "config/experiment.yaml")
        try run.finish()
        return run
    }

    @Test func `runs that did the same do not differ`() throws {
        let (a, b) = (try run("0.1", loss: 0.5), try run("0.1", loss: 0.5))
        #expect(try RunDifference(a, b, of: store).isEmpty)
        #expect(try !RunDifference(a, b, of: store, everything: true).isEmpty)
        #expect(try RunDifference(a, a, of: store, everything: true).isEmpty)
    }

    @Test func `a difference names what changed and by how much`() throws {
        let (a, b) = (try run("0.1", loss: 0.5), try run("0.2", loss: 0.75, config: "lr: 2\n"))
        try b.logDataset(name: "d", digest: "1", source: "/d")
        let difference = try RunDifference(a, b, of: store)
        #expect(difference.parameters == [.init(key: "lr", old: "0.1", new: "0.2")])
        #expect(difference.metrics == [.init(key: "loss", old: 0.5, new: 0.75)])
        #expect(difference.metrics[0].delta == 0.25)
        #expect(difference.datasets == [.init(key: "training", old: nil, new: "d 1")])
        #expect(difference.configuration.map(\.file) == ["config/experiment.yaml"])
        #expect(difference.configuration[0].text.contains("-lr: 1\n+lr: 2\n"))
        #expect(try RunDifference(a, b, of: store, tolerance: 0.4).metrics.isEmpty)
    }

    @Test func `rows hold what each run has`() throws {
        let runs = try [run("0.1", loss: 1), run("0.1", loss: 2), run("0.3", loss: 3)].map { try store.summary(of: $0) }
        let comparison = RunComparison(runs)
        #expect(comparison.parameters.map(\.key) == ["lr", "seed"])
        #expect(comparison.parameters.map(\.isDifferent) == [true, false])
        #expect(comparison.metrics.first { $0.key == "odd" }?.isDifferent == false)
        #expect(comparison.metrics.first?.values.map { $0?.number } == [1, 2, 3])
    }

    @Test func `a unified difference is what diff writes`() {
        let old = (1...30).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 3\n", with: "line three\n").replacing("line 20\n", with: "") + "end\n"
        let text = TextDifference(old, new).unified(old: "a", new: "b")
        #expect(
            text == """
                --- a
                +++ b
                @@ -1,6 +1,6 @@
                 line 1
                 line 2
                -line 3
                +line three
                 line 4
                 line 5
                 line 6
                @@ -17,7 +17,6 @@
                 line 17
                 line 18
                 line 19
                -line 20
                 line 21
                 line 22
                 line 23
                @@ -28,3 +27,4 @@
                 line 28
                 line 29
                 line 30
                +end

                """)
        #expect(TextDifference(old, old).unified(old: "a", new: "b").isEmpty)
        #expect(TextDifference("", "x\n").unified(old: "a", new: "b").contains("@@ -0,0 +1,1 @@\n+x\n"))
    }

    @Test func `the script of a difference leads from one text to the other with the fewest lines`() {
        for sample in 0..<200 {
            var stream = RandomStream(seed: 5, epoch: 0, sample: sample, purpose: 0)
            func text() -> [String] {
                (0..<Int.random(in: 0...12, using: &stream)).map { _ in "\(Int.random(in: 0...3, using: &stream))" }
            }
            let (a, b) = (text(), text())
            let lines = TextDifference(a.joined(separator: "\n"), b.joined(separator: "\n")).lines
            var (old, new, edits) = ([String](), [String](), 0)
            for line in lines {
                switch line {
                case .same(let text): (old, new) = (old + [text], new + [text])
                case .removed(let text): (old, edits) = (old + [text], edits + 1)
                case .added(let text): (new, edits) = (new + [text], edits + 1)
                }
            }
            #expect(old == a && new == b)
            #expect(edits == a.count + b.count - 2 * longestCommon(a, b))
        }
    }

    private func longestCommon(_ a: [String], _ b: [String]) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for x in a {
            var diagonal = 0
            for (j, y) in b.enumerated() {
                (diagonal, row[j + 1]) = (row[j + 1], x == y ? diagonal + 1 : max(row[j], row[j + 1]))
            }
        }
        return row[b.count]
    }
}
