import ApusCore
import ApusInference
import ApusArguments

struct Conformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the test cases of the ONNX project.",
        discussion: """
            DIR is a case (model.onnx and test_data_set_N/{input,output}_K.pb), a folder of cases such as node, or \
            the folder above it. A case passes where every output has the expected type and shape, and every number \
            is within 1e-7 + 0.001 of the expected one (and what float32 rounds of the largest), on each set of \
            kernels, in a first run and in one that repeats the kernel calls of another; numbers drawn at random are \
            not compared. A model that is refused with an error counts as skipped; with --manifest it fails unless \
            it is listed there.

            Examples:
              apus-infer conformance onnx/backend/test/data
              apus-infer conformance data/node/test_abs --kernels reference
              apus-infer conformance data --manifest refused.txt --quiet

            Exit status: 0 no case failed, 1 a case failed, 2 a bad argument, or no case at all.
            """)

    enum Kernels: String, CaseIterable, ExpressibleByArgument {
        case reference, optimized, both

        var sets: [KernelSet] {
            switch self {
            case .reference: [.reference]
            case .optimized: [.optimized]
            case .both: KernelSet.allCases
            }
        }
    }

    @Argument(help: ArgumentHelp("Folders of cases.", valueName: "dir"))
    var folders: [String]

    @Option(help: "The kernels that must pass: the readable ones, the fast ones, or both.")
    var kernels = Kernels.both

    @Option(
        help: ArgumentHelp("The cases that may be refused; any other that is refused fails.", valueName: "file"))
    var manifest: String?

    @Option(
        help: ArgumentHelp("Write the refused cases and their reasons to this file.", valueName: "file"))
    var writeManifest: String?

    @OptionGroup var threads: ThreadsOption

    @Flag(help: "Print JSON: an object for each case, then one of the counts.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print failures and the counts only.")
    var quiet = false

    func run() throws {
        let allowed = try manifest.map { path in try RefusalManifest(contentsOf: path) }
        var cases: [ConformanceCase] = []
        for folder in folders { cases += try ConformanceCase.list(at: folder) }
        guard !cases.isEmpty else {
            throw ValidationError("No case in \(folders.joined(separator: ", ")); expected folders with model.onnx.")
        }
        var report = ConformanceReport(allowed: allowed, format: json ? .json : .lines, isQuiet: quiet)
        for item in cases { report.add(item.name, item.verdict(on: kernels.sets, threads: threads.count)) }
        try writeManifest.map { path in try report.refused.write(to: path) }
        try report.finish()
    }
}
