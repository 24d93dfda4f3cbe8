import ApusCore

/// The memory of one run: what a finished value leaves is given to the next.
final class Workspace: @unchecked Sendable {
    private let pages: LargePages
    private var temporaries: [Storage] = []
    private let meter = MemoryMeter()
    let limit: Int
    private let stepLimit: Int
    private var steps = 0
    /// The run before, where it can be repeated.
    private(set) var replay: Replay?
    /// Whether it is worth trying to record a run.
    private(set) var isRecordable = true

    /// - Parameter pages: its own where many runs follow each other.
    init(limit: Int, stepLimit: Int = .max, pages: LargePages = .shared) {
        (self.limit, self.stepLimit, self.pages) = (limit, stepLimit, pages)
    }

    /// Forgets the run before: what this one writes, it lived in. Where this one is noted, none of its memory goes away.
    func beginRun(isNoted: Bool) {
        replay = nil
        pages.keepAll(isNoted)
    }

    /// Keeps a run that was noted; `nil` where it cannot be repeated.
    func keep(_ replay: Replay?) {
        self.replay = replay
        isRecordable = replay != nil
        if !isRecordable { pages.keepAll(false) }
    }

    /// Uninitialized bytes.
    func storage(byteCount: Int) throws(OperatorError) -> Storage {
        try makeRoom(byteCount)
        let storage = Storage(byteCount: byteCount, in: pages)
        storage.meter = meter
        meter.charge(byteCount)
        return storage
    }

    /// Notes a buffer that an operator needs until it returns.
    func addTemporary(_ storage: Storage) { temporaries.append(storage) }

    /// Lets go of what the operator that just returned needed for itself.
    func dropTemporaries() { temporaries.removeAll() }

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

    private func makeRoom(_ byteCount: Int) throws(OperatorError) {
        guard byteCount <= room else { throw .memory(bytes: byteCount, limit: limit) }
    }
}
