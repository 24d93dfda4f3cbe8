extension Image {
    /// The image with boxes and their labels. Lines and letters grow with the image; labels stay inside it and keep
    /// clear of each other where there is room.
    public func drawing(boxes: [(BoundingBox, String, Color)]) -> Image {
        guard width > 0, height > 0 else { return self }
        var canvas = Canvas(self)
        let thickness = Int(lineThickness)
        let rectangles = boxes.map { PixelRectangle($0.0, in: self) }
        for (rectangle, box) in zip(rectangles, boxes) {
            canvas.stroke(
                x: rectangle.x, y: rectangle.y, width: rectangle.width, height: rectangle.height, thickness: thickness,
                box.2)
        }
        var layout = LabelLayout(self)
        for (rectangle, box) in zip(rectangles, boxes) where !box.1.isEmpty {
            layout.place(box.1, on: rectangle).draw(on: &canvas, scale: layout.scale, box.2)
        }
        return canvas.image
    }

    /// What lines and letters grow with; a long strip counts as three squares.
    private var drawingSide: Float { Float(min(max(width, height), 3 * min(width, height))) }

    /// Of lines around objects, in whole pixels.
    var lineThickness: Float { max(1, (drawingSide / 320).rounded()) }

    /// The size of labels.
    var labelScale: TextScale { TextScale(max(1, drawingSide / 560)) }
}

extension LabelLayout {
    init(_ image: Image) { self.init(imageWidth: image.width, imageHeight: image.height, scale: image.labelScale) }
}

extension Image {
    /// As `drawing(boxes:)`, with keypoints, after enlarging by a whole factor to a longer side of at least `side`
    /// pixels: on a thumbnail, labels that can be read would cover what they name.
    public func drawing(
        boxes: [(BoundingBox, String, Color)], points: [(Keypoint, Color)] = [], enlargedTo side: Int
    ) -> Image {
        let longer = max(width, height, 1)
        let factor = max(1, (side + longer - 1) / longer)
        guard factor > 1, width > 0, height > 0 else { return drawing(boxes: boxes).dotted(points) }
        let scaled = boxes.map { ($0.0.scaled(by: Float(factor)), $0.1, $0.2) }
        let moved = points.map { point, color in
            (Keypoint(x: point.x * Float(factor), y: point.y * Float(factor), visibility: point.visibility), color)
        }
        return resized(width: width * factor, height: height * factor).drawing(boxes: scaled).dotted(moved)
    }

    /// A dot at each point that is marked, as large as the image asks.
    private func dotted(_ points: [(Keypoint, Color)]) -> Image {
        guard !points.isEmpty else { return self }
        var canvas = Canvas(self)
        let thickness = max(3, Float(max(width, height)) / 110)
        for (point, color) in points where point.visibility != .absent {
            canvas.line(fromX: point.x, y: point.y, toX: point.x, y: point.y, thickness: thickness, color)
        }
        return canvas.image
    }
}

extension BoundingBox {
    fileprivate func scaled(by factor: Float) -> BoundingBox {
        BoundingBox(minX: minX * factor, minY: minY * factor, maxX: maxX * factor, maxY: maxY * factor)
    }
}

/// A rectangle of whole pixels.
struct PixelRectangle: Hashable {
    var x, y, width, height: Int

    init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// The pixels that a box touches, at least one; a box that is not finite comes to the upper left corner.
    init(_ box: BoundingBox, in image: Image) {
        func pixel(_ value: Float, _ limit: Int) -> Int {
            value.isFinite ? Int(min(max(value, 0), Float(limit)).rounded()) : 0
        }
        x = min(pixel(box.minX, image.width), image.width - 1)
        y = min(pixel(box.minY, image.height), image.height - 1)
        width = max(pixel(box.maxX, image.width) - x, 1)
        height = max(pixel(box.maxY, image.height) - y, 1)
    }

    func sharedArea(with other: PixelRectangle) -> Int {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        return max(across, 0) * max(down, 0)
    }
}

/// Where labels go: each at the first place of its box where it covers no other label.
struct LabelLayout {
    let imageWidth, imageHeight: Int
    let scale: TextScale
    private(set) var placed: [PixelRectangle] = []

    init(imageWidth: Int, imageHeight: Int, scale: TextScale) {
        (self.imageWidth, self.imageHeight, self.scale) = (imageWidth, imageHeight, scale)
    }

    struct Label {
        let text: String
        let frame: PixelRectangle
    }

    private var padding: Int { max(3, Int(3 * scale.factor)) }

    mutating func place(_ text: String, on box: PixelRectangle) -> Label {
        let shown = scale.fitted(text, width: imageWidth - 2 * padding)
        let width = scale.width(of: shown) + 2 * padding
        let height = Int(Float(BitmapFont.glyphHeight) * scale.factor) + padding
        let frames = corners(of: box, width, height).map { inside(x: $0.x, y: $0.y, width, height) }
        let frame = frames.min { cost($0) < cost($1) } ?? inside(x: box.x, y: box.y, width, height)
        placed.append(frame)
        return Label(text: shown, frame: frame)
    }

    /// Above, inside and below the box, left then right; then further and further up and down.
    private func corners(of box: PixelRectangle, _ width: Int, _ height: Int) -> [(x: Int, y: Int)] {
        let (top, bottom, right) = (box.y, box.y + box.height, box.x + box.width - width)
        let near = [top - height, top, bottom, bottom - height].flatMap { [(box.x, $0), (right, $0)] }
        let far = (1...8).flatMap { [(box.x, top - (1 + $0) * height), (box.x, top + $0 * height)] }
        return (near + far).map { (x: $0.0, y: $0.1) }
    }

    private func inside(x: Int, y: Int, _ width: Int, _ height: Int) -> PixelRectangle {
        PixelRectangle(
            x: max(min(x, imageWidth - width), 0), y: max(min(y, imageHeight - height), 0), width: width,
            height: height)
    }

    /// How much of the other labels this place would cover. `min` takes the first of equal places.
    private func cost(_ frame: PixelRectangle) -> Int { placed.reduce(0) { $0 + $1.sharedArea(with: frame) } }
}

extension LabelLayout.Label {
    func draw(on canvas: inout Canvas, scale: TextScale, _ color: Color) {
        canvas.fill(x: frame.x, y: frame.y, width: frame.width, height: frame.height, color)
        let x = frame.x + (frame.width - scale.width(of: text)) / 2
        // Letters without descenders are centred a little high: the cell has room below the baseline.
        let y = frame.y + (frame.height - Int(Float(BitmapFont.baseline) * scale.factor)) / 2
        // Struck twice: thin letters drown in a photograph.
        canvas.text(text, x: x, y: y, scale: scale, color.contrasting, isBold: true)
    }
}
