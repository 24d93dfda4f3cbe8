import CApusTorch

/// Processes that train one model together, over LibTorch's own process groups (c10d; Gloo on CPUs).
///
/// Every process calls a group's operations in one order. Where a process has died, or does not take part in time,
/// they throw `TorchError.peers`, and so does every later one; over NCCL it is `apus launch` or torchrun that notices and
/// ends the others. One thread at a time uses a group.
public final class ProcessGroup {
    public let rank, size: Int
    /// Processes on this machine, and this one's place among them.
    public let localSize, localRank: Int
    let handle: OpaquePointer

    /// Waits until all processes are there.
    ///
    /// - Parameters:
    ///   - device: where this process computes: tensors on the CPU go over Gloo, those on a CUDA device over NCCL.
    ///   - meetingTimeout: seconds until all must be there.
    ///   - timeout: seconds that every later operation may take: long, because the others wait while one prepares a
    ///     dataset. A process that ends is noticed at once.
    /// - Throws: `TorchError.meeting`
    public init(
        _ environment: ProcessEnvironment, device: Device = .cpu, meetingTimeout: Double = 300,
        timeout: Double = 1800
    ) throws(TorchError) {
        (rank, size) = (environment.rank, environment.size)
        (localSize, localRank) = (environment.localSize, environment.localRank)
        let made = environment.host.withCString { host in
            environment.prefix.withCString { prefix in
                var settings = apus_process_group_settings(
                    host: host, port: environment.port, servesStore: environment.servesStore, prefix: prefix,
                    rank: Int32(environment.rank), size: Int32(environment.size), device: device.index,
                    meetingTimeout: meetingTimeout,
                    timeout: timeout)
                return apus_process_group_make(&settings)
            }
        }
        guard let made else {
            throw .meeting(
                rank: environment.rank, of: environment.size, at: "\(environment.host):\(environment.port)",
                reason: TorchError.lastReason)
        }
        handle = made
        // Nobody goes on, or ends, before all are connected: that would look like a fault of the network.
        try barrier()
    }

    deinit { apus_process_group_release(handle) }

    /// Whether this process is the one that records and decides.
    public var isMain: Bool { rank == 0 }

    /// While `body` runs, the calling thread's losses and batch normalizations take the processes' parts of a batch
    /// for one batch; the gradients are then to be summed.
    public func sharingBatch<R>(_ body: () throws -> R) throws -> R {
        apus_process_group_join(handle)
        defer { apus_process_group_join(nil) }
        let result = try body()
        // What a lost process left undone is nobody's result.
        guard apus_process_group_check(handle) == 0 else { throw TorchError.lastOfGroup }
        return result
    }

    /// Each value's sum over the processes.
    public func sum(_ values: [Double]) throws(TorchError) -> [Double] {
        guard !values.isEmpty else { return [] }
        var sums = values
        guard apus_process_group_sum(handle, &sums, sums.count) == 0 else { throw .lastOfGroup }
        return sums
    }

    /// Begins to sum a tensor over the processes, in place; `PendingSum.finish` waits for it.
    public func startSum(_ tensor: Tensor) throws(TorchError) -> PendingSum {
        guard let work = apus_process_group_start_sum(handle, tensor.handle) else { throw .lastOfGroup }
        return PendingSum(work: work, tensor: tensor, group: self)
    }

    /// Gives every process the elements that the tensor has in process `root`.
    public func broadcast(_ tensor: Tensor, from root: Int = 0) throws(TorchError) {
        guard apus_process_group_broadcast(handle, tensor.handle, Int32(root)) == 0 else { throw .lastOfGroup }
    }

    /// What process `root` gives; what the others give counts for nothing.
    public func broadcast(_ bytes: [UInt8], from root: Int = 0) throws(TorchError) -> [UInt8] {
        let count = Int(try sum([rank == root ? Double(bytes.count) : 0])[0])
        guard count > 0 else { return [] }
        let tensor = rank == root ? Tensor(bytes) : Tensor.zeros([count], dataType: .uint8)
        try broadcast(tensor, from: root)
        return tensor.elements()
    }

    /// What each process gives, in process `root`; nothing elsewhere.
    public func gather(_ bytes: [UInt8], to root: Int = 0) throws(TorchError) -> [[UInt8]] {
        var sizes = [Int64](repeating: 0, count: size)
        let rows = bytes.withUnsafeBytes {
            apus_process_group_gather(handle, $0.baseAddress, Int64($0.count), Int32(root), &sizes)
        }
        guard let rows else { throw .lastOfGroup }
        let all = Tensor(owning: rows)
        guard rank == root else { return [] }
        let (length, elements) = (all.size(1), all.elements(of: UInt8.self))
        return sizes.enumerated().map { Array(elements[$0 * length..<$0 * length + Int($1)]) }
    }

    /// Waits until every process is here.
    public func barrier() throws(TorchError) {
        guard apus_process_group_barrier(handle) == 0 else { throw .lastOfGroup }
    }
}

/// A sum over processes that is under way.
public struct PendingSum: ~Copyable {
    private let work: OpaquePointer
    private let tensor: Tensor
    private let group: ProcessGroup

    init(work: OpaquePointer, tensor: Tensor, group: ProcessGroup) {
        (self.work, self.tensor, self.group) = (work, tensor, group)
    }

    /// Waits until the tensor holds the sum.
    public consuming func finish() throws(TorchError) {
        let status = withExtendedLifetime((tensor, group)) { apus_work_finish(work) }
        guard status == 0 else { throw .lastOfGroup }
    }
}

extension TorchError {
    static var lastOfGroup: TorchError { .peers(reason: lastReason) }

    /// The first sentence of LibTorch's message, without the place in its source.
    static var lastReason: String {
        var line = String(cString: apus_torch_last_error()).prefix { $0 != "\n" }
        if let end = line.firstRange(of: ". ") { line = line[..<end.lowerBound] }
        guard line.hasPrefix("[/"), let end = line.firstIndex(of: "]") else { return String(line) }
        return String(line[line.index(after: end)...].drop { $0 == " " })
    }
}
