import ApusCommands
import ApusDatasets
import ArgumentParser

extension SplitDescription.Method: ExpressibleByArgument {}

extension DataCommand {
    struct Divide: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "split", abstract: "Divide a dataset into train, val and test, and write it down.",
            discussion: """
                Writes a table of file names and splits, which `splits: {method: file, file: splits.csv}` reads. \
                Images that the table lists already stay where they are, so a dataset can grow.

                  apus data split datasets/raccoon/dataset.yaml --method stratified --output splits.csv
                  apus data split frames --method grouped --group '^([^_]+)_' --output splits.csv

                Exit status: 0 done, 2 nothing that can be read, or the table cannot be written: then it is as it was.
                """)

        @Argument(help: "A dataset.yaml, a folder or a label file.", completion: .file()) var source: String
        @Argument(help: "Values that stand in for the description's own.") var overrides: [String] = []
        @Option(help: "The source's format, where it is not as it looks.") var from: SourceFormat?
        @Option(help: "random, stratified or grouped; the description's where not given.")
        var method: SplitDescription.Method?
        @Option(help: "grouped: a regular expression that finds the group in a name; without, the folder.")
        var group: String?
        @Option(help: "Three fractions with sum 1: train,val,test.") var fractions: String?
        @Option(help: "The seed of the choice.") var seed: UInt64?
        @Option(help: "The table to write or to add to.", completion: .file(extensions: ["csv"])) var output: String
        @Flag(help: "Print one JSON object.") var json = false
        @OptionGroup var common: CommonOptions

        func run() throws {
            let dataset = try NamedDataset(source, format: from, overrides: overrides + splitOverrides)
            let result = try DatasetDivision.run(dataset, splits: dataset.description.splits, output: output)
            if json { return try printJSON(result) }
            let splits = Split.allCases.map(\.rawValue)
            common.terminal.say(
                "\(output): " + splits.map { "\($0) \(result.splits[$0] ?? 0)" }.joined(separator: ", ")
                    + " images; \(result.kept) stayed, \(result.added) are new")
            let rows = result.objects.sorted { $0.key < $1.key }.map { name, counts in
                [name] + splits.map { "\(counts[$0] ?? 0)" }
            }
            print(table(["class"] + splits, rows))
        }

        private var splitOverrides: [String] {
            var overrides = [String]()
            if let method { overrides.append("splits.method=\(method.rawValue)") }
            if let group { overrides.append("splits.group='\(group.split(separator: "'").joined(separator: "''"))'") }
            if let seed { overrides.append("splits.seed=\(seed)") }
            let parts = fractions?.split(separator: ",").map(String.init) ?? []
            return overrides + zip(["train", "val", "test"], parts).map { "splits.\($0)=\($1)" }
        }

        func validate() throws {
            let parts = fractions?.split(separator: ",").compactMap { Double($0) }
            guard parts == nil || parts?.count == 3 else {
                throw ValidationError("--fractions is '\(fractions ?? "")'; give three numbers, such as 0.8,0.1,0.1.")
            }
        }
    }
}
