import CApusKernels

extension ExecutionContext {
    /// Calls `body` once for each index below `count`, on all threads; an index writes only what is its own.
    func forEach(below count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            var job = body
            withUnsafeMutablePointer(to: &job) { job in
                let call: @convention(c) (UnsafeMutableRawPointer?, Int) -> Void = { context, index in
                    context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index)
                }
                apus_pool_run(pool, count, call, job)
            }
        }
    }

    /// Calls `body` with ranges that together are `0 ..< count`, on all threads; each of at least `size` where there
    /// are as many.
    func forEachRange(below count: Int, of size: Int, _ body: (Range<Int>) -> Void) {
        let size = max(1, size)
        forEach(below: count / size + (count % size > 0 ? 1 : 0)) { index in
            body(index * size..<min(count, (index + 1) * size))
        }
    }
}
