import ApusCore
import CApusKernels

/// The kernels' worker threads; they end with this object.
final class ThreadPool: @unchecked Sendable {
    /// `nil` where one thread was asked for: then all runs on the caller.
    let handle: OpaquePointer?

    var count: Int { Int(apus_pool_threads(handle)) }

    init(threads: Int) {
        handle = threads > 1 ? apus_pool_create(Int32(clamping: threads)) : nil
    }

    deinit { apus_pool_destroy(handle) }
}
