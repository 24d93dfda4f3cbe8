import ApusArguments
import ApusCore
import ApusInference
import ApusONNX
import ApusRuntime

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two models, two sets of kernels, or two runtimes, node by node.",
        discussion: """
            With two models both run on the same inputs; their outputs are paired in their order, the values between \
            nodes by name. With one model the optimized run is compared with the readable kernels' run of the graph as \
            written, or with --saved with the arrays that another runtime wrote (NAME.npy, “/” as “_”). The table has \
            the outputs and what differs by more than the tolerance; --nodes shows every value. max_rel is \
            |a − b| / max(1, |a|). Without --input both get the same seeded arrays.

            Examples:
              apus-infer compare garments/1 garments/2
              apus-infer compare a.onnx b.onnx --input images=x.npy --tolerance 1e-4 --json
              apus-infer compare model.onnx --nodes
              apus-infer compare model.onnx --saved outputs --input images=x.npy

            Exit status: 0 the outputs agree, 1 they differ by more than the tolerance, 2 a bad model or argument.
            """)

    @Argument(help: "The model: FILE.onnx, NAME/VERSION or NAME@ALIAS.") var first: String
    @Argument(help: "Another to compare it with.") var second: String?
    @OptionGroup var workspace: WorkspaceOption

    @Option(help: ArgumentHelp("Compare with the arrays in this folder instead.", valueName: "dir"))
    var saved: String?

    @Option(help: ArgumentHelp("An input and the array it gets; once for each input.", valueName: "name=file.npy"))
    var input: [NamedValue] = []

    @Option(help: ArgumentHelp("The shape of an input, where the model leaves it open.", valueName: "name=extents"))
    var shape: [NamedValue] = []

    @Option(help: "The largest max_rel that counts as agreement.")
    var tolerance = 1e-3

    @OptionGroup var threads: ThreadsOption

    @Flag(help: "Show every value that both sides have.")
    var nodes = false

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print nothing; the exit status tells.")
    var quiet = false

    func validate() throws {
        guard tolerance >= 0, tolerance.isFinite else {
            throw ValidationError("--tolerance is \(tolerance); choose a number from 0 upwards.")
        }
        guard saved == nil || second == nil else {
            throw ValidationError("--saved takes the place of a second model; give one of the two.")
        }
    }

    func run() throws {
        let differences = try compared().differences
        let report = ComparisonReport(differences: differences, tolerance: tolerance, showsAll: nodes)
        if !quiet { Console.write(json ? report.json.text : report.text) }
        if !report.outputsAgree { throw ExitStatus.incomplete }
    }

    private func compared() throws -> Comparison {
        let model = try Model(contentsOf: workspace.file(for: first))
        let session = try Session(model: model, options: KernelSet.optimized.options(threads: threads.count))
        let inputs = try inputs(of: session)
        if let saved {
            let names = model.graph.nodes.flatMap(\.outputs)
            let side = try ComparedSide(folder: saved, names: names, outputs: session.outputValues.map(\.name))
            return try Comparison(side, session, inputs)
        }
        guard let second else {
            let reference = try Session(model: model, options: KernelSet.reference.options(threads: threads.count))
            return try Comparison(ComparedSide(reference, inputs), session, inputs)
        }
        let other = try Model(contentsOf: workspace.file(for: second))
        let otherSession = try Session(model: other, options: KernelSet.optimized.options(threads: threads.count))
        return try Comparison(ComparedSide(session, inputs), otherSession, inputs)
    }

    private func inputs(of session: Session) throws -> [String: ModelValue] {
        let given = try input.dictionary(option: "--input").mapValues { try NPYFile.read($0) }
        let samples = try SampleInputs(shape)
        let arrays = given.isEmpty ? try samples.arrays(for: session.inputs) : given
        return arrays.mapValues(ModelValue.tensor)
    }
}
