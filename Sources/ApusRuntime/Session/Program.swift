import ApusCore
import ApusONNX

/// A graph as a list of steps over numbered values.
struct Program: Sendable {
    struct Step: Sendable {
        let node: Node
        var run: any Operator
        /// Slots; `nil` where an optional input is left out or an output is not wanted.
        let inputs: [Int?]
        let outputs: [Int?]
        /// Slots that nobody reads after this step.
        var releases: [Int] = []
    }

    private(set) var steps: [Step] = []
    /// One entry a slot: constants are filled in, the rest is `nil`.
    private var initial: [Value?] = []
    private var inputs: [(name: String, slot: Int)] = []
    private var outputs: [(name: String, slot: Int)] = []

    init(_ graph: Graph, opsets: [String: Int], _ context: ExecutionContext) throws(RuntimeError) {
        let nodes: [Node]
        do throws(GraphError) { nodes = try graph.sortedNodes() } catch { throw .graph(error) }
        var slots = SlotTable(graph)
        inputs = graph.requiredInputs.map { ($0.name, slots[$0.name]) }
        for node in nodes {
            let run = try OperatorRegistry.makeOperator(for: node, opsets: opsets)
            let inputs = node.inputs.map { $0.isEmpty ? nil : slots[$0] }
            steps.append(
                Step(node: node, run: run, inputs: inputs, outputs: node.outputs.map { $0.isEmpty ? nil : slots[$0] }))
        }
        outputs = graph.outputs.map { ($0.name, slots[$0.name]) }
        initial = slots.values
        planReleases()
        try prepare(context)
    }

    /// A value's memory is free after the last step that reads it, or after the step that makes it where none does.
    private mutating func planReleases() {
        var lastUse = [Int: Int]()
        for (index, step) in steps.enumerated() {
            for slot in step.outputs.compactMap({ $0 }) + step.inputs.compactMap({ $0 }) { lastUse[slot] = index }
        }
        let kept = Set(outputs.map(\.slot) + inputs.map(\.slot))
        for (slot, index) in lastUse where !kept.contains(slot) && initial[slot] == nil {
            steps[index].releases.append(slot)
        }
    }

    /// Lets every operator see its constants, several at a time: packing weights is most of what loading costs.
    private mutating func prepare(_ context: ExecutionContext) throws(RuntimeError) {
        let constants = initial
        let failure = Mutex<RuntimeError?>(nil)
        let prepared = Mutex(steps.map(\.run))
        let steps = self.steps
        let limit = context.workspace.limit
        parallelFor(steps.count, threads: context.threads.count) { index in
            let step = steps[index]
            let arrays = step.inputs.map { slot in slot.flatMap { constants[$0] }.map(NDArray.init) }
            guard arrays.contains(where: { $0 != nil }) else { return }
            let context = ExecutionContext(
                threads: ThreadPool(threads: 1), cpu: context.cpu, workspace: Workspace(limit: limit))
            var run = step.run
            do throws(OperatorError) {
                try run.prepare(arrays, context)
                let ready = run
                prepared.withLock { $0[index] = ready }
            } catch {
                failure.withLock { $0 = $0 ?? RuntimeError(error, in: step.node) }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        let ready = prepared.withLock { $0 }
        for index in steps.indices { self.steps[index].run = ready[index] }
        dropAbsorbedConstants()
    }

    /// Weights that live on in packed form alone need no second copy.
    private mutating func dropAbsorbedConstants() {
        var needed = Set(outputs.map(\.slot))
        for step in steps {
            let absorbed = step.run.absorbedInputs
            for (index, slot) in step.inputs.enumerated() where !absorbed.contains(index) {
                if let slot { needed.insert(slot) }
            }
        }
        for slot in initial.indices where !needed.contains(slot) { initial[slot] = nil }
    }

    func run(
        _ arrays: [String: NDArray], _ context: ExecutionContext, observer: ((NodeTiming) -> Void)? = nil
    ) throws(RuntimeError) -> [String: NDArray] {
        var values = initial
        for input in inputs { values[input.slot] = arrays[input.name].map { Value($0) } }
        for step in steps {
            let start = observer == nil ? 0 : monotonicSeconds()
            try run(step, &values, context)
            observer?(
                NodeTiming(
                    name: step.node.label, operatorType: step.node.operatorType, seconds: monotonicSeconds() - start))
        }
        var results: [String: NDArray] = [:]
        for output in outputs {
            guard let value = values[output.slot] else {
                throw .graph(.undefinedValue(output.name, node: "the graph's outputs"))
            }
            results[output.name] = try array(value, name: output.name, context)
        }
        return results
    }

    private func run(_ step: Step, _ values: inout [Value?], _ context: ExecutionContext) throws(RuntimeError) {
        do throws(OperatorError) {
            let results = try step.run(step.inputs.map { $0.flatMap { values[$0] } }, context)
            try expect(results.count >= step.outputs.count, "\(results.count) outputs", found: "\(step.outputs.count)")
            for (slot, value) in zip(step.outputs, results) {
                if let slot { values[slot] = value }
            }
        } catch {
            throw RuntimeError(error, in: step.node)
        }
        context.workspace.recycleTemporaries()
        for slot in step.releases {
            var storage = values[slot]?.storage
            values[slot] = nil
            context.workspace.recycle(&storage)
        }
    }

    /// What the caller gets: row-major, and not in a buffer much larger than it.
    private func array(_ value: Value, name: String, _ context: ExecutionContext) throws(RuntimeError) -> NDArray {
        if let same = value.asRowMajor, same.offset == 0,
            same.storage.byteCount <= 2 * value.count * value.dataType.size + 4096
        {
            return NDArray(same)
        }
        let result = Value(NDArray(uninitialized: value.shape, dataType: value.dataType))
        context.copy(value, to: result)
        return NDArray(result)
    }
}

extension NDArray {
    /// A row-major value as an array over the same storage.
    init(_ value: Value) {
        precondition(value.layout == .rowMajor && value.offset == 0, "only a dense value is an array")
        self.init(shape: value.shape, dataType: value.dataType, storage: value.storage)
    }
}

/// Numbers for the names of a graph's values.
private struct SlotTable {
    private var slots: [String: Int] = [:]
    private(set) var values: [Value?] = []

    init(_ graph: Graph) {
        for (name, array) in graph.initializers {
            slots[name] = values.count
            values.append(Value(array))
        }
    }

    subscript(name: String) -> Int {
        mutating get {
            if let slot = slots[name] { return slot }
            slots[name] = values.count
            values.append(nil)
            return values.count - 1
        }
    }
}
