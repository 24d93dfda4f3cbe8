import ApusVision

/// Samples laid on a canvas, and their objects there: what a geometric transform then draws.
public struct Scene: Sendable {
    public var canvas: TileCanvas
    /// In the canvas's pixels, clipped to it; none is empty.
    public var objects: [SceneObject]

    public var boxes: [LabeledBox] { objects.map(\.labeled) }

    /// Lays each sample with its top-left pixel at its place.
    public init(
        size: ImageSize, background: UInt8 = 114, placing samples: [(sample: LabeledImage, left: Int, top: Int)]
    ) {
        canvas = TileCanvas(
            size: size, background: background,
            tiles: samples.map { TileCanvas.Tile($0.sample.image, left: $0.left, top: $0.top) })
        objects = samples.flatMap { item in
            item.sample.objects.compactMap { $0.shifted(x: item.left, y: item.top, in: size) }
        }
    }

    /// One sample in the middle of a canvas that it fits into.
    public init(centering sample: LabeledImage, in size: ImageSize, background: UInt8 = 114) {
        let (left, top) = ((size.width - sample.image.width) / 2, (size.height - sample.image.height) / 2)
        self.init(size: size, background: background, placing: [(sample, left, top)])
    }

    /// Draws the scene into `output` and returns the objects that remain there.
    public func draw(_ draw: RandomAffine.Draw, of affine: RandomAffine, into output: PixelView) -> [SceneObject] {
        canvas.draw(through: draw.map, into: output)
        return affine.move(objects, by: draw)
    }
}
