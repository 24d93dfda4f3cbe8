import ApusCore

/// A cut of an image into cells of almost the same size.
enum UniformGrid {
    /// The edges of `parts` parts, at most a pixel different and in random order, from 0 to `side`.
    static func edges(of side: Int, parts: Int, using stream: inout RandomStream) -> [Int] {
        let parts = parts.clamped(to: 1...side)
        var lengths = (0..<parts).map { side / parts + ($0 < side % parts ? 1 : 0) }
        for place in lengths.indices.dropLast() {
            lengths.swapAt(place, place + stream.index(below: lengths.count - place))
        }
        return lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    }

    /// Cells, row by row.
    static func cells(
        of size: ImageSize, rows: Int, columns: Int, using stream: inout RandomStream
    ) -> [PixelRectangle] {
        let y = edges(of: size.height, parts: rows, using: &stream)
        let x = edges(of: size.width, parts: columns, using: &stream)
        return zip(y, y.dropFirst()).flatMap { top, bottom in
            zip(x, x.dropFirst()).map { PixelRectangle(left: $0, top: top, width: $1 - $0, height: bottom - top) }
        }
    }
}
