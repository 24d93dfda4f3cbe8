/// Bob Jenkins's lookup3 hash, by which HDF5 checks its metadata. <https://burtleburtle.net/bob/c/lookup3.c>
func lookup3(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var state = SIMD3<UInt32>(repeating: 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count))
    var rest = bytes
    guard !rest.isEmpty else { return state.z }
    while rest.count > 12 {
        state &+= words(rest.prefix(12))
        rest = rest.dropFirst(12)
        for turn in [4, 6, 8, 16, 19, 4] as [UInt32] { mix(&state, turn) }
    }
    state &+= words(rest)
    return final(state)
}

/// Twelve bytes, or as many as there are before zeros, as three numbers.
private func words(_ bytes: ArraySlice<UInt8>) -> SIMD3<UInt32> {
    var result = SIMD3<UInt32>()
    for (index, byte) in bytes.enumerated() { result[index / 4] |= UInt32(byte) << UInt32(8 * (index % 4)) }
    return result
}

private func rotated(_ x: UInt32, _ bits: UInt32) -> UInt32 { x << bits | x >> (32 - bits) }

/// A sixth of a round; the three numbers then stand one place on, so that each sixth has the same form.
private func mix(_ s: inout SIMD3<UInt32>, _ bits: UInt32) {
    s.x = (s.x &- s.z) ^ rotated(s.z, bits)
    s.z = s.z &+ s.y
    s = SIMD3(s.y, s.z, s.x)
}

private func final(_ state: SIMD3<UInt32>) -> UInt32 {
    var (a, b, c) = (state.x, state.y, state.z)
    func step(_ x: inout UInt32, _ y: UInt32, _ bits: UInt32) { x = (x ^ y) &- rotated(y, bits) }
    step(&c, b, 14)
    step(&a, c, 11)
    step(&b, a, 25)
    step(&c, b, 16)
    step(&a, c, 4)
    step(&b, a, 14)
    step(&c, b, 24)
    return c
}
