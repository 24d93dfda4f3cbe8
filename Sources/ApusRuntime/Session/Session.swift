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
        /// Whether only the portable kernels run, for comparison.
        public var usesGenericKernels: Bool

        public init(
            threads: Int = availableCores, optimizes: Bool = true, memoryLimit: Int = 8 << 30,
            usesGenericKernels: Bool = false
        ) {
            (self.threads, self.optimizes) = (threads, optimizes)
            (self.memoryLimit, self.usesGenericKernels) = (memoryLimit, usesGenericKernels)
        }
    }

    /// What `run` must be given, in the order of the file.
    public let inputs: [TensorFact]
    /// What `run` returns, in the order of the file.
    public let outputs: [TensorFact]

    private let program: Program
    private let threads: ThreadPool
    private let options: Options
    /// Buffers of runs that ended, for those to come.
    private let workspaces = Mutex<[Workspace]>([])

    public init(model: Model, options: Options = Options()) throws(RuntimeError) {
        self.options = options
        threads = ThreadPool(threads: options.threads)
        let context = ExecutionContext(
            threads: threads, cpu: options.usesGenericKernels ? APUS_GENERIC : apus_best_cpu(),
            workspace: Workspace(limit: options.memoryLimit))
        do throws(GraphError) { try Checker.check(model) } catch { throw .graph(error) }
        inputs = try model.graph.requiredInputs.map { info throws(RuntimeError) in try TensorFact(info) }
        outputs = try model.graph.outputs.map { info throws(RuntimeError) in try TensorFact(info) }
        let graph = options.optimizes ? try optimized(model, context) : model.graph
        program = try Program(graph, opsets: model.opsetImports, context)
    }

    /// Runs the model.
    ///
    /// - Parameter inputs: an array for each of `self.inputs`, by name.
    /// - Returns: an array for each of `outputs`, by name.
    public func run(_ inputs: [String: NDArray]) throws(RuntimeError) -> [String: NDArray] {
        try run(inputs, observer: nil)
    }

    /// Runs the model and measures each node.
    public func profile(
        _ inputs: [String: NDArray]
    ) throws(RuntimeError) -> (outputs: [String: NDArray], nodes: [NodeTiming]) {
        var timings: [NodeTiming] = []
        let outputs = try run(inputs) { timings.append($0) }
        return (outputs, timings)
    }

    /// The nodes that run, after all passes, as "type name".
    public var plan: [String] { program.steps.map { "\($0.node.operatorType) \($0.node.label)" } }

    private func run(
        _ inputs: [String: NDArray], observer: ((NodeTiming) -> Void)?
    ) throws(RuntimeError) -> [String: NDArray] {
        try check(inputs)
        let workspace = workspaces.withLock { $0.popLast() } ?? Workspace(limit: options.memoryLimit)
        defer {
            workspace.finishRun()
            workspaces.withLock { $0.append(workspace) }
        }
        let context = ExecutionContext(
            threads: threads, cpu: options.usesGenericKernels ? APUS_GENERIC : apus_best_cpu(), workspace: workspace)
        return try program.run(inputs, context, observer: observer)
    }

    private func check(_ arrays: [String: NDArray]) throws(RuntimeError) {
        let names = inputs.map(\.name)
        for name in arrays.keys.sorted() where !names.contains(name) {
            throw .unknownInput(name, expected: names)
        }
        for fact in inputs {
            guard let array = arrays[fact.name] else { throw .missingInput(fact.name, expected: names) }
            try fact.check(array)
        }
    }
}
