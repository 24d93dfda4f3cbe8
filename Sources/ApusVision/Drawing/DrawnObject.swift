/// What a picture shows of one object, in pixels of the image.
public struct DrawnObject {
    /// Where the label goes, and with no `outline` what is drawn around the object.
    public var box: BoundingBox
    /// Empty for no label.
    public var caption: String
    public var color: Color
    /// The corners of a box at an angle, in order.
    public var outline: [SIMD2<Float>] = []
    public var mask: RegionMask?
    public var points: [(place: SIMD2<Float>, color: Color)] = []
    /// Lines between points.
    public var bones: [(from: SIMD2<Float>, to: SIMD2<Float>, color: Color)] = []

    public init(_ box: BoundingBox, caption: String, color: Color) {
        (self.box, self.caption, self.color) = (box, caption, color)
    }

    /// In an image that is enlarged by a whole factor; masks are enlarged as they are drawn.
    fileprivate func scaled(by factor: Float) -> DrawnObject {
        var result = self
        result.box = BoundingBox(
            minX: box.minX * factor, minY: box.minY * factor, maxX: box.maxX * factor, maxY: box.maxY * factor)
        result.outline = outline.map { $0 * factor }
        result.points = points.map { ($0.place * factor, $0.color) }
        result.bones = bones.map { ($0.from * factor, $0.to * factor, $0.color) }
        return result
    }
}

extension Image {
    /// The image with objects: masks below, lines above them, labels on top; lines and letters grow with the image,
    /// which is enlarged first by a whole factor to a longer side of at least `side` pixels.
    public func drawing(objects: [DrawnObject], enlargedTo side: Int) -> Image {
        guard width > 0, height > 0 else { return self }
        let longer = max(width, height)
        let factor = max(1, (side + longer - 1) / longer)
        var canvas = Canvas(resized(width: width * factor, height: height * factor))
        for object in objects {
            if let mask = object.mask { canvas.lay(mask, object.color, factor: factor) }
        }
        let scaled = objects.map { $0.scaled(by: Float(factor)) }
        for object in scaled { canvas.frame(object) }
        for object in scaled { canvas.skeleton(object) }
        var layout = LabelLayout(canvas.image)
        for object in scaled where !object.caption.isEmpty {
            let rectangle = PixelRectangle(object.box, in: canvas.image)
            layout.place(object.caption, on: rectangle).draw(on: &canvas, scale: layout.scale, object.color)
        }
        return canvas.image
    }

    /// The image with lines of text on coloured bars in its upper left corner, enlarged as for objects.
    ///
    /// - Parameter lines: a bar is as long as its `share` of the widest.
    public func drawing(lines: [(text: String, share: Float, color: Color)], enlargedTo side: Int) -> Image {
        guard width > 0, height > 0 else { return self }
        let longer = max(width, height)
        let factor = max(1, (side + longer - 1) / longer)
        var canvas = Canvas(resized(width: width * factor, height: height * factor))
        let scale = canvas.image.labelScale
        let padding = max(3, Int(3 * scale.factor))
        let lineHeight = scale.lineHeight + padding
        let room = canvas.image.width - 2 * padding
        let texts = lines.map { scale.fitted($0.text, width: room) }
        let widest = (texts.map { scale.width(of: $0) }.max() ?? 0) + 2 * padding
        for (index, line) in lines.enumerated() {
            let (top, share) = (index * lineHeight, line.share.isFinite ? min(max(line.share, 0), 1) : 0)
            canvas.fill(x: 0, y: top, width: widest, height: lineHeight, .black, opacity: 0.6)
            canvas.fill(x: 0, y: top, width: Int(Float(widest) * share), height: lineHeight, line.color, opacity: 0.7)
            canvas.text(texts[index], x: padding, y: top + padding / 2, scale: scale, .white, isBold: true)
        }
        return canvas.image
    }

    /// The image under the colours of its pixels' classes.
    ///
    /// - Parameter palette: the colour of each class; `nil` leaves its pixels as they are.
    public func drawing(classes: IndexImage, opacity: Float = 0.5, palette: (Int) -> Color?) -> Image {
        precondition(classes.width == width && classes.height == height, "classes of another image")
        var canvas = Canvas(self)
        let colors = (0..<256).map(palette)
        for y in 0..<height {
            for x in 0..<width {
                guard let color = colors[Int(classes.indices[y * width + x])] else { continue }
                canvas.blend(x, y, color, coverage: opacity)
            }
        }
        return canvas.image
    }
}

extension Canvas {
    /// A mask in its colour, its edge stronger than its inside.
    fileprivate mutating func lay(_ mask: RegionMask, _ color: Color, factor: Int) {
        mask.forEachRun { column, rows in
            let x = mask.left + column
            for row in rows {
                let y = mask.top + row
                let isEdge = !(mask[x - 1, y] && mask[x + 1, y] && mask[x, y - 1] && mask[x, y + 1])
                fill(
                    x: x * factor, y: y * factor, width: factor, height: factor, color, opacity: isEdge ? 0.9 : 0.45)
            }
        }
    }

    fileprivate mutating func frame(_ object: DrawnObject) {
        let thickness = image.lineThickness
        guard object.outline.isEmpty else {
            for (index, corner) in object.outline.enumerated() {
                let next = object.outline[(index + 1) % object.outline.count]
                line(fromX: corner.x, y: corner.y, toX: next.x, y: next.y, thickness: thickness, object.color)
            }
            return
        }
        let rectangle = PixelRectangle(object.box, in: image)
        stroke(
            x: rectangle.x, y: rectangle.y, width: rectangle.width, height: rectangle.height,
            thickness: Int(thickness), object.color)
    }

    fileprivate mutating func skeleton(_ object: DrawnObject) {
        let thickness = image.lineThickness
        for bone in object.bones {
            line(
                fromX: bone.from.x, y: bone.from.y, toX: bone.to.x, y: bone.to.y, thickness: 1.2 * thickness, bone.color
            )
        }
        let dot = max(3, 2.6 * thickness)
        for point in object.points {
            line(
                fromX: point.place.x, y: point.place.y, toX: point.place.x, y: point.place.y, thickness: dot + 1.5,
                .white)
            line(
                fromX: point.place.x, y: point.place.y, toX: point.place.x, y: point.place.y, thickness: dot,
                point.color)
        }
    }
}
