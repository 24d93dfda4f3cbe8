import ApusCommands
import ApusCore
import ApusDatasets
import ApusVision
import ArgumentParser

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Look into datasets, turn one format into another, and keep versions.",
        subcommands: [
            Check.self, Stats.self, Convert.self, Divide.self, Extract.self, Preview.self, Versions.self,
            Diff.self, Verify.self, Restore.self, Collect.self,
        ])

    struct Extract: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write images of a prepared dataset as files.",
            discussion: """
                  apus data extract datasets/garments/dataset.yaml --split test --limit 12 --output scenes --draw
                """)

        @Argument(help: "A dataset.yaml.", completion: .file(extensions: ["yaml"])) var description: String
        @Option(help: "train, val or test.") var split = Split.test
        @Option(help: "At most this many images, the first of the split.") var limit = Int.max
        @Option(help: "The folder to write to.", completion: .directory) var output: String
        @Flag(help: "Draw the labelled boxes.") var draw = false
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is \(limit); choose a number above 0.") }
        }

        func run() throws {
            let dataset = try preparedDataset(description, terminal: Terminal(isQuiet: true))
            try FileSystem.createFolder(output)
            let indices = dataset.indices(of: split).prefix(limit)
            var used = Set<String>()
            for index in indices { try write(index, of: dataset, used: &used) }
            common.terminal.say("\(indices.count) images of \(split.rawValue) are in \(output)")
        }

        private func write(_ index: Int, of dataset: PreparedDataset, used: inout Set<String>) throws {
            let record = dataset.record(index)
            let stem = freeStem(of: FileSystem.fileName(of: record.name), used: &used)
            let image = try dataset.image(index)
            let labels = labels(of: record, names: dataset.classNames)
            let shown = draw ? image.drawing(boxes: labels, enlargedTo: 512) : image
            try FileSystem.writeWhole(shown.pngData(), to: "\(output)/\(stem).png")
        }

        /// The image's name without its ending; where two folders have images of one name, the second gets a number.
        private func freeStem(of name: String, used: inout Set<String>) -> String {
            let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
            var (candidate, number) = (stem, 2)
            while !used.insert(candidate).inserted { (candidate, number) = ("\(stem)-\(number)", number + 1) }
            return candidate
        }

        private func labels(of record: PreparedDataset.Record, names: [String]) -> [(BoundingBox, String, Color)] {
            record.boxes.map { ($0.box, names[$0.label], Color.palette($0.label)) }
        }
    }
}

extension Split: ExpressibleByArgument {}
