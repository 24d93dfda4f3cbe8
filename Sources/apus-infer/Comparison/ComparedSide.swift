import ApusCore
import ApusONNX
import ApusRuntime

/// What one side of a comparison computes: every value by its name, and the outputs in their order.
struct ComparedSide {
    private(set) var values: [String: ModelValue] = [:]
    private(set) var outputs: [(name: String, value: ModelValue)] = []

    /// Runs a model and keeps the value of every node.
    init(_ session: Session, _ inputs: [String: ModelValue]) throws {
        let keeper = Keeper()
        let results = try session.run(values: inputs) { keeper.add($0) }
        values = keeper.values
        outputs = session.outputValues.compactMap { fact in results[fact.name].map { (fact.name, $0) } }
        for (name, value) in outputs { values[name] = value }
    }

    /// Reads the arrays that another runtime left in a folder, `NAME.npy` each; a “/” of a name stands as “_”.
    init(folder: String, names: [String], outputs outputNames: [String]) throws {
        for name in Set(names + outputNames) {
            let path = "\(folder)/\(name.map { $0 == "/" ? "_" : String($0) }.joined()).npy"
            if FileSystem.exists(path) { values[name] = .tensor(try NPYFile.read(path)) }
        }
        outputs = outputNames.compactMap { name in values[name].map { (name, $0) } }
    }

    private final class Keeper {
        var values: [String: ModelValue] = [:]

        func add(_ run: NodeRun) {
            for output in run.outputs { values[output.name] = output.copy() }
        }
    }
}

/// Runs the second side and compares each value with the first side's as it comes.
struct Comparison {
    /// In the order of the second side's run; outputs come last.
    private(set) var differences: [ValueDifference] = []

    init(_ first: ComparedSide, _ session: Session, _ inputs: [String: ModelValue]) throws {
        let outputNames = Set(session.outputValues.map(\.name))
        let collector = Collector()
        let results = try session.run(values: inputs) { node in
            for output in node.outputs where !outputNames.contains(output.name) {
                guard let known = first.values[output.name], let value = output.copy() else { continue }
                collector.differences.append(
                    ValueDifference(
                        output.name, node: "\(node.operatorType) \(node.name)", isOutput: false, known, value))
            }
        }
        let outputs = session.outputValues.compactMap { fact in results[fact.name].map { (fact.name, $0) } }
        guard outputs.count == first.outputs.count else {
            throw ComparisonError.outputCount(first.outputs.map(\.name), outputs.map(\.0))
        }
        differences = collector.differences
        for (known, (_, value)) in zip(first.outputs, outputs) {
            differences.append(ValueDifference(known.name, node: nil, isOutput: true, known.value, value))
        }
    }

    private final class Collector {
        var differences: [ValueDifference] = []
    }
}

/// Two sides that cannot be compared.
enum ComparisonError: Error, CustomStringConvertible {
    case outputCount([String], [String])

    var description: String {
        switch self {
        case .outputCount(let first, let second):
            "the first side has the outputs \(first.joined(separator: ", ")), "
                + "the second \(second.joined(separator: ", ")); compare models with as many outputs"
        }
    }
}
