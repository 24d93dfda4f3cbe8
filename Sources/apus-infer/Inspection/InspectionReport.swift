import ApusONNX

/// What the file says, and what a run showed.
struct InspectionReport: Encodable {
    let summary: GraphSummary
    let run: Run?

    struct Run: Encodable {
        let threads: Int
        let kernels: String
        let milliseconds: Double
        let memory: MemoryPlan
        let nodes: [NodeReport]
    }

    private enum CodingKeys: CodingKey { case run }

    /// The summary's keys, and `run`.
    func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(run, forKey: .run)
    }

    /// Lines as the summary has them.
    static func lines(of memory: MemoryPlan, _ profile: Profile) -> String {
        let parts = [
            ("memory", memory.peakValues, "values alive at once at most"), ("", memory.held, "buffers of one run"),
            ("", memory.weights, "weights in the file"),
            ("", memory.packed, "packed weights and tables beside the file"),
        ]
        let lines = parts.map { name, bytes, text in
            "  \(name)\(String(repeating: " ", count: 12 - name.count))\(fixed(Double(bytes) / 1e6, digits: 1)) MB \(text)"
        }
        let work = profile.operations.map { "  this run    \(fixed(Double($0) * 1e-9, digits: 3)) GFLOP" }
        return ((work.map { [$0] } ?? []) + lines).joined(separator: "\n")
    }
}
