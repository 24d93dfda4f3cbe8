import ApusVision

/// Samples laid on a canvas, and their boxes there: what a geometric transform then draws.
public struct Scene: Sendable {
    public var canvas: TileCanvas
    /// In the canvas's pixels, clipped to it; none is empty.
    public var boxes: [LabeledBox]

    /// Lays each sample with its top-left pixel at its place.
    public init(
        size: ImageSize, background: UInt8 = 114, placing samples: [(sample: LabeledImage, left: Int, top: Int)]
    ) {
        canvas = TileCanvas(
            size: size, background: background,
            tiles: samples.map { TileCanvas.Tile($0.sample.image, left: $0.left, top: $0.top) })
        boxes = samples.flatMap { item in
            item.sample.boxes.compactMap { labeled in
                let box = labeled.box.shifted(x: Float(item.left), y: Float(item.top))
                    .clipped(width: Float(size.width), height: Float(size.height))
                return box.area > 0 ? LabeledBox(box, label: labeled.label, isCrowd: labeled.isCrowd) : nil
            }
        }
    }

    /// One sample in the middle of a square; its longer side must fit.
    public init(centering sample: LabeledImage, side: Int, background: UInt8 = 114) {
        let (left, top) = ((side - sample.image.width) / 2, (side - sample.image.height) / 2)
        self.init(size: ImageSize(square: side), background: background, placing: [(sample, left, top)])
    }

    /// Draws the scene into `output` and returns the boxes that remain there.
    public func draw(_ draw: RandomAffine.Draw, of affine: RandomAffine, into output: PixelView) -> [LabeledBox] {
        canvas.draw(through: draw.map, into: output)
        return affine.move(boxes, by: draw)
    }
}
