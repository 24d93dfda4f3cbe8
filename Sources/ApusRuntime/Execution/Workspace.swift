import ApusCore

/// The buffers of one run: what a finished value leaves is given to the next that fits.
///
/// After the first run of a shape nothing is allocated any more.
final class Workspace: @unchecked Sendable {
    private var free: [Storage] = []
    private var temporaries: [Storage] = []
    private let meter = MemoryMeter()
    let limit: Int
    private let stepLimit: Int
    private var steps = 0
    /// The run before, where it can be repeated.
    var replay: Replay?
    /// Whether it is worth trying to record a run.
    var isRecordable = true

    init(limit: Int, stepLimit: Int = .max) { (self.limit, self.stepLimit) = (limit, stepLimit) }

    /// Uninitialized bytes; a used buffer where one is at most twice as large.
    func storage(byteCount: Int) throws(OperatorError) -> Storage {
        var best: Int?
        for (index, storage) in free.enumerated() where storage.byteCount >= byteCount {
            guard storage.byteCount <= 2 * byteCount + 4096 else { continue }
            if best.map({ storage.byteCount < free[$0].byteCount }) ?? true { best = index }
        }
        if let best { return free.remove(at: best) }
        return try allocate(byteCount)
    }

    /// Takes back the buffer of a value that nobody reads any more, unless a view of it lives on.
    func recycle(_ storage: inout Storage?) {
        guard var last = storage.take() else { return }
        if isKnownUniquelyReferenced(&last) { free.append(last) }
    }

    /// Notes a buffer that an operator needs until it returns.
    func addTemporary(_ storage: Storage) { temporaries.append(storage) }

    /// Takes back what the operator that just returned needed for itself.
    func recycleTemporaries() {
        while !temporaries.isEmpty {
            var storage = temporaries.popLast()
            recycle(&storage)
        }
    }

    func finishRun() {
        temporaries.removeAll()
        steps = 0
    }

    /// Counts a node, or a round of a loop, so that no run is endless.
    func countStep() throws(OperatorError) {
        guard steps < stepLimit else { throw .steps(limit: stepLimit) }
        steps += 1
    }

    /// Lets go of what waits for the next operator; what remains belongs to values that live on.
    func settle() -> Int {
        temporaries.removeAll()
        free.removeAll()
        return meter.bytes
    }

    /// How many bytes more there may be.
    var room: Int { max(0, limit - meter.bytes) }

    /// Counts bytes that stay as long as this object, where there is room for them.
    func keep(_ byteCount: Int) -> Bool {
        guard byteCount <= room else { return false }
        meter.charge(byteCount)
        return true
    }

    /// Leaves a buffer to the caller: it counts no more.
    func giveAway(_ storage: Storage) {
        guard storage.meter === meter else { return }
        meter.release(storage.byteCount)
        storage.meter = nil
    }

    /// Counts bytes that are in no storage until the lease goes.
    func lease(_ byteCount: Int) throws(OperatorError) -> MemoryLease {
        try makeRoom(byteCount)
        return MemoryLease(byteCount, meter)
    }

    private func allocate(_ byteCount: Int) throws(OperatorError) -> Storage {
        try makeRoom(byteCount)
        let storage = Storage(byteCount: byteCount)
        storage.meter = meter
        meter.charge(byteCount)
        return storage
    }

    private func makeRoom(_ byteCount: Int) throws(OperatorError) {
        guard byteCount <= limit else { throw .memory(bytes: byteCount, limit: limit) }
        if meter.bytes + byteCount > limit { free.removeAll() }
        guard meter.bytes + byteCount <= limit else { throw .memory(bytes: byteCount, limit: limit) }
    }
}
