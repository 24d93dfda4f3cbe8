import ApusCommands
import ApusCore
import ApusDatasets
import ArgumentParser

extension DataCommand {
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a dataset consists of: counts, sizes, shapes and places.",
            discussion: """
                Writes one HTML page that needs no network, with pictures, and with --json the same numbers.

                  apus data stats datasets/bccd/dataset.yaml --output bccd.html
                  apus data stats export --json

                Exit status: 0 done, 2 nothing that can be read.
                """)

        @Argument(help: "A dataset.yaml, a folder or a label file.", completion: .file()) var source: String
        @Argument(help: "Values that stand in for the description's own.") var overrides: [String] = []
        @Option(help: "The source's format, where it is not as it looks.") var from: SourceFormat?
        @Option(help: "The HTML page to write.", completion: .file(extensions: ["html"])) var output: String?
        @Option(help: "How many pictures the page shows.") var examples = 12
        @Flag(help: "Read paths that lead out of the dataset's folder, too.") var allowOutside = false
        @Flag(help: "Print one JSON object.") var json = false
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard (0...1000).contains(examples) else {
                throw ValidationError("--examples is \(examples); choose a number from 0 to 1000.")
            }
        }

        func run() throws {
            let dataset = try NamedDataset(source, format: from, overrides: overrides, allowsOutside: allowOutside)
            let bar = ProgressBar("stats", terminal: common.terminal)
            let page = try StatisticsPage(
                dataset, examples: output == nil ? 0 : examples,
                progress: { done, total in bar.update(done, of: total) })
            bar.finish()
            if let output {
                try FileSystem.writeWhole(page.html(), to: output)
                common.terminal.say("\(output) shows \(page.statistics.name)")
            }
            if json { try printJSON(page.statistics) } else { report(page.statistics) }
        }

        private func report(_ statistics: DatasetStatistics) {
            let splits = (Split.allCases.map(\.rawValue) + ["none"]).filter { statistics.splits[$0] != nil }
            let rows = statistics.classes.map { counts in
                [counts.name, "\(counts.objects)", "\(counts.images)"] + splits.map { "\(counts.splits[$0] ?? 0)" }
            }
            common.terminal.say(
                "\(statistics.name): \(statistics.images) images (\(statistics.emptyImages) without objects, "
                    + "\(statistics.unreadableImages) unreadable), \(statistics.objects) objects")
            print(table(["class", "objects", "images"] + splits, rows))
        }
    }
}
