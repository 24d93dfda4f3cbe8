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
    static func lines(of memory: MemoryPlan) -> String {
        let parts = [
            ("values", memory.peakValues, "alive at once at most"), ("buffers", memory.held, "of one run"),
            ("weights", memory.weights, "in the file"), ("packed", memory.packed, "held beside the file"),
        ]
        return parts.map { name, bytes, text in
            "  memory      \(padded(fixed(Double(bytes) / 1e6, digits: 1), 7)) MB \(name) \(text)"
        }.joined(separator: "\n")
    }
}
