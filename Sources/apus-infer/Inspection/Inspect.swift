import ApusArguments
import ApusConfiguration
import ApusCore
import ApusONNX
import ApusRuntime

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is in a model: inputs, outputs, operators, shapes, size, memory, time.",
        discussion: """
            The file is read first; then the model runs once on seeded arrays, which shows the shape of every value and \
            the memory that is needed. A model that does not run is described as far as its file goes. GFLOP/s counts \
            the operations of the definition, so that a faster algorithm may pass the processor's peak.

            Examples:
              apus-infer inspect garments@production
              apus-infer inspect model.onnx --nodes --json
              apus-infer inspect model.onnx --profile --threads 1 --shape images=1,3,640,640
              apus-infer inspect model.onnx --trace trace.json

            Exit status: 0 done, 1 the model was to be profiled and does not run, 2 a bad model or argument.
            """)

    @OptionGroup var model: ModelArgument

    @Flag(help: "List every node with its shape and operations.")
    var nodes = false

    @Flag(help: "List how long each node takes, the slowest first.")
    var profile = false

    @Option(
        help: ArgumentHelp("Write the runs' times to this file, which chrome://tracing opens.", valueName: "file"))
    var trace: String?

    @Option(help: "How many runs a profile measures.")
    var runs = 10

    @Option(help: ArgumentHelp("The shape of an input, where the model leaves it open.", valueName: "name=extents"))
    var shape: [NamedValue] = []

    @OptionGroup var threads: ThreadsOption
    @OptionGroup var instructions: InstructionsOption

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but results and problems.")
    var quiet = false

    func validate() throws {
        guard (1...100_000).contains(runs) else {
            throw ValidationError("--runs is \(runs); choose a number from 1 to 100000.")
        }
    }

    private var mustRun: Bool { profile || trace != nil }

    func run() throws {
        let file = try Model(contentsOf: model.file())
        let summary = GraphSummary(file)
        let samples = try SampleInputs(shape)
        try samples.check(against: summary.inputs.map(\.name))
        do {
            let (profile, memory) = try measured(file, samples, weights: summary.parameterBytes)
            try show(summary, profile, memory)
        } catch let error where error is RuntimeError || error is ValidationError {
            try show(summary)
            let console = Console(isQuiet: quiet)
            guard mustRun else { return console.note("not run: \(error)") }
            console.problem("\(error)")
            throw ExitStatus.incomplete
        }
    }

    private func measured(
        _ model: Model, _ samples: SampleInputs, weights: Int
    ) throws -> (profile: Profile, memory: MemoryPlan) {
        let before = MemoryPlan.ownBytes()
        let session = try Session(
            model: model, options: .init(threads: threads.count, instructions: instructions.chosen))
        let packed = max(MemoryPlan.ownBytes() - before, 0)
        let profile = try Profile(session, samples.arrays(for: session.inputs), runs: mustRun ? runs : 1)
        return (profile, MemoryPlan(weights: weights, packed: packed, profile.nodes))
    }

    private func show(_ summary: GraphSummary) throws {
        let report = InspectionReport(summary: summary, run: nil)
        Console.write(json ? try Configuration.encodeJSON(report) : summary.description)
    }

    private func show(_ summary: GraphSummary, _ profile: Profile, _ memory: MemoryPlan) throws {
        if let trace {
            try FileSystem.writeWhole(ChromeTrace(profile).json.text, to: trace)
            Console(isQuiet: quiet).note("\(trace): open it in chrome://tracing")
        }
        guard !json else {
            let run = InspectionReport.Run(
                threads: threads.count, kernels: instructions.chosen.rawValue, milliseconds: profile.milliseconds,
                memory: memory, nodes: profile.nodes)
            return Console.write(try Configuration.encodeJSON(InspectionReport(summary: summary, run: run)))
        }
        Console.write(summary.description)
        Console.write(InspectionReport.lines(of: memory, profile))
        let table = ProfileTable(profile: profile)
        if nodes { Console.write("\n" + table.nodes) }
        if self.profile {
            let time = "\(fixed(profile.milliseconds, digits: 2)) ms, threads \(threads.count), "
            Console.write("\n\(time)\(instructions.chosen.rawValue) kernels, median of \(runs)\n\n" + table.times)
        }
    }
}
