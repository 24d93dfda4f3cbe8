import ApusCore

/// Batch buffers that come back when their last reader lets go, so that an epoch allocates only a few.
final class BufferPool: Sendable {
    private let byteCount: Int
    private let capacity: Int
    private let free = Mutex<[Storage]>([])

    init(byteCount: Int, capacity: Int) { (self.byteCount, self.capacity) = (byteCount, capacity) }

    /// A buffer of at least the pool's size; it returns to the pool when the lease is released.
    func lease() -> Lease { Lease(free.withLock { $0.popLast() } ?? Storage(byteCount: byteCount), pool: self) }

    private func giveBack(_ storage: Storage) {
        free.withLock { if $0.count < capacity { $0.append(storage) } }
    }

    final class Lease: Sendable {
        let storage: Storage
        private let pool: BufferPool

        init(_ storage: Storage, pool: BufferPool) { (self.storage, self.pool) = (storage, pool) }

        deinit { pool.giveBack(storage) }

        /// Bytes of the buffer, to hand out; they hold the lease.
        func window(from start: Int, byteCount: Int) -> Storage {
            Storage(borrowing: storage.base + start, byteCount: byteCount, owner: self)
        }
    }
}
