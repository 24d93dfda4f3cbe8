import ApusCore

/// Values kept in memory up to a budget: first come, first kept, nothing is evicted.
///
/// Every image is as likely to be asked for as any other, so there is nothing to gain from replacing one.
final class ByteBoundedCache<Value: Sendable>: Sendable {
    private struct State: Sendable {
        var values: [Int: Value] = [:]
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let budget: Int

    init(budget: Int) { self.budget = budget }

    var byteCount: Int { state.withLock { $0.byteCount } }

    /// The value kept for `key`, or else a new one, kept if its `size` fits. Two threads may make the same one.
    func value<Failure>(
        for key: Int, size: (Value) -> Int, make: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        if let value = state.withLock({ $0.values[key] }) { return value }
        let value = try make()
        let size = size(value)
        state.withLock { state in
            guard state.values[key] == nil, state.byteCount + size <= budget else { return }
            state.values[key] = value
            state.byteCount += size
        }
        return value
    }
}
