import ApusCommands
import ApusDatasets
import ArgumentParser

extension Fault.Severity: ExpressibleByArgument {}

extension DataCommand {
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List everything that is wrong with a dataset.",
            discussion: """
                Reads every image and label of a dataset.yaml, or of a folder or label file of one of the formats, and \
                writes nothing. Errors lose labels or make results wrong (damaged files, boxes outside, images that \
                are in two splits); warnings are probably not meant so (near duplicates, misspelt classes, tiny \
                boxes); notes are worth knowing.

                  apus data check datasets/bccd/dataset.yaml
                  apus data check export --fail-on error --json

                Exit status: 0 nothing as bad as --fail-on, 1 something is, 2 nothing that can be read.
                """)

        @Argument(help: "A dataset.yaml, a folder or a label file.", completion: .file()) var source: String
        @Argument(help: "Values that stand in for the description's own.") var overrides: [String] = []
        @Option(help: "The source's format, where it is not as it looks.") var from: SourceFormat?
        @Option(help: "The least that ends with status 1: note, warning or error.") var failOn = Fault.Severity.warning
        @Option(help: "At most this many lines of each kind; 0 for all.") var limit = 20
        @Option(help: "The longer side, in pixels, of the images that training will see.") var inputSize = 640
        @Flag(inversion: .prefixedNo, help: "Look for images that look alike.") var duplicates = true
        @Flag(help: "Read paths that lead out of the dataset's folder, too.") var allowOutside = false
        @Flag(help: "Print one JSON object.") var json = false
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard limit >= 0 else { throw ValidationError("--limit is \(limit); choose 0 or more.") }
            guard inputSize > 0 else { throw ValidationError("--input-size is \(inputSize); choose a number above 0.") }
        }

        func run() throws {
            let dataset = try NamedDataset(source, format: from, overrides: overrides, allowsOutside: allowOutside)
            var options = CheckOptions()
            (options.findsDuplicates, options.inputSize) = (duplicates, inputSize)
            let bar = ProgressBar("check", terminal: common.terminal)
            let result = try DatasetCheck.run(
                dataset, options: options, progress: { done, total in bar.update(done, of: total) })
            bar.finish()
            if json { try printJSON(result) } else { report(result) }
            if let worst = result.worst, worst >= failOn { throw ExitCode(1) }
        }

        private func report(_ result: CheckResult) {
            common.terminal.say(
                "\(result.name): \(result.images) images, \(result.annotations) annotations, "
                    + "\(result.classes.count) classes")
            var shown = [Fault.Kind: Int]()
            for fault in result.faults {
                shown[fault.kind, default: 0] += 1
                guard limit == 0 || shown[fault.kind, default: 0] <= limit else { continue }
                print("\(fault.kind.severity.rawValue): \(fault)")
            }
            for kind in Fault.Kind.allCases where limit > 0 && shown[kind, default: 0] > limit {
                print("\(kind.severity.rawValue): \(shown[kind, default: 0] - limit) more of \(kind.rawValue)")
            }
            let counts = Fault.Severity.allCases.reversed().map {
                "\(result.severities[$0.rawValue] ?? 0) \($0.rawValue)s"
            }
            common.terminal.say(counts.joined(separator: ", "))
        }
    }
}
