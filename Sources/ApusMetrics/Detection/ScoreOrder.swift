/// Positions by descending score; equal scores keep their order. No score may be NaN.
func descendingOrder(of scores: [Double]) -> [Int32] {
    let keys = scores.map(descendingKey)
    guard keys.count > 256 else {
        return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map(Int32.init)
    }
    return radixOrder(keys)
}

/// Smaller for a greater score.
private func descendingKey(_ score: Double) -> UInt64 {
    // −0 becomes 0.
    let bits = (score + 0).bitPattern
    return bits >> 63 == 0 ? ~(bits | 1 << 63) : bits
}

/// Positions by ascending key, digit by digit from the lowest; digits that all keys share are passed over.
private func radixOrder(_ keys: [UInt64]) -> [Int32] {
    let (bits, radix) = (11, 2048)
    var order = (0..<Int32(keys.count)).map { $0 }
    var next = order
    for shift in stride(from: 0, to: 64, by: bits) {
        var starts = [Int32](repeating: 0, count: radix + 1)
        for key in keys { starts[Int(truncatingIfNeeded: key >> UInt64(shift)) & (radix - 1) + 1] += 1 }
        if starts.contains(Int32(keys.count)) { continue }
        for digit in 0..<radix { starts[digit + 1] += starts[digit] }
        for position in order {
            let digit = Int(truncatingIfNeeded: keys[Int(position)] >> UInt64(shift)) & (radix - 1)
            next[Int(starts[digit])] = position
            starts[digit] += 1
        }
        swap(&order, &next)
    }
    return order
}
