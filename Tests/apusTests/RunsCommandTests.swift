import ApusCommandSupport
import ApusTracking
import Foundation
import Testing

/// `apus runs …` on a store of a few runs.
@Suite struct RunsCommandTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let runs: [Run]

    init() throws {
        folder = try TemporaryFolder()
        for name in ["datasets", "experiments", "models"] { try folder.write("", to: "\(name)/.keep") }
        store = try TrackingStore(root: folder.path + "/experiments/mlruns", durable: false)
        let experiment = try store.experiment(named: "demo")
        var runs = [Run]()
        for number in 0..<3 {
            let tags = number == 2 ? [RunTag.parentRun: runs[1].id] : [:]
            let run = try store.createRun(
                in: experiment, name: "run \(number)", tags: tags,
                parameters: ["lr": "0.\(number + 1)", "seed": "1", "kind": number == 0 ? "a" : "<b>"])
            for step in 1...20 {
                try run.log(
                    metrics: [
                        "val/mAP50": Double(step * (number + 1)) / 100, "train/loss": 1 / Double(step + number),
                        "time/wait": Double(step),
                    ], step: step)
            }
            try run.logArtifact(text: "lr: 0.\(number + 1)\nepochs: 20\n", as: "config/experiment.yaml")
            try run.logDataset(name: "squares", digest: "d\(number / 2)", source: "/data")
            try run.finish()
            runs.append(run)
        }
        self.runs = runs
    }

    private func run(_ words: String...) throws -> Outcome { try apus(["runs"] + words, in: folder.path) }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func list(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    private func listed(_ words: String...) throws -> Set<String> {
        let outcome = try apus(["runs", "list", "--json"] + words, in: folder.path)
        return Set(try list(outcome.output).compactMap { $0["name"] as? String })
    }

    @Test(arguments: [
        "list", "search", "show", "experiments", "compare", "diff", "plot", "tail", "delete", "restore", "rename", "gc",
        "relocate", "export", "fsck",
    ])
    func `every command explains itself with an example and its exit status`(name: String) throws {
        let help = try run(name, "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("USAGE: apus runs \(name)") && help.output.contains("\n  apus runs \(name)"))
        #expect(help.output.contains("Exit status: 0"))
    }

    // MARK: Looking

    @Test func `list shows what is asked for`() throws {
        let table = try run("list", "--param", "lr", "--metric", "train/loss")
        #expect(table.status == 0 && table.output.contains("0.3") && table.output.contains("train/loss"))
        #expect(try listed() == ["run 0", "run 1", "run 2"])
        #expect(try listed("--limit", "1").count == 1)
        #expect(try run("list", "--experiment", "none").status == 2)
        let external = try apus("runs", "list", "--json", "--store", store.root, in: "/")
        #expect(try list(external.output).count == 3)
    }

    @Test func `show tells what belongs to a run`() throws {
        let text = try run("show", "run 1").output
        for part in ["squares d0", "holds run", "config/experiment.yaml", "val/mAP50"] { #expect(text.contains(part)) }
        let facts = try object(run("show", "run 1", "--json").output)
        #expect(facts["children"] as? [String] == [runs[2].id])
        #expect((facts["artifacts"] as? [String]) == ["config/experiment.yaml"])
        #expect(try run("show", "run 7").status == 2)
    }

    @Test func `diff says what is different and ends with 1`() throws {
        let outcome = try run("diff", "run 0", "run 1")
        #expect(outcome.status == 1)
        for part in ["− lr", "+ lr", "-lr: 0.1\n+lr: 0.2", "val/mAP50"] { #expect(outcome.output.contains(part)) }
        #expect(!outcome.output.contains("time/wait") && !outcome.output.contains("\u{1B}"))
        #expect(try run("diff", "run 0", "run 0").status == 0)
        let record = try object(run("diff", "run 1", "run 2", "--json", "--only", "params,datasets").output)
        #expect((record["parameters"] as? [Any])?.count == 1 && (record["metrics"] as? [Any])?.isEmpty == true)
        #expect((record["datasets"] as? [Any])?.count == 1)
        #expect(try run("diff", "run 0", "none").status == 2)
        #expect(try run("diff", "run 0", "run 1", "--only", "colour").status == 2)
    }

    @Test func `compare marks the best and leaves out what is the same`() throws {
        let text = try run("compare", "run 0", "run 1", "run 2").output
        #expect(text.contains("0.6*") && text.contains("lr") && !text.contains("seed"))
        #expect(try run("compare", "--experiment", "demo", "--all").output.contains("seed"))
        let record = try object(run("compare", "run 0", "run 1", "--json").output)
        #expect((record["runs"] as? [Any])?.count == 2)
    }

    @Test func `the page of a comparison is whole and safe`() throws {
        #expect(try run("compare", "--experiment", "demo", "--html", "page.html").status == 0)
        let page = try String(contentsOfFile: folder.path + "/page.html", encoding: .utf8)
        #expect(page.contains("default-src 'none'") && !page.contains("src=\"http") && !page.contains("href=\"http"))
        #expect(!page.contains("<b>\"") && page.contains("&lt;b&gt;") && page.contains("\\u003cb>"))
        #expect(page.components(separatedBy: "<tr data-run=").count == 4)
    }

    @Test func `plot draws every run and says which metrics there are`() throws {
        let text = try run("plot", "run 0", "run 1", "--metric", "val/mAP50", "--width", "60", "--height", "8").output
        #expect(text.contains("a \(runs[0].id.prefix(8)) run 0") && text.contains("0.4 ┤") && text.contains("└"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 61 })
        let missing = try run("plot", "run 0", "--metric", "map")
        #expect(missing.status == 1 && missing.errors.contains("val/mAP50"))
        #expect(try run("plot", "run 0", "--metric", "train/loss", "--log", "--output", "c.png").status == 0)
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/c.png"))
        #expect(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]))
    }

    @Test func `tail shows the last steps and follows until the end`() throws {
        let text = try run("tail", "run 0", "-n", "2").output
        #expect(text.split(separator: "\n").map { $0.prefix(2) } == ["19", "20"])
        let lines = try run("tail", "run 0", "-n", "1", "--json", "--metric", "val/*", "--follow").output
        #expect(try object(lines)["step"] as? Int == 20)
        let open = try store.createRun(in: store.experiment(named: "demo"), name: "open")
        Thread.detachNewThread {
            for step in 1...5 {
                try? open.log(metrics: ["m": Double(step)], step: step)
                usleep(60_000)
            }
            try? open.finish(.failed)
        }
        let followed = try run("tail", "open", "--follow", "--every", "0.05")
        #expect(followed.status == 1)
        #expect(followed.output.split(separator: "\n").map { $0.prefix(1) } == ["1", "2", "3", "4", "5"])
    }

    // MARK: Changing

    @Test func `deleted runs are listed apart and come back`() throws {
        let refused = try run("delete", "run 0")
        #expect(refused.status == 2 && refused.errors.contains("--yes"))
        #expect(try run("delete", "run 0", "--dry-run").status == 0)
        #expect(try listed() == ["run 0", "run 1", "run 2"])
        #expect(try run("delete", "run 0", "--yes").status == 0)
        #expect(try listed() == ["run 1", "run 2"])
        #expect(try listed("--deleted") == ["run 0"])
        #expect(try listed("--all").count == 3)
        #expect(try run("delete", "run 0", "--yes").status == 2)
        #expect(try run("restore", "run 0").status == 0)
        #expect(try listed().count == 3)
        #expect(try run("restore", "run 0").status == 2)
    }

    @Test func `a filter and nesting choose what is deleted`() throws {
        let outcome = try run("delete", "--filter", "params.lr = '0.1'", "--yes", "--json")
        #expect(try object(outcome.output)["done"] as? [String] == [runs[0].id])
        #expect(try run("delete", "run 1", "--children", "--yes").status == 0)
        #expect(try listed().isEmpty)
        #expect(try run("restore", "--filter", "params.seed = '1'").status == 0)
        #expect(try listed().count == 3)
        #expect(try run("delete", "--filter", "params.lr = ", "--yes").status == 2)
        #expect(try run("delete", "--yes").status == 2)
    }

    @Test func `two runs of one name must be said more exactly`() throws {
        #expect(try run("rename", "run 0", "run 1").status == 0)
        let refused = try run("delete", "run 1", "--yes")
        #expect(refused.status == 2 && refused.errors.contains("2 runs"))
        #expect(try run("delete", String(runs[0].id.prefix(12)), "--yes").status == 0)
        #expect(try run("rename", "run 1", "").status == 2)
    }

    @Test func `an experiment goes, comes back under another name, and is collected`() throws {
        #expect(try run("delete", "--experiment", "demo", "--yes").status == 0)
        #expect(try listed().isEmpty)
        #expect(try run("list", "--experiment", "demo").errors.contains("restore"))
        #expect(try run("restore", "--experiment", "demo").status == 0)
        #expect(try run("rename", "--experiment", "demo", "shop").status == 0)
        #expect(try listed("--experiment", "shop").count == 3)
        #expect(try run("delete", "--experiment", "shop", "--yes").status == 0)
        #expect(try run("gc", "--older-than", "1h", "--yes").status == 0)
        #expect(try list(run("experiments", "--json").output).count == 2)
        #expect(try run("gc", "--yes").status == 0)
        #expect(try list(run("experiments", "--json").output).count == 1)
        #expect(try run("gc", "--older-than", "soon").status == 2)
    }

    @Test func `a run that is written is neither deleted nor collected`() throws {
        let open = try store.createRun(in: store.experiment(named: "demo"), name: "open")
        let refused = try run("delete", "open", "--yes")
        #expect(refused.status == 1 && refused.errors.contains("still written"))
        #expect(try run("delete", "open", "--yes", "--force").status == 0)
        let kept = try run("gc", "--yes")
        #expect(kept.status == 0 && kept.errors.contains("still written"))
        try open.log(metrics: ["m": 1], step: 1)
        try open.finish()
        #expect(try run("gc", "--yes").output.contains("removed run \(open.id.prefix(18))"))
        #expect(!FileManager.default.fileExists(atPath: open.folder))
    }

    // MARK: Moving

    @Test func `exports are read again`() throws {
        #expect(try run("export", "--experiment", "demo", "--output", "copy").status == 0)
        let copy = try apus("runs", "list", "--json", "--store", "copy", in: folder.path)
        #expect(try list(copy.output).count == 3)
        #expect(try run("export", "run 0", "--output", "copy").status == 2)
        #expect(try run("export", "run 0", "--output", "one.tar").status == 0)
        let csv = try run("export", "--experiment", "demo", "--format", "csv", "--output", "-").output
        #expect(csv.split(separator: "\n").count == 4)
        let values = try run("export", "run 0", "--format", "metrics", "--output", "-").output
        #expect(values.split(separator: "\n").count == 61)
        let json = try list(run("export", "run 0", "--format", "json", "--output", "-").output)
        #expect((json[0]["history"] as? [String: [Any]])?["val/mAP50"]?.count == 20)
    }

    @Test func `relocate mends a moved workspace`() throws {
        #expect(try run("relocate", "--dry-run").errors.contains("0 paths"))
        let copy = folder.path + "/moved"
        try FileManager.default.createDirectory(atPath: copy + "/experiments", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: store.root, toPath: copy + "/experiments/mlruns")
        let plan = try apus("runs", "relocate", "--dry-run", "--json", "--workspace", copy, in: folder.path)
        #expect(try list(plan.output).count == 5)
        #expect(try apus("runs", "relocate", "--workspace", copy, in: folder.path).errors.contains("5 files changed"))
        #expect(try apus("runs", "relocate", "--workspace", copy, in: folder.path).errors.contains("0 files changed"))
    }

    @Test func `fsck says whether the store is sound`() throws {
        #expect(try run("fsck").output == "sound\n")
        try Data("1 0.5 1\n17".utf8).write(to: URL(filePath: runs[0].folder + "/metrics/train/loss"))
        let outcome = try run("fsck", "--json")
        #expect(outcome.status == 1)
        #expect((try object(outcome.output)["findings"] as? [Any])?.count == 1)
        let repaired = try run("fsck", "--repair")
        #expect(repaired.status == 0 && repaired.output.contains("mended"))
        #expect(try run("fsck").output == "sound\n")
    }

    @Test func `no store, no run: a sentence and 2`() throws {
        #expect(try apus("runs", "list", "--store", folder.path + "/none", in: folder.path).status == 2)
        for name in ["show", "tail", "delete", "restore", "export", "plot"] {
            let extra = name == "export" ? ["--output", "x"] : name == "plot" ? ["--metric", "m"] : []
            let outcome = try apus(["runs", name, "ffffffff"] + extra, in: folder.path)
            #expect(outcome.status == 2 && outcome.errors.hasPrefix("apus: ") && outcome.output.isEmpty)
        }
    }
}
