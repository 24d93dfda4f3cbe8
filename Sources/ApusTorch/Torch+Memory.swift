import CApusTorch

extension Torch {
    /// Runs `body`, which computes on the calling thread and does not suspend. Where it finds no memory, nothing more of
    /// it is computed, and `TorchError.memory` is thrown whatever it returns or throws.
    public static func watchingMemory<R>(_ body: () throws -> R) throws -> R {
        apus_torch_watch_memory(true)
        let result = Result { try body() }
        let message = apus_torch_is_exhausted() ? String(cString: apus_torch_last_error()) : nil
        apus_torch_watch_memory(false)
        if let message { throw TorchError.memory(message) }
        return try result.get()
    }

    /// Runs `body`, on whose thread each of the next `parts` watched parts finds no memory for one tensor on the CPU, after
    /// so many others: what tests bring about.
    static func lackingMemory<R>(parts: Int = 1, afterTensors count: Int = 0, _ body: () throws -> R) rethrows -> R {
        apus_torch_lack_memory(parts, count)
        defer { apus_torch_lack_memory(0, 0) }
        return try body()
    }

    /// Gives memory that no tensor uses back to the GPUs.
    public static func emptyCache() { _ = apus_torch_empty_cache() }

    /// What stands for a tensor that was not computed for want of memory; `nil` where nothing was found wanting.
    static var placeholder: OpaquePointer? {
        guard apus_torch_is_exhausted() else { return nil }
        return apus_tensor_placeholder()
    }
}
