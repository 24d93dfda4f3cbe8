/// Which pixels of an image belong to an object, kept for a window around it: one bit a pixel.
public struct RegionMask: Hashable, Sendable {
    public let imageWidth, imageHeight: Int
    /// The window: outside it nothing belongs to the object.
    public let left, top, width, height: Int
    /// The window's columns one after another, each in whole words; the lowest bit is the topmost pixel. Bits below
    /// the window are 0.
    public internal(set) var words: [UInt64]

    public var wordsPerColumn: Int { (height + 63) / 64 }

    /// An empty mask. The window must lie in the image.
    public init(imageWidth: Int, imageHeight: Int, left: Int, top: Int, width: Int, height: Int) {
        precondition(
            left >= 0 && top >= 0 && width >= 0 && height >= 0 && left + width <= imageWidth
                && top + height <= imageHeight, "a window outside the image")
        (self.imageWidth, self.imageHeight) = (imageWidth, imageHeight)
        (self.left, self.top, self.width, self.height) = (left, top, width, height)
        words = Array(repeating: 0, count: width * ((height + 63) / 64))
    }

    public init(_ mask: Mask) {
        self.init(
            imageWidth: mask.width, imageHeight: mask.height, left: 0, top: 0, width: mask.width, height: mask.height)
        for x in 0..<mask.width {
            for y in 0..<mask.height where mask[x, y] { fill(column: x, y..<(y + 1)) }
        }
    }

    /// Whether a pixel of the image belongs to the object.
    public subscript(x: Int, y: Int) -> Bool {
        let (column, row) = (x - left, y - top)
        guard column >= 0, row >= 0, column < width, row < height else { return false }
        return words[column * wordsPerColumn + row / 64] >> UInt64(row % 64) & 1 == 1
    }

    /// Adds pixels of one column of the window; rows count from its top.
    public mutating func fill(column: Int, _ rows: Range<Int>) {
        precondition(column >= 0 && column < width && rows.lowerBound >= 0 && rows.upperBound <= height)
        var row = rows.lowerBound
        while row < rows.upperBound {
            let end = min((row / 64 + 1) * 64, rows.upperBound)
            let count = UInt64(end - row)
            let ones = count == 64 ? UInt64.max : (1 << count) - 1
            words[column * wordsPerColumn + row / 64] |= ones << UInt64(row % 64)
            row = end
        }
    }

    /// How many pixels belong to the object.
    public var area: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The smallest box around the object; `nil` where no pixel belongs to it.
    public var boundingBox: BoundingBox? {
        var (minX, maxX, minY, maxY) = (Int.max, Int.min, Int.max, Int.min)
        forEachRun { column, rows in
            (minX, maxX) = (min(minX, column), max(maxX, column))
            (minY, maxY) = (min(minY, rows.lowerBound), max(maxY, rows.upperBound))
        }
        guard minX <= maxX else { return nil }
        return BoundingBox(
            minX: Float(left + minX), minY: Float(top + minY), maxX: Float(left + maxX + 1), maxY: Float(top + maxY))
    }

    /// The runs of the object down the window's columns, left to right: column and rows, counted from its corner.
    public func forEachRun(_ body: (_ column: Int, _ rows: Range<Int>) -> Void) {
        for column in 0..<width {
            var row = nextRow(in: column, from: 0, inverted: false)
            while row < height {
                let end = nextRow(in: column, from: row, inverted: true)
                body(column, row..<end)
                row = nextRow(in: column, from: end, inverted: false)
            }
        }
    }

    /// The next row whose pixel belongs to the object, or with `inverted` does not; `height` where there is none.
    private func nextRow(in column: Int, from row: Int, inverted: Bool) -> Int {
        var word = row / 64
        guard row < height else { return height }
        let start = column * wordsPerColumn
        var bits = (inverted ? ~words[start + word] : words[start + word]) & (UInt64.max << UInt64(row % 64))
        while bits == 0 {
            word += 1
            guard word < wordsPerColumn else { return height }
            bits = inverted ? ~words[start + word] : words[start + word]
        }
        return min(word * 64 + bits.trailingZeroBitCount, height)
    }

    public var mask: Mask {
        var mask = Mask(width: imageWidth, height: imageHeight)
        forEachRun { column, rows in
            for row in rows { mask[left + column, top + row] = true }
        }
        return mask
    }
}

extension RunLengthMask {
    /// COCO's runs over the whole image.
    public init(_ mask: RegionMask) {
        var counts = [Int](), end = 0, current = 0
        func append(_ start: Int, _ count: Int) {
            if start == end, !counts.isEmpty {
                current += count
            } else {
                if !counts.isEmpty { counts.append(current) }
                counts.append(start - end)
                current = count
            }
            end = start + count
        }
        mask.forEachRun { column, rows in
            append((mask.left + column) * mask.imageHeight + mask.top + rows.lowerBound, rows.count)
        }
        if !counts.isEmpty { counts.append(current) }
        let pixels = mask.imageWidth * mask.imageHeight
        if end < pixels || counts.isEmpty { counts.append(pixels - end) }
        self.init(fullWidth: mask.imageWidth, height: mask.imageHeight, counts: counts)
    }
}
