import ApusConfiguration
import ApusCore
import ApusVision

/// A window into a grid of samples, the first of them in the cell of which the window shows most.
///
/// Bochkovskiy et al., *YOLOv4*, <https://arxiv.org/abs/2004.10934>. Where partners are missing, the sample itself
/// takes their cells.
public struct Mosaic: MixingTransform {
    public var rows = 2, columns = 2
    /// The window's size.
    public var outputSize = ImageSize(square: 512)
    public var cellSize = ImageSize(square: 512)
    /// The window's centre, as a fraction of the way that it can go along each axis.
    public var center = 0.3...0.7
    public var fit = Fit.cover
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var fill = Fill.zero
    public var maskFill = Fill.zero

    /// How a sample comes into its cell.
    public enum Fit: String, CaseIterable, Sendable {
        /// As small as fills the cell, its middle in the cell's middle.
        case cover
        /// As large as the cell holds.
        case contain
    }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var grid = [rows, columns]
        try parameters.integers("grid_yx", &grid, count: 2...2, in: 1...8)
        (rows, columns) = (grid[0], grid[1])
        try parameters.size("target_size", &outputSize)
        try parameters.size("cell_shape", &cellSize)
        try parameters.range("center_range", &center, in: 0...1)
        try parameters.choice("fit_mode", &fit)
        try parameters.code("interpolation", &resampling)
        try parameters.code("mask_interpolation", &maskResampling)
        try parameters.fill("fill", &fill)
        try parameters.fill("fill_mask", &maskFill)
        var key = "mosaic_metadata"
        try parameters.text("metadata_key", &key)
        guard rows * cellSize.height >= outputSize.height, columns * cellSize.width >= outputSize.width else {
            throw parameters.problem("target_size", "larger than the grid of \(rows)×\(columns) cells of \(cellSize)")
        }
    }

    public var partnerCount: Int { rows * columns - 1 }
}

extension Mosaic {
    public struct Draw: Codable, Hashable, Sendable {
        /// The window's upper left corner in the grid.
        public var left, top: Int
        /// The sample of each cell, row by row: 0 is the first.
        public var order: [Int]
    }

    public func draw(for sample: Sample, partners: [Sample], using stream: inout RandomStream) -> Draw? {
        let left = place(columns * cellSize.width - outputSize.width, &stream)
        let top = place(rows * cellSize.height - outputSize.height, &stream)
        var draw = Draw(left: left, top: top, order: [])
        let areas = (0..<rows * columns).map { visible($0, draw).size.area }
        let largest = areas.indices.max { areas[$0] < areas[$1] } ?? 0
        var others = (1...max(rows * columns - 1, 1)).map { $0 <= partners.count ? $0 : 0 }
        others.shuffle(using: &stream)
        draw.order = areas.indices.map { $0 == largest ? 0 : others[$0 < largest ? $0 : $0 - 1] }
        return draw
    }

    private func place(_ way: Int, _ stream: inout RandomStream) -> Int { Int(Double(way) * stream.uniform(center)) }

    /// What the window shows of a cell, in the window's pixels.
    private func visible(_ cell: Int, _ draw: Draw) -> PixelRectangle {
        let (column, row) = (cell % columns, cell / columns)
        return PixelRectangle(
            left: column * cellSize.width - draw.left, top: row * cellSize.height - draw.top, width: cellSize.width,
            height: cellSize.height
        ).clipped(to: outputSize)
    }

    public func apply(_ draw: Draw, to sample: inout Sample, with partners: [Sample]) {
        let limits = ImageSize(width: columns * cellSize.width, height: rows * cellSize.height)
        guard (0...limits.width).contains(draw.left), (0...limits.height).contains(draw.top) else { return }
        let samples = [sample] + partners
        var result = sample
        result.clear(size: outputSize, fill, maskFill)
        // The first sample first, so that its boxes keep their places in the list.
        let cells = draw.order.prefix(rows * columns).enumerated().sorted {
            ($0.element, $0.offset) < ($1.element, $1.offset)
        }
        for (cell, item) in cells {
            let source = samples.indices.contains(item) ? samples[item] : sample
            let window = visible(cell, draw)
            if !window.isEmpty { result.lay(cut(source, cell: cell, window, draw), at: window) }
        }
        result.joinAllLabels(samples)
        sample = result
    }

    /// What the window shows of a sample in its cell.
    private func cut(_ sample: Sample, cell: Int, _ window: PixelRectangle, _ draw: Draw) -> Sample {
        let (width, height) = (Double(sample.size.width), Double(sample.size.height))
        let ratios = [Double(cellSize.width) / width, Double(cellSize.height) / height]
        let scale = fit == .cover ? max(ratios[0], ratios[1]) : min(ratios[0], ratios[1])
        let origin = Point(
            Double(cell % columns * cellSize.width - draw.left - window.left),
            Double(cell / columns * cellSize.height - draw.top - window.top))
        let margin = (Point(Double(cellSize.width), Double(cellSize.height)) - Point(width, height) * scale) / 2
        let filling = Sample.Filling(
            image: fill, mask: maskFill, resampling: resampling, maskResampling: maskResampling)
        return sample.placed(scale: scale, shift: origin + margin, size: window.size, filling)
    }
}

extension Sample {
    /// An empty picture of the same kind, with nothing marked in it.
    fileprivate mutating func clear(size: ImageSize, _ fill: Fill, _ maskFill: Fill) {
        image = Raster(size: size, fill: fill, like: image)
        masks = masks.map { SampleMask($0.name, Raster(size: size, fill: maskFill, like: $0.raster)) }
        (boxes, rotatedBoxes, polygons, keypoints, dropped) = ([], [], [], [], [])
    }

    /// Lays a sample of a rectangle's size there, with what is marked in it.
    fileprivate mutating func lay(_ part: Sample, at place: PixelRectangle) {
        let whole = PixelRectangle(left: 0, top: 0, width: place.width, height: place.height)
        image.copy(whole, of: part.image.converted(like: image), toLeft: place.left, top: place.top)
        joinMasks(part) { $0.copy(whole, of: $1, toLeft: place.left, top: place.top) }
        var moved = part
        let shift = Affine.Draw(map: .translation(x: Double(place.left), y: Double(place.top)), outputSize: size)
        Affine().move(&moved, by: shift, from: place.size, to: size)
        join(moved)
    }

    /// Every sample's classes, alike.
    fileprivate mutating func joinAllLabels(_ samples: [Sample]) {
        var shares: [Int: Float] = [:]
        for label in samples.flatMap(\.labels) { shares[label.label, default: 0] += label.share / Float(samples.count) }
        labels = shares.sorted { $0.key < $1.key }.map { ImageLabel($0.key, share: $0.value) }
    }
}
