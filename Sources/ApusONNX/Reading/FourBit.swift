import ApusCore

extension DataType {
    /// The bytes that `count` elements take in a file.
    func fileByteCount(_ count: Int) -> Int { isFourBit ? count / 2 + count % 2 : count * size }
}

/// 4-bit elements, the first of each two in the lower half of their byte, as one byte each.
func unpacked(_ bytes: UnsafeRawBufferPointer, _ shape: Shape, _ type: DataType) -> NDArray {
    var array = NDArray(uninitialized: shape, dataType: type)
    array.withUnsafeMutableBytes { target in
        for index in target.indices {
            let half = index % 2 == 0 ? bytes[index / 2] & 15 : bytes[index / 2] >> 4
            target[index] = type == .int4 && half > 7 ? half | 0xF0 : half
        }
    }
    return array
}

/// The bytes of a file for 4-bit elements that take one byte each.
func packed(_ elements: UnsafeRawBufferPointer) -> [UInt8] {
    stride(from: 0, to: elements.count, by: 2).map { index in
        let high = index + 1 < elements.count ? elements[index + 1] & 15 : 0
        return elements[index] & 15 | high << 4
    }
}
