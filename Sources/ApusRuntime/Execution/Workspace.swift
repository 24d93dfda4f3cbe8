import ApusCore

/// The buffers of one run: what a finished value leaves is given to the next that fits.
///
/// After the first run of a shape nothing is allocated any more.
final class Workspace: @unchecked Sendable {
    private var free: [Storage] = []
    private var temporaries: [Storage] = []
    private var total = 0
    let limit: Int

    init(limit: Int) { self.limit = limit }

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

    /// After a run only what is kept for the next counts; outputs are the caller's.
    func finishRun() {
        temporaries.removeAll()
        total = free.reduce(0) { $0 + $1.byteCount }
    }

    private func allocate(_ byteCount: Int) throws(OperatorError) -> Storage {
        if total + byteCount > limit {
            for storage in free { total = max(0, total - storage.byteCount) }
            free.removeAll()
        }
        guard byteCount <= limit, total + byteCount <= limit else { throw .memory(bytes: byteCount, limit: limit) }
        total += byteCount
        return Storage(byteCount: byteCount)
    }
}
