import Glibc

/// What libFuzzer calls to change an input. <https://llvm.org/docs/LibFuzzer.html>
@_cdecl("LLVMFuzzerCustomMutator")
public func customMutator(
    _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: CUnsignedInt
) -> Int {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
    guard seed % 16 > 0, var message = Message(bytes[...], fuzzedSchema) else {
        return fuzzerMutate(data, size, capacity)
    }
    var mutator = Mutator(seed: seed, operators: fuzzedOperators)
    mutator.mutate(&message, fuzzedSchema)
    return store(message.encoded, data, capacity) ?? fuzzerMutate(data, size, capacity)
}

/// What libFuzzer calls to make one input of two.
@_cdecl("LLVMFuzzerCustomCrossOver")
public func customCrossOver(
    _ a: UnsafePointer<UInt8>, _ aSize: Int, _ b: UnsafePointer<UInt8>, _ bSize: Int,
    _ out: UnsafeMutablePointer<UInt8>, _ capacity: Int, _ seed: CUnsignedInt
) -> Int {
    let (first, second) = (
        [UInt8](UnsafeBufferPointer(start: a, count: aSize)), UnsafeBufferPointer(start: b, count: bSize)
    )
    guard var message = Message(first[...], fuzzedSchema), let other = Message([UInt8](second)[...], fuzzedSchema)
    else {
        return 0
    }
    var mutator = Mutator(seed: seed, operators: fuzzedOperators)
    mutator.cross(&message, with: other, fuzzedSchema)
    return store(message.encoded, out, capacity) ?? 0
}

private func store(_ bytes: [UInt8], _ target: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Int? {
    guard bytes.count <= capacity else { return nil }
    target.update(from: bytes, count: bytes.count)
    return bytes.count
}
