import ApusVision

/// The connected parts (by sides and corners) of a mask's pixels that have the same value.
struct Components {
    /// For each pixel its part from 1 on; 0 for none.
    private(set) var labels: [Int32]
    private(set) var count = 0

    /// - Parameter value: what a pixel belongs to; 0 for none.
    init(size: ImageSize, value: (Int) -> Int) {
        let values = (0..<size.width * size.height).map(value)
        labels = [Int32](repeating: 0, count: values.count)
        var open: [Int] = []
        for start in values.indices where values[start] != 0 && labels[start] == 0 {
            count += 1
            labels[start] = Int32(count)
            open.append(start)
            while let place = open.popLast() { visit(place, size, values, &open) }
        }
    }

    private mutating func visit(_ place: Int, _ size: ImageSize, _ values: [Int], _ open: inout [Int]) {
        let (x, y) = (place % size.width, place / size.width)
        for row in max(y - 1, 0)...min(y + 1, size.height - 1) {
            for column in max(x - 1, 0)...min(x + 1, size.width - 1) {
                let next = row * size.width + column
                guard labels[next] == 0, values[next] == values[place] else { continue }
                labels[next] = labels[place]
                open.append(next)
            }
        }
    }

    /// The pixels of each part.
    func pixels() -> [[Int]] {
        var result = [[Int]](repeating: [], count: count)
        for (pixel, label) in labels.enumerated() where label > 0 { result[Int(label) - 1].append(pixel) }
        return result
    }
}

extension Raster {
    /// The first channel as whole numbers.
    func wholeValues() -> [Int] {
        let channels = channels
        func values<Value>(_ from: UnsafeBufferPointer<Value>, _ whole: (Value) -> Int) -> [Int] {
            stride(from: 0, to: from.count, by: channels).map { whole(from[$0]) }
        }
        return read(
            uint8: { values($0) { Int($0) } },
            float32: { values($0) { $0.isFinite && abs($0) < 1e9 ? Int($0.rounded()) : 0 } })
    }
}
