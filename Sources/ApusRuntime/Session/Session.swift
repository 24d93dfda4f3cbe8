import ApusCore
import ApusONNX
import CApusKernels

/// A model made ready to run: weights packed, operators fused, memory reused. Safe to use from several tasks at once.
///
///     let session = try Session(model: Model(contentsOf: "model.onnx"))
///     let outputs = try session.run(["images": pixels])
public final class Session: Sendable {
    public struct Options: Sendable {
        /// How many threads work on one run.
        public var threads: Int
        /// Whether graph passes fold and fuse; without them each node runs as written.
        public var optimizes: Bool
        /// The most bytes that values of one run may take at once.
        public var memoryLimit: Int
        /// The most nodes that one run may execute, those in each round of a loop counted again.
        public var stepLimit: Int
        /// The kernels to run on; a set that the processor lacks is replaced by the best that it has.
        public var instructions: InstructionSet

        public init(
            threads: Int = availableCores, optimizes: Bool = true, memoryLimit: Int = 8 << 30,
            stepLimit: Int = 1 << 24, instructions: InstructionSet = .best
        ) {
            (self.threads, self.optimizes) = (threads, optimizes)
            (self.memoryLimit, self.stepLimit) = (memoryLimit, stepLimit)
            self.instructions = InstructionSet.supported.contains(instructions) ? instructions : .best
        }
    }

    /// What `run` must be given, in the order of the file.
    public let inputValues: [ValueFact]
    /// What `run` returns, in the order of the file.
    public let outputValues: [ValueFact]

    /// Those of `inputValues` that are tensors of numbers: all of them in most models.
    public var inputs: [TensorFact] { inputValues.compactMap(\.tensor) }
    /// Those of `outputValues` that are tensors of numbers.
    public var outputs: [TensorFact] { outputValues.compactMap(\.tensor) }

    private let program: Program
    /// Whether the program has `float32` wherever the model has 16-bit floats.
    private let widensHalves: Bool
    private let threads: ThreadPool
    private let options: Options
    /// Buffers of runs that ended, for those to come.
    private let workspaces = Mutex<[Workspace]>([])

    public init(model: Model, options: Options = Options()) throws(RuntimeError) {
        self.options = options
        threads = ThreadPool(threads: options.threads)
        let context = ExecutionContext(
            threads: threads, cpu: options.instructions.cpu,
            workspace: Workspace(limit: model.graph.loadingLimit(options.memoryLimit)))
        do throws(GraphError) {
            try Checker.check(model)
            try model.refuseFusedOperators()
        } catch {
            throw .graph(error)
        }
        inputValues = try model.graph.requiredInputs.map { info throws(RuntimeError) in try ValueFact(info) }
        outputValues = try model.graph.outputs.map { info throws(RuntimeError) in try ValueFact(info) }
        let whole: Model
        do throws(GraphError) { whole = try model.inlined() } catch { throw .graph(error) }
        let wide = options.optimizes ? whole.graph.inFloat32 : nil
        widensHalves = wide != nil
        program = try Compilation(opsets: model.opsetImports, optimizes: options.optimizes, context).program(
            of: wide ?? whole.graph)
    }

    /// Runs a model that takes and gives arrays of numbers.
    ///
    /// - Parameter inputs: an array for each of `inputValues`, by name.
    /// - Returns: an array for each of `outputValues`, by name.
    public func run(_ inputs: [String: NDArray]) throws(RuntimeError) -> [String: NDArray] {
        var outputs: [String: NDArray] = [:]
        try run(inputs, into: &outputs)
        return outputs
    }

    /// Runs a model that takes and gives arrays of numbers, and writes its results where those of an earlier run are.
    ///
    /// From the third run on inputs of the same shapes, and as long as nobody else holds the arrays of `outputs`,
    /// nothing is allocated, if the model is one whose computation follows from shapes alone: most vision models are.
    public func run(
        _ inputs: [String: NDArray], into outputs: inout [String: NDArray]
    ) throws(RuntimeError) {
        let workspace = takeWorkspace()
        defer { giveBack(workspace) }
        if let replay = workspace.replay, replay.run(inputs, into: &outputs) { return }
        outputs = try arrays(try run(inputs.mapValues(ModelValue.tensor), workspace, observer: nil))
    }

    /// Runs any model: one with texts, sequences or optional values among its inputs or outputs, too.
    ///
    /// - Parameter values: a value for each of `inputValues`, by name; optional ones may be left out.
    /// - Returns: a value for each of `outputValues`, by name.
    public func run(values: [String: ModelValue]) throws(RuntimeError) -> [String: ModelValue] {
        try run(values, observer: nil)
    }

    /// Runs the model and measures each node.
    public func profile(
        _ inputs: [String: NDArray]
    ) throws(RuntimeError) -> (outputs: [String: NDArray], nodes: [NodeTiming]) {
        var timings: [NodeTiming] = []
        let outputs = try run(inputs.mapValues(ModelValue.tensor)) { node in
            timings.append(NodeTiming(name: node.name, operatorType: node.operatorType, seconds: node.seconds))
        }
        return (try arrays(outputs), timings)
    }

    /// Runs the model and tells `observer` of each node of the main graph when it has ended: for profiles, and for the
    /// values between nodes. What nodes are fused into one is seen as one.
    public func run(
        values: [String: ModelValue], observing observer: @escaping (NodeRun) -> Void
    ) throws(RuntimeError) -> [String: ModelValue] {
        try run(values, observer: observer)
    }

    /// The nodes that run, after all passes, as "type name".
    public var plan: [String] { program.steps.map { "\($0.node.operatorType) \($0.node.label)" } }

    /// Whether the next run on inputs of the last one's shapes will repeat its kernel calls.
    var isReplaying: Bool { workspaces.withLock { $0.last?.replay != nil } }

    private func run(
        _ inputs: [String: ModelValue], observer: ((NodeRun) -> Void)?
    ) throws(RuntimeError) -> [String: ModelValue] {
        let workspace = takeWorkspace()
        defer { giveBack(workspace) }
        return try run(inputs, workspace, observer: observer)
    }

    private func takeWorkspace() -> Workspace {
        workspaces.withLock { $0.popLast() }
            ?? Workspace(limit: options.memoryLimit, stepLimit: options.stepLimit, pages: LargePages())
    }

    private func giveBack(_ workspace: Workspace) {
        workspace.finishRun()
        workspaces.withLock { $0.append(workspace) }
    }

    private func run(
        _ inputs: [String: ModelValue], _ workspace: Workspace, observer: ((NodeRun) -> Void)?
    ) throws(RuntimeError) -> [String: ModelValue] {
        let arguments = try arguments(inputs)
        let records = observer == nil && workspace.isRecordable && program.isSettled && !widensHalves
        workspace.beginRun(isNoted: records)
        let context = ExecutionContext(
            threads: threads, cpu: options.instructions.cpu, workspace: workspace,
            recording: records ? Recording() : nil)
        var results = try program.run(
            widensHalves ? context.widenedInputs(arguments) : arguments, context, observer: observer)
        if widensHalves { results = try context.narrowedOutputs(results, outputValues) }
        var outputs = results.map(context.output)
        if let recording = context.recording {
            workspace.keep(
                Replay(
                    recording, zip(inputValues, arguments).map { ($0.name, $1) },
                    zip(outputValues, outputs).map { ($0.name, $1) }, threads))
            if workspace.isRecordable { outputs = outputs.map(\.copied) }
        }
        return Dictionary(
            zip(outputValues, outputs).map { ($0.name, $1) }, uniquingKeysWith: { first, _ in first })
    }

    private func arrays(_ values: [String: ModelValue]) throws(RuntimeError) -> [String: NDArray] {
        var arrays: [String: NDArray] = [:]
        for (name, value) in values {
            guard let array = value.array else { throw .outputKind(name, found: value.kind) }
            arrays[name] = array
        }
        return arrays
    }

    /// What is given, checked, in the order of `inputValues`.
    private func arguments(_ values: [String: ModelValue]) throws(RuntimeError) -> [AnyValue?] {
        let names = inputValues.map(\.name)
        for name in values.keys.sorted() where !names.contains(name) {
            throw .unknownInput(name, expected: names)
        }
        var arguments: [AnyValue?] = []
        for fact in inputValues {
            guard let value = values[fact.name] ?? (fact.isOptional ? .optional(nil) : nil) else {
                throw .missingInput(fact.name, expected: names)
            }
            try fact.check(value)
            arguments.append(AnyValue(value))
        }
        return arguments
    }
}

extension Graph {
    /// How many bytes may be packed and folded while the model is made ready: `limit`, and some for each of its own.
    fileprivate func loadingLimit(_ limit: Int) -> Int {
        let (sum, overflow) = limit.addingReportingOverflow(16 * constantByteCount)
        return overflow ? .max : sum
    }

    private var constantByteCount: Int {
        initializers.values.reduce(0) { $0 + $1.byteCount }
            + nodes.reduce(0) { sum, node in
                node.attributes.values.reduce(sum) { sum, attribute in
                    if case .tensor(let array) = attribute { sum + array.byteCount } else { sum }
                } + node.subgraphs.reduce(0) { $0 + $1.constantByteCount }
            }
    }
}

extension Model {
    /// What passes make of several operators is trusted to fit; no file may ask for it.
    fileprivate func refuseFusedOperators() throws(GraphError) {
        for imports in [opsetImports] + functions.map(\.opsetImports) {
            guard let opset = imports[fusedDomain] else { continue }
            throw .unsupportedOperator("\(fusedDomain).*", opset: opset, node: "the model's opset imports")
        }
    }
}
