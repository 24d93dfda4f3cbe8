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
    private var births: [ObjectIdentifier: Int] = [:]
    /// Values, by their slots, that are the same in every run.
    private(set) var settled: [Int: AnyValue] = [:]
    /// Whether the run did what cannot be repeated.
    private(set) var isRefused = false

    func add(_ operands: [UnsafeMutableRawPointer], _ kernel: @escaping KernelCall) {
        calls.append(Call(first: addresses.count, kernel: kernel))
        addresses += operands
    }

    /// Notes a storage when it is made: the bytes that it has now were another's before.
    func hold(_ storage: Storage) {
        memory[ObjectIdentifier(storage.memory)] = storage.memory
        births[ObjectIdentifier(storage.owner)] = addresses.count
    }

    /// The first address that may lie in a storage of this run that lives on; `nil` for one of elsewhere.
    func birth(of storage: Storage) -> Int? { births[ObjectIdentifier(storage.owner)] }

    /// Shapes and what is computed from them are small; what is large is not worth a second copy.
    private static let settledBytes = 1 << 20

    /// Keeps a value, in memory that no step of this run has written before.
    func settle(_ slot: Int, _ value: AnyValue) -> AnyValue {
        settled[slot] = value
        guard case .tensor(let tensor) = value else { return value }
        guard tensor.storage.byteCount <= Self.settledBytes else {
            refuse()
            return value
        }
        let storage = Storage(byteCount: tensor.storage.byteCount)
        // It may stand where one of this run stood that is gone; no call writes it.
        births[ObjectIdentifier(storage.owner)] = nil
        let kept = AnyValue.tensor(tensor.moved(to: storage))
        settled[slot] = kept
        return kept
    }

    func settles(_ slot: Int) -> Bool { settled[slot] != nil }

    func refuse() { isRefused = true }
}
