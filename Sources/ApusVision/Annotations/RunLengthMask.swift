/// A mask as the lengths of its runs, down the columns and beginning with the background: COCO's RLE.
public struct RunLengthMask: Hashable, Sendable {
    public let width, height: Int
    /// Runs of background and object in turn; they add up to `width · height`.
    public let counts: [Int]

    /// `nil` where a run is negative or the runs do not fill the image.
    public init?(width: Int, height: Int, counts: [Int]) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width >= 0, height >= 0, !overflow, counts.allSatisfy({ (0...pixels).contains($0) }) else { return nil }
        var total = 0
        for count in counts {
            total += count
            guard total <= pixels else { return nil }
        }
        guard total == pixels else { return nil }
        (self.width, self.height, self.counts) = (width, height, counts)
    }

    /// Runs that are known to fill the image.
    init(fullWidth width: Int, height: Int, counts: [Int]) {
        (self.width, self.height, self.counts) = (width, height, counts)
    }

    public init(_ mask: Mask) {
        var counts = [Int](), current = false, length = 0
        for x in 0..<mask.width {
            for y in 0..<mask.height {
                if mask[x, y] != current {
                    counts.append(length)
                    (current, length) = (!current, 0)
                }
                length += 1
            }
        }
        counts.append(length)
        (width, height, self.counts) = (mask.width, mask.height, counts)
    }

    public var mask: Mask {
        var mask = Mask(width: width, height: height)
        var position = 0
        for (index, count) in counts.enumerated() {
            if index % 2 == 1 {
                for pixel in position..<position + count { mask[pixel / height, pixel % height] = true }
            }
            position += count
        }
        return mask
    }
}

extension RunLengthMask {
    /// COCO's compressed text: each run, less the one two before it, in groups of five bits, lowest first.
    public var compressed: String {
        var bytes = [UInt8]()
        for (index, count) in counts.enumerated() {
            var value = index > 2 ? count - counts[index - 2] : count
            while true {
                let group = value & 0x1F
                value >>= 5
                let isLast = group & 0x10 == 0 ? value == 0 : value == -1
                bytes.append(UInt8(group | (isLast ? 0 : 0x20)) + 48)
                if isLast { break }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `nil` where the text is not COCO's or the runs do not fill the image.
    public init?(width: Int, height: Int, compressed: String) {
        var text = compressed
        guard let mask = text.withUTF8({ Self(width: width, height: height, compressed: $0) }) else { return nil }
        self = mask
    }

    /// The same from the bytes of the text.
    public init?(width: Int, height: Int, compressed bytes: UnsafeBufferPointer<UInt8>) {
        var counts: [Int] = []
        // Runs of some columns take two bytes.
        counts.reserveCapacity(bytes.count / 2 + 1)
        var place = 0
        while place < bytes.count {
            guard let value = Self.takeValue(from: bytes, &place) else { return nil }
            let base = counts.count > 2 ? counts[counts.count - 2] : 0
            let (count, overflow) = value.addingReportingOverflow(base)
            guard !overflow else { return nil }
            counts.append(count)
        }
        self.init(width: width, height: height, counts: counts)
    }

    private static func takeValue(from bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Int? {
        var value = 0
        for shift in stride(from: 0, through: 50, by: 5) {
            guard place < bytes.count, case let group = Int(bytes[place]) - 48, (0..<64).contains(group) else {
                return nil
            }
            place += 1
            value |= (group & 0x1F) << shift
            if group & 0x20 == 0 { return group & 0x10 == 0 ? value : value | (-1 << (shift + 5)) }
        }
        return nil
    }
}
