import ApusCore
import ApusONNX

/// A graph as a list of steps over numbered values.
struct Program: Sendable {
    struct Step: Sendable {
        let node: Node
        var run: Executor
        /// Slots; `nil` where an optional input is left out or an output is not wanted. What the node's subgraphs take
        /// from this graph comes after the node's own inputs.
        let inputs: [Int?]
        let outputs: [Int?]
        /// Slots that nobody reads after this step.
        var releases: [Int] = []
    }

    private(set) var steps: [Step] = []
    /// One entry a slot: constants are filled in, the rest is `nil`.
    private var initial: [AnyValue?] = []
    /// Types and shapes of constants, those too that live on in packed form alone.
    private var constants: [Int: NodeValue.TensorKind] = [:]
    private let inputs: [Slot]
    private let outputs: [Slot]
    /// The step that makes each slot's value.
    private(set) var producers: [Int: Int] = [:]
    private let placements = ImagePlacements()

    private struct Slot: Sendable {
        let name: String
        let index: Int
    }

    /// - Parameter inputs: the names of what `run` is given, in order.
    init(_ graph: Graph, inputs names: [String], _ compilation: Compilation) throws(RuntimeError) {
        let nodes: [Node]
        do throws(GraphError) { nodes = try graph.sortedNodes() } catch { throw .graph(error) }
        var slots = SlotTable(graph)
        inputs = names.map { Slot(name: $0, index: slots[$0]) }
        for node in nodes {
            let (run, captures) = try compilation.makeExecutor(for: node, in: graph)
            let inputs = (node.inputs + captures).map { $0.isEmpty ? nil : slots[$0] }
            steps.append(
                Step(node: node, run: run, inputs: inputs, outputs: node.outputs.map { $0.isEmpty ? nil : slots[$0] }))
        }
        outputs = graph.outputs.map { Slot(name: $0.name, index: slots[$0.name]) }
        initial = slots.values
        constants = Dictionary(
            uniqueKeysWithValues: initial.enumerated().compactMap { slot, value in
                value?.kindOfTensor.map { (slot, $0) }
            })
        for (index, step) in steps.enumerated() {
            for case let slot? in step.outputs { producers[slot] = index }
        }
        planReleases()
        try prepare(compilation.context)
    }

    /// A value's memory is free after the last step that reads it, or after the step that makes it where none does.
    private mutating func planReleases() {
        var lastUse = [Int: Int]()
        for (index, step) in steps.enumerated() {
            for slot in step.outputs.compactMap({ $0 }) + step.inputs.compactMap({ $0 }) { lastUse[slot] = index }
        }
        let kept = Set(outputs.map(\.index) + inputs.map(\.index))
        for (slot, index) in lastUse where !kept.contains(slot) && initial[slot] == nil {
            steps[index].releases.append(slot)
        }
    }

    /// Lets every operator see its constants, several at a time: packing weights is most of what loading costs.
    private mutating func prepare(_ context: ExecutionContext) throws(RuntimeError) {
        let constants = initial
        let failure = Mutex<RuntimeError?>(nil)
        let prepared = Mutex((runs: steps.map(\.run), byteCount: 0))
        let steps = self.steps
        let limit = context.workspace.limit
        parallelFor(steps.count, threads: context.threads.count) { index in
            let step = steps[index]
            let arrays = step.inputs.map { slot in slot.flatMap { constants[$0]?.constantArray } }
            guard arrays.contains(where: { $0 != nil }) else { return }
            let context = ExecutionContext(
                threads: ThreadPool(threads: 1), cpu: context.cpu, workspace: Workspace(limit: limit))
            var run = step.run
            do throws(OperatorError) {
                try run.prepare(arrays, context)
                for array in arrays { array?.storage.evict() }
                let ready = run, byteCount = context.workspace.settle()
                let total = prepared.withLock {
                    $0.runs[index] = ready
                    $0.byteCount += byteCount
                    return $0.byteCount
                }
                guard total <= limit else { throw .memory(bytes: byteCount, limit: limit) }
            } catch {
                failure.withLock { $0 = $0 ?? RuntimeError(error, in: step.node) }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        let (ready, byteCount) = prepared.withLock { $0 }
        guard context.workspace.keep(byteCount) else {
            throw .memory(bytes: byteCount, limit: limit, operatorType: "graph", node: "constants")
        }
        for index in steps.indices { self.steps[index].run = ready[index] }
        dropAbsorbedConstants()
    }

    /// Weights that live on in packed form alone need no second copy.
    private mutating func dropAbsorbedConstants() {
        var needed = Set(outputs.map(\.index))
        for step in steps {
            let absorbed = step.run.absorbedInputs
            for (index, slot) in step.inputs.enumerated() where !absorbed.contains(index) {
                if let slot { needed.insert(slot) }
            }
        }
        for slot in initial.indices where !needed.contains(slot) { initial[slot] = nil }
    }

    /// Whether later runs compute as the next one will: the first looks where images belong.
    var isSettled: Bool { placements.known != nil }

    /// The outputs for `arguments`, one for each input, in order.
    func run(
        _ arguments: [AnyValue?], _ context: ExecutionContext, observer: ((NodeRun) -> Void)? = nil
    ) throws(RuntimeError) -> [AnyValue] {
        var values = initial
        for (input, argument) in zip(inputs, arguments) { values[input.index] = argument }
        let known = placements.known
        var seen: [SeenValue?] = known == nil ? Array(repeating: nil, count: values.count) : []
        for (index, step) in steps.enumerated() {
            let context = place(known?[index], in: values, context)
            if let observer {
                observer(try observedRun(step, &values, context))
            } else {
                try compute(step, &values, context)
            }
            if known == nil { look(at: step, values, &seen) }
            keepWhole(known?[index], of: step, &values)
            release(step, &values, context.workspace)
        }
        if known == nil { placements.settle(findPlacements(seen)) }
        var results: [AnyValue] = []
        for output in outputs {
            guard let value = values[output.index] else {
                throw .graph(.undefinedValue(output.name, node: "the graph's outputs"))
            }
            results.append(value)
        }
        return results
    }

    /// The context in which a step writes its image where it belongs.
    private func place(
        _ placement: ImagePlacements.Placement?, in values: [AnyValue?], _ context: ExecutionContext
    ) -> ExecutionContext {
        guard let placement else { return context }
        var whole: Value?
        if case .tensor(let value)? = values[placement.whole] { whole = value }
        var context = context
        context.destination = ImagePart(
            whole: whole, channel: placement.channel, count: placement.count, total: placement.total)
        return context
    }

    /// The whole that a step has made for its part stays for the others.
    private func keepWhole(_ placement: ImagePlacements.Placement?, of step: Step, _ values: inout [AnyValue?]) {
        guard let placement, values[placement.whole] == nil, let slot = step.outputs.first ?? nil,
            case .tensor(let part)? = values[slot]
        else { return }
        values[placement.whole] = part.whole(around: placement.channel, of: placement.total).map(AnyValue.tensor)
    }

    private func look(at step: Step, _ values: [AnyValue?], _ seen: inout [SeenValue?]) {
        for case let slot? in step.inputs + step.outputs where seen[slot] == nil {
            if case .tensor(let value)? = values[slot] { seen[slot] = SeenValue(value) }
        }
    }

    private func observedRun(
        _ step: Step, _ values: inout [AnyValue?], _ context: ExecutionContext
    ) throws(RuntimeError) -> NodeRun {
        let start = monotonicSeconds()
        try compute(step, &values, context)
        let seconds = monotonicSeconds() - start
        let workspace = context.workspace
        return NodeRun(
            name: step.node.label, operatorType: step.node.operatorType, start: start, seconds: seconds,
            inputs: observed(step.inputs, step.node.inputs, values, context),
            outputs: observed(step.outputs, step.node.outputs, values, context),
            heldBytes: workspace.limit - workspace.room)
    }

    private func observed(
        _ slots: [Int?], _ names: [String], _ values: [AnyValue?], _ context: ExecutionContext
    ) -> [NodeValue] {
        slots.enumerated().compactMap { index, slot in
            slot.map { slot in
                NodeValue(
                    name: index < names.count ? names[index] : "", isConstant: constants[slot] != nil,
                    tensor: constants[slot] ?? values[slot]?.kindOfTensor, value: values[slot], context: context)
            }
        }
    }

    private func compute(_ step: Step, _ values: inout [AnyValue?], _ context: ExecutionContext) throws(RuntimeError) {
        do throws(OperatorError) {
            try context.workspace.countStep()
            let inputs = step.inputs.map { $0.flatMap { values[$0] } }
            var context = context
            let recording = context.recording
            let isSettled = recording.map { self.isSettled(step, inputs, $0) } ?? false
            if isSettled { context.recording = nil }
            let results = try step.run(inputs, context)
            try expect(results.count >= step.outputs.count, "\(results.count) outputs", found: "\(step.outputs.count)")
            for (slot, value) in zip(step.outputs, results) {
                guard let slot else { continue }
                values[slot] = isSettled ? recording?.settle(slot, value) : value
            }
        } catch {
            throw RuntimeError(error, in: step.node)
        }
    }

    /// Whether a step of a recorded run follows from shapes alone, and thus needs no repetition. Where it neither does nor
    /// can be repeated, the recording ends.
    private func isSettled(_ step: Step, _ inputs: [AnyValue?], _ recording: Recording) -> Bool {
        guard !recording.isRefused else { return false }
        let areSettled = step.inputs.map { slot in slot.map { constants[$0] != nil || recording.settles($0) } ?? true }
        if step.run.isSettled(by: areSettled) { return true }
        if !step.run.isReplayable(inputs, constants: areSettled) { recording.refuse() }
        return false
    }

    private func release(_ step: Step, _ values: inout [AnyValue?], _ workspace: Workspace) {
        workspace.dropTemporaries()
        for slot in step.releases { values[slot] = nil }
    }
}

extension AnyValue {
    fileprivate var kindOfTensor: NodeValue.TensorKind? {
        if case .tensor(let value) = self { .init(dataType: value.dataType, shape: value.shape) } else { nil }
    }

    /// The array of a constant, which is always row-major.
    fileprivate var constantArray: NDArray? {
        if case .tensor(let value) = self { NDArray(value) } else { nil }
    }
}

extension NDArray {
    /// A row-major value as an array over the same storage.
    init(_ value: Value) {
        precondition(value.layout == .rowMajor && value.offset == 0, "only a dense value is an array")
        self.init(shape: value.shape, dataType: value.dataType, storage: value.storage)
    }
}
