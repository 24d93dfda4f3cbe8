/// Where a process stands in its group, as torchrun, Kubernetes' PyTorchJob, Slurm scripts and `apus launch` say it.
public struct ProcessEnvironment: Equatable, Sendable {
    public var rank, size: Int
    /// On this machine.
    public var localRank, localSize: Int
    /// Where the processes meet.
    public var host: String
    public var port: UInt16
    /// Whether this process brings the store that they meet at; torchrun brings its own.
    public var servesStore: Bool
    /// Of the group's keys in the store: a restarted group is another one.
    public var prefix: String

    /// - Returns: `nil` where the variables name no group, or a group of one.
    /// - Throws: `TorchError.environment` for variables that are missing or no numbers of a group. `MASTER_ADDR` and
    ///   `MASTER_PORT` alone, which clusters set for every program, are no group.
    public init?(_ variables: [String: String]) throws(TorchError) {
        guard Self.isGroup(variables) else { return nil }
        size = try Self.number("WORLD_SIZE", variables, in: 1...65_536)
        rank = try Self.number("RANK", variables, in: 0...size - 1)
        localSize = try Self.number("LOCAL_WORLD_SIZE", variables, in: 1...size, default: 1)
        let places = variables["LOCAL_WORLD_SIZE"] == nil ? size : localSize
        localRank = try Self.number("LOCAL_RANK", variables, in: 0...places - 1, default: 0)
        if size == 1 { return nil }
        port = UInt16(try Self.number("MASTER_PORT", variables, in: 1...65_535))
        guard let host = variables["MASTER_ADDR"], !host.isEmpty else {
            throw .environment(name: "MASTER_ADDR", found: nil, expected: "the host of the process of rank 0")
        }
        self.host = host
        servesStore = rank == 0 && variables["TORCHELASTIC_USE_AGENT_STORE"] != "True"
        prefix = "apus/\(variables["TORCHELASTIC_RESTART_COUNT"] ?? "0")"
    }

    private static func isGroup(_ variables: [String: String]) -> Bool {
        ["WORLD_SIZE", "RANK"].contains { !(variables[$0] ?? "").isEmpty }
    }

    private static func number(
        _ name: String, _ variables: [String: String], in range: ClosedRange<Int>, default fallback: Int? = nil
    ) throws(TorchError) -> Int {
        let text = variables[name].flatMap { $0.isEmpty ? nil : $0 }
        if text == nil, let fallback { return fallback }
        guard let number = text.flatMap({ Int($0) }), range.contains(number) else {
            throw .environment(
                name: name, found: text, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
