/// The parts of a whole HDF5 file that end with a checksum of themselves.
struct Checksums {
    private var parts: [Range<Int>] = []

    /// Finds them by their signatures, and where they end by their checksums.
    init(_ bytes: [UInt8]) {
        let signatures = ["OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN"].map { Array($0.utf8) }
        if lookup3(bytes[..<44]) == Self.number(bytes, 44) { parts.append(0..<44) }
        for start in bytes.indices.dropLast(12) {
            guard signatures.contains(Array(bytes[start..<start + 4])) else { continue }
            let ends = start + 8..<min(start + 4096, bytes.count - 3)
            if let end = ends.first(where: { lookup3(bytes[start..<$0]) == Self.number(bytes, $0) }) {
                parts.append(start..<end)
            }
        }
    }

    var count: Int { parts.count }

    /// Makes every part that was changed agree with itself again.
    func mend(_ bytes: inout [UInt8]) {
        for part in parts {
            let sum = lookup3(bytes[part])
            for index in 0..<4 { bytes[part.upperBound + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
        }
    }

    private static func number(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
    }
}
