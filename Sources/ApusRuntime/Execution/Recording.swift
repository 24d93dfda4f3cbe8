import ApusCore

/// A kernel call: what it computes, but for where its operands lie. `false` where it could not.
typealias KernelCall = @Sendable (Operands, _ pool: OpaquePointer?) -> Bool

/// The addresses of a kernel call's operands, in the order in which they were named.
struct Operands {
    private let first: UnsafePointer<UnsafeMutableRawPointer>

    init(_ first: UnsafePointer<UnsafeMutableRawPointer>) { self.first = first }

    subscript(index: Int) -> UnsafeMutableRawPointer { first[index] }

    func floats(_ index: Int) -> UnsafeMutablePointer<Float> { first[index].assumingMemoryBound(to: Float.self) }
    func bytes(_ index: Int) -> UnsafeMutablePointer<UInt8> { first[index].assumingMemoryBound(to: UInt8.self) }
}

extension ExecutionContext {
    /// Calls a kernel on operands at `addresses`. What a run does beside such calls, a replay does not.
    @discardableResult
    func attempt(_ addresses: [UnsafeMutableRawPointer], _ kernel: @escaping KernelCall) -> Bool {
        let isDone = addresses.withUnsafeBufferPointer { addresses in
            addresses.baseAddress.map { kernel(Operands($0), pool) } ?? false
        }
        if isDone { recording?.add(addresses, kernel) }
        return isDone
    }

    /// The same for kernels that can always do their work.
    func call(
        _ addresses: [UnsafeMutableRawPointer], _ kernel: @escaping @Sendable (Operands, OpaquePointer?) -> Void
    ) {
        attempt(addresses) { operands, pool in
            kernel(operands, pool)
            return true
        }
    }
}

/// The kernel calls of one run, noted as they are made.
///
/// One run has it, and only the thread that makes its calls touches it.
final class Recording: @unchecked Sendable {
    struct Call {
        /// The first of its addresses.
        let first: Int
        let kernel: KernelCall
    }

    private(set) var calls: [Call] = []
    private(set) var addresses: [UnsafeMutableRawPointer] = []
    /// What keeps the memory of the run's values, whatever becomes of these.
    private(set) var memory: [ObjectIdentifier: AnyObject] = [:]
    /// Values, by their slots, that are the same in every run; holding them keeps others out of their memory.
    private(set) var settled: [Int: AnyValue] = [:]
    /// Whether the run did what cannot be repeated.
    private(set) var isRefused = false

    func add(_ operands: [UnsafeMutableRawPointer], _ kernel: @escaping KernelCall) {
        calls.append(Call(first: addresses.count, kernel: kernel))
        addresses += operands
    }

    func hold(_ storage: Storage) { memory[ObjectIdentifier(storage.owner)] = storage.owner }

    func holds(_ storage: Storage) -> Bool { memory[ObjectIdentifier(storage.owner)] != nil }

    /// Gives up memory that somebody else owns now.
    func release(_ storage: Storage) { memory[ObjectIdentifier(storage.owner)] = nil }

    func settle(_ slot: Int, _ value: AnyValue) { settled[slot] = value }

    func settles(_ slot: Int) -> Bool { settled[slot] != nil }

    func refuse() { isRefused = true }
}
