import ApusCore

/// A run that is repeated on other numbers: the same kernel calls in the same memory, but for inputs and outputs.
///
/// No step is looked up and nothing is allocated, which is most of what a run does beside its kernels.
final class Replay {
    /// An input or output, and the addresses that lie in it, with their distance from its beginning.
    private struct Port {
        let name: String
        let shape: Shape
        let dataType: DataType
        let byteCount: Int
        let places: [(address: Int, offset: Int)]
    }

    private let inputs, outputs: [Port]
    private let calls: [Recording.Call]
    private let addresses: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>
    private let memory: [AnyObject]
    private let settled: [AnyValue]
    private let threads: ThreadPool

    /// The run's outputs lie in memory that the replay goes on using: whoever wants to keep them has to copy them.
    ///
    /// `nil` where the run cannot be repeated: for what it did, or since an output is an input or a constant.
    init?(
        _ recording: Recording, _ inputs: [(name: String, value: AnyValue?)],
        _ outputs: [(name: String, value: ModelValue)], _ threads: ThreadPool
    ) {
        guard !recording.isRefused else { return nil }
        var arrays: [(name: String, array: NDArray, byteCount: Int, birth: Int)] = []
        for case (let name, .tensor(let value)?) in inputs {
            arrays.append((name, NDArray(value), value.count * value.dataType.size, 0))
        }
        for case (let name, .tensor(let array)) in outputs {
            guard let birth = recording.birth(of: array.storage) else { return nil }
            arrays.append((name, array, array.storage.byteCount, birth))
        }
        let owners = Set(arrays.map { ObjectIdentifier($0.array.storage.owner) })
        guard arrays.count == inputs.count + outputs.count, owners.count == arrays.count else { return nil }
        let ports = arrays.map { item in
            let base = item.array.storage.base
            let range = base..<base + max(1, item.byteCount)
            return Port(
                name: item.name, shape: item.array.shape, dataType: item.array.dataType, byteCount: item.byteCount,
                places: recording.addresses.enumerated().dropFirst(item.birth).compactMap { index, address in
                    range.contains(address) ? (index, address - base) : nil
                })
        }
        (self.inputs, self.outputs) = (Array(ports.prefix(inputs.count)), Array(ports.dropFirst(inputs.count)))
        calls = recording.calls
        addresses = .allocate(capacity: recording.addresses.count)
        _ = addresses.initialize(from: recording.addresses)
        memory = Array(recording.memory.values)
        settled = Array(recording.settled.values)
        self.threads = threads
    }

    deinit { addresses.deallocate() }

    /// Runs where `arrays` are as those of the recorded run were; else, or where memory ran out, returns `false`.
    func run(_ arrays: [String: NDArray], into results: inout [String: NDArray]) -> Bool {
        guard arrays.count == inputs.count else { return false }
        for port in inputs {
            guard let array = arrays[port.name], array.shape == port.shape, array.dataType == port.dataType else {
                return false
            }
            move(port, to: array.storage.base)
        }
        for port in outputs { move(port, to: base(of: port, in: &results)) }
        if results.count > outputs.count {
            results = results.filter { name, _ in outputs.contains { $0.name == name } }
        }
        guard let first = addresses.baseAddress else { return calls.isEmpty }
        for call in calls where !call.kernel(Operands(first + call.first), threads.handle) { return false }
        return withExtendedLifetime(arrays) { true }
    }

    private func move(_ port: Port, to base: UnsafeMutableRawPointer) {
        for place in port.places { addresses[place.address] = base + place.offset }
    }

    /// The memory of the array that is there, if it can be written, or of a new one.
    private func base(of port: Port, in results: inout [String: NDArray]) -> UnsafeMutableRawPointer {
        let fits = results[port.name].map { $0.shape == port.shape && $0.dataType == port.dataType } ?? false
        if fits, let base = results[port.name]?.ownBase(byteCount: port.byteCount) { return base }
        let storage = Storage(byteCount: port.byteCount)
        results[port.name] = NDArray(shape: port.shape, dataType: port.dataType, storage: storage)
        return storage.base
    }
}
