import Glibc

/// How many values fall between neighbouring edges; values beyond the outer edges count in the outer bins.
public struct Histogram: Codable, Hashable, Sendable {
    /// Ascending, one more than counts.
    public let edges: [Double]
    public private(set) var counts: [Int]

    public init(edges: [Double]) {
        precondition(edges.count >= 2 && edges == edges.sorted(), "at least two ascending edges")
        (self.edges, counts) = (edges, [Int](repeating: 0, count: edges.count - 1))
    }

    public var total: Int { counts.reduce(0, +) }

    public mutating func add(_ value: Double) {
        let bin = edges.dropFirst().dropLast().firstIndex { value < $0 } ?? edges.count - 1
        counts[bin - 1] += 1
    }

    public mutating func merge(_ other: Histogram) {
        precondition(edges == other.edges, "histograms of other edges")
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// Image sides in pixels.
    static let sides = Histogram(edges: [
        0, 64, 128, 192, 256, 320, 416, 512, 640, 800, 1024, 1280, 1920, 2560, 4096, 8192,
    ])
    /// Width over height, by factors of √2, squares in the middle of a bin.
    static let aspects = Histogram(edges: (-5...6).map { exp2((Double($0) - 0.5) / 2) })
    /// The side of a square of the box's area over that of the image's.
    static let relativeSizes = Histogram(edges: [0, 0.01, 0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.25, 0.35, 0.5, 0.7, 1])
    /// Objects in an image.
    static let objects = Histogram(edges: [0, 1, 2, 3, 4, 5, 6, 8, 11, 16, 21, 31, 51, 101, 1001])
}

/// How often boxes cover each part of their images, all images stretched to one square.
public struct HeatMap: Codable, Hashable, Sendable {
    public static let side = 32
    /// Boxes over each of 32×32 cells, by rows; a cell half covered counts half.
    public private(set) var cells = [Double](repeating: 0, count: side * side)
    public private(set) var boxes = 0

    public init() {}

    /// - Parameter box: in fractions of the image.
    mutating func add(minX: Double, minY: Double, maxX: Double, maxY: Double) {
        boxes += 1
        let columns = Self.cover(minX, maxX), rows = Self.cover(minY, maxY)
        for (row, height) in rows {
            for (column, width) in columns { cells[row * Self.side + column] += width * height }
        }
    }

    mutating func merge(_ other: HeatMap) {
        boxes += other.boxes
        for index in cells.indices { cells[index] += other.cells[index] }
    }

    /// The cells that a stretch touches and how much of each.
    private static func cover(_ low: Double, _ high: Double) -> [(Int, Double)] {
        let start = min(max(low, 0), 1) * Double(side), end = min(max(high, 0), 1) * Double(side)
        guard end > start else { return [] }
        return (Int(start)...min(Int(end), side - 1)).compactMap { cell in
            let part = min(end, Double(cell + 1)) - max(start, Double(cell))
            return part > 0 ? (cell, part) : nil
        }
    }
}
