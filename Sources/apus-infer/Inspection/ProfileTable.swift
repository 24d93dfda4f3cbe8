/// A profile for people: where the time goes.
struct ProfileTable {
    let profile: Profile

    /// Every node in the order of the run: what it gives, and its work.
    var nodes: String {
        let rows = profile.nodes.map { node in
            [
                node.operatorType, node.outputs.first?.text ?? "", Self.millions(node.operations), node.name,
            ]
        }
        return Table(["operator", "shape", "MFLOP", "node"], rows, rightAligned: [2]).text
    }

    /// Nodes and operators, the slowest first.
    var times: String {
        let total = max(profile.milliseconds, .leastNonzeroMagnitude)
        let nodes = profile.nodes.sorted { $0.milliseconds > $1.milliseconds }.map { node in
            [
                fixed(node.milliseconds, digits: 3), fixed(100 * node.milliseconds / total, digits: 1) + " %",
                node.gigaflops.map { fixed($0, digits: 1) } ?? "–", node.operatorType, node.outputs.first?.text ?? "",
                node.name,
            ]
        }
        let heads = ["ms", "share", "GFLOP/s"]
        return [
            Table(heads + ["operator", "shape", "node"], nodes, rightAligned: [0, 1, 2]).text,
            Table(heads + ["nodes", "operator"], operators(total), rightAligned: [0, 1, 2, 3]).text,
        ].joined(separator: "\n\n")
    }

    private func operators(_ total: Double) -> [[String]] {
        let groups = Dictionary(grouping: profile.nodes, by: \.operatorType)
        let sums = groups.map { type, nodes in
            (
                type: type, count: nodes.count, time: nodes.reduce(0) { $0 + $1.milliseconds },
                work: nodes.reduce(0.0) { $0 + Double($1.operations ?? 0) }
            )
        }
        return sums.sorted { ($1.time, $0.type) < ($0.time, $1.type) }.map { sum in
            [
                fixed(sum.time, digits: 3), fixed(100 * sum.time / total, digits: 1) + " %",
                sum.work > 0 && sum.time > 0 ? fixed(sum.work / sum.time * 1e-6, digits: 1) : "–", "\(sum.count)",
                sum.type,
            ]
        }
    }

    private static func millions(_ operations: Int?) -> String {
        operations.map { $0 == 0 ? "" : fixed(Double($0) * 1e-6, digits: 1) } ?? "?"
    }
}
