import Glibc

/// How many cores are online.
public let availableCores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

/// Runs `body` once for each index on up to `threads` threads and returns when all are done.
///
/// Indices are handed out one by one, so uneven work balances; results must not depend on the order.
public func parallelFor(_ count: Int, threads: Int = availableCores, _ body: @Sendable (Int) -> Void) {
    let workers = min(threads, count)
    guard workers > 1 else {
        for index in 0..<count { body(index) }
        return
    }
    withoutActuallyEscaping(body) { body in
        let work = ParallelWork(count: count, body: body)
        let helpers = (1..<workers).map { _ in
            Thread {
                ProcessHeap.growOwnPart()
                work.run()
            }
        }
        work.run()
        for helper in helpers { helper.join() }
    }
}

private final class ParallelWork: Sendable {
    private let next = Mutex(0)
    private let count: Int
    private let body: @Sendable (Int) -> Void

    init(count: Int, body: @escaping @Sendable (Int) -> Void) {
        self.count = count
        self.body = body
    }

    func run() {
        while let index = claim() { body(index) }
    }

    private func claim() -> Int? {
        next.withLock { next in
            guard next < count else { return nil }
            defer { next += 1 }
            return next
        }
    }
}

/// `body` of each index, computed in parallel and returned in order.
public func parallelMap<Result: Sendable>(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let slots = UnsafeSlots<Result>(count)
    defer { slots.storage.deallocate() }
    parallelFor(count, threads: threads) { slots.storage.initializeElement(at: $0, to: body($0)) }
    let results = Array(slots.storage)
    slots.storage.deinitialize()
    return results
}

/// Storage that threads write at different indices.
private struct UnsafeSlots<Element>: @unchecked Sendable {
    let storage: UnsafeMutableBufferPointer<Element>

    init(_ count: Int) { storage = .allocate(capacity: count) }
}
