import ApusVision

/// Which pixels of an image belong to one object, as runs down the columns: small, and quick to compare.
public struct InstanceMask: Hashable, Sendable {
    /// Of the image, in pixels.
    public let width, height: Int
    /// In pixels.
    public let area: Int
    /// The first pixel of each run and the one after its last, in turn; pixels are numbered down the columns.
    private let edges: [UInt32]
    /// The first column and row, and those after the last; all 0 in an empty mask.
    private let bounds: SIMD4<Int32>

    /// COCO's runs.
    ///
    /// - Throws: `EvaluationError.unusableMask` for images of 2³² pixels or more.
    public init(_ mask: RunLengthMask) throws(EvaluationError) {
        try Self.checkSize(mask.width, mask.height)
        var edges: [UInt32] = []
        edges.reserveCapacity(mask.counts.count)
        var (start, isInside) = (UInt32(0), false)
        for count in mask.counts {
            let end = start + UInt32(count)
            if isInside, count > 0 { edges.append(run: start, end) }
            (start, isInside) = (end, !isInside)
        }
        self.init(width: mask.width, height: mask.height, edges: edges)
    }

    /// A window of an image, one byte a pixel, row by row; a pixel belongs to the object where its byte is not 0.
    ///
    /// - Throws: `EvaluationError.unusableMask` for a window that is not inside the image or of another size.
    public init(
        width: Int, height: Int, left: Int, top: Int, windowWidth: Int, windowHeight: Int, bytes: [UInt8]
    ) throws(EvaluationError) {
        try Self.checkSize(width, height)
        guard left >= 0, top >= 0, windowWidth >= 0, windowHeight >= 0, left <= width - windowWidth,
            top <= height - windowHeight, bytes.count == windowWidth * windowHeight
        else {
            throw .unusableMask(
                entry: "a mask",
                reason: "\(bytes.count) bytes for a window of \(windowWidth)×\(windowHeight) pixels at \(left), \(top) "
                    + "in an image of \(width)×\(height)")
        }
        var edges: [UInt32] = []
        for column in 0..<windowWidth {
            let start = (left + column) * height + top
            var isInside = false
            for row in 0..<windowHeight where (bytes[row * windowWidth + column] != 0) != isInside {
                edges.append(UInt32(start + row))
                isInside.toggle()
            }
            if isInside { edges.append(UInt32(start + windowHeight)) }
        }
        self.init(width: width, height: height, edges: joined(edges))
    }

    public init(_ mask: Mask) throws(EvaluationError) {
        try self.init(
            width: mask.width, height: mask.height, left: 0, top: 0, windowWidth: mask.width,
            windowHeight: mask.height, bytes: mask.bits.map { $0 ? 1 : 0 })
    }

    /// - Parameter edges: ascending, in pairs that do not touch.
    init(width: Int, height: Int, edges: [UInt32]) {
        (self.width, self.height, self.edges) = (width, height, edges)
        var area = 0
        for index in stride(from: 0, to: edges.count, by: 2) { area += Int(edges[index + 1] - edges[index]) }
        self.area = area
        bounds = Self.bounds(of: edges, height: height)
    }

    /// Sets the mask's pixels in a map of the image, row by row.
    public func fill(_ map: inout [UInt8], with value: UInt8) {
        precondition(map.count == width * height, "\(map.count) pixels, expected \(width)×\(height)")
        for index in stride(from: 0, to: edges.count, by: 2) {
            for position in Int(edges[index])..<Int(edges[index + 1]) {
                map[position % height * width + position / height] = value
            }
        }
    }

    static func checkSize(_ width: Int, _ height: Int) throws(EvaluationError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width >= 0, height >= 0, !overflow, pixels < Int(UInt32.max), max(width, height) < Int(Int32.max) else {
            throw .unusableMask(entry: "a mask", reason: "an image of \(width)×\(height) pixels is too large")
        }
    }

    private static func bounds(of edges: [UInt32], height: Int) -> SIMD4<Int32> {
        guard let first = edges.first, let last = edges.last else { return SIMD4() }
        let column = UInt32(height)
        var (top, bottom) = (column, UInt32(0))
        for index in stride(from: 0, to: edges.count, by: 2) {
            let (start, end) = (edges[index], edges[index + 1] - 1)
            let crosses = start / column != end / column
            top = crosses ? 0 : min(top, start % column)
            bottom = crosses ? column : max(bottom, end % column + 1)
        }
        return SIMD4(Int32(first / column), Int32(top), Int32((last - 1) / column + 1), Int32(bottom))
    }
}

extension InstanceMask {
    /// How many pixels belong to both objects, in images of one size.
    func sharedPixels(_ other: InstanceMask) -> Int {
        let low = pointwiseMax(bounds.lowHalf, other.bounds.lowHalf)
        let high = pointwiseMin(bounds.highHalf, other.bounds.highHalf)
        guard low.x < high.x, low.y < high.y else { return 0 }
        return edges.withUnsafeBufferPointer { a in
            other.edges.withUnsafeBufferPointer { b in sharedLength(a, b) }
        }
    }

    /// The box around the object: left, top, width, height; all 0 in an empty mask.
    var box: COCOBox {
        let low = bounds.lowHalf
        let size = bounds.highHalf &- low
        return COCOBox(x: Double(low.x), y: Double(low.y), width: Double(size.x), height: Double(size.y))
    }
}

/// The length that two lists of runs have in common.
private func sharedLength(_ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>) -> Int {
    var (i, j, sum) = (firstRun(of: a, endingAfter: b[0]), firstRun(of: b, endingAfter: a[0]), 0)
    while i < a.count, j < b.count {
        let (endA, endB) = (a[i + 1], b[j + 1])
        let start = max(a[i], b[j])
        sum += Int(max(min(endA, endB), start) - start)
        let step = endA <= endB ? 2 : 0
        i += step
        j += 2 - step
    }
    return sum
}

private func firstRun(of edges: UnsafeBufferPointer<UInt32>, endingAfter position: UInt32) -> Int {
    var (low, high) = (0, edges.count / 2)
    while low < high {
        let middle = (low + high) / 2
        if edges[2 * middle + 1] > position { high = middle } else { low = middle + 1 }
    }
    return 2 * low
}

extension [UInt32] {
    /// A run behind the others; one that touches the last is a part of it.
    fileprivate mutating func append(run start: UInt32, _ end: UInt32) {
        if last == start { removeLast() } else { append(start) }
        append(end)
    }
}

/// Runs that touch made into one.
private func joined(_ edges: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(edges.count)
    for edge in edges {
        if result.count % 2 == 0, edge == result.last { result.removeLast() } else { result.append(edge) }
    }
    return result
}
