import ApusCore
import ApusRuntime

/// Every node of a model as it runs on one set of inputs.
struct Profile {
    let nodes: [NodeReport]

    /// - Parameter runs: how many runs are measured, after one that is not.
    init(_ session: Session, _ inputs: [String: NDArray], runs: Int) throws {
        let values = inputs.mapValues(ModelValue.tensor)
        _ = try session.run(values: values)
        let recorder = Recorder()
        for _ in 0..<runs {
            recorder.index = 0
            _ = try session.run(values: values, observing: recorder.add)
        }
        nodes = recorder.nodes
    }

    /// Of the runs' nodes together; the runs' own cost is not in it.
    var milliseconds: Double { nodes.reduce(0) { $0 + $1.milliseconds } }

    var operations: Int? {
        nodes.reduce(0 as Int?) { sum, node in
            guard let sum, let operations = node.operations else { return nil }
            let (total, overflow) = sum.addingReportingOverflow(operations)
            return overflow ? nil : total
        }
    }
}

/// Collects the nodes of run after run.
private final class Recorder {
    private(set) var nodes: [NodeReport] = []
    /// Which node of the run comes next.
    var index = 0

    func add(_ run: NodeRun) {
        if index < nodes.count { nodes[index].add(run) } else { nodes.append(NodeReport(run)) }
        index += 1
    }
}
