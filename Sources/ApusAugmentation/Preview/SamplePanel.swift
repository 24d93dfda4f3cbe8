import ApusVision

/// A sample as people look at it: the picture with everything marked in it, and beneath it what was drawn for it.
public struct SamplePanel: Sendable {
    /// Pixels across; the picture is fitted into a square of it.
    public var width: Int
    public var classNames: [String]
    /// Pairs of points that are drawn connected.
    public var skeleton: [SIMD2<Int>]

    public init(width: Int = 400, classNames: [String] = [], skeleton: [SIMD2<Int>] = []) {
        precondition((64...4096).contains(width), "a panel \(width) pixels wide, expected 64 to 4096")
        (self.width, self.classNames, self.skeleton) = (width, classNames, skeleton)
    }

    /// - Parameters:
    ///   - title: the first line, such as the file's name.
    ///   - notes: what was done to the sample, a paragraph each; their first word is the transform.
    public func image(of sample: Sample, title: String, notes: [String]) -> Image {
        let picture = picture(of: sample)
        let paragraphs = [title] + notes
        let lines = paragraphs.flatMap { self.lines(of: $0) }
        let scale = TextScale(1)
        var canvas = Canvas(
            width: width, height: width + (min(lines.count, Self.maximumLines) + 1) * scale.lineHeight, color: .white)
        canvas.draw(picture, x: (width - picture.width) / 2, y: (width - picture.height) / 2)
        for (row, line) in lines.prefix(Self.maximumLines).enumerated() {
            let isCut = row == Self.maximumLines - 1 && lines.count > Self.maximumLines
            canvas.text(
                isCut ? line.text.prefix(40) + " .." : line.text, x: Self.margin,
                y: width + row * scale.lineHeight + scale.lineHeight / 2, .black, isBold: line.isFirst)
        }
        return canvas.image
    }

    private static let margin = 4
    private static let maximumLines = 24

    private func lines(of paragraph: String) -> [(text: String, isFirst: Bool)] {
        let letters = (width - 2 * Self.margin) / 7
        return paragraph.wrapped(width: letters - 2).enumerated().map { index, line in
            (text: index == 0 ? line : "  " + line, isFirst: index == 0)
        }
    }

    // MARK: The picture

    private func picture(of sample: Sample) -> Image {
        let size = sample.size.scaled(longerSide: width)
        let image = sample.image.rgbImage
        let shown = image.resized(
            width: size.width, height: size.height,
            interpolation: max(image.width, image.height) > width ? .antialiased : .bilinear)
        let scale = Point(
            Double(size.width) / Double(sample.size.width), Double(size.height) / Double(sample.size.height))
        var canvas = Canvas(shown)
        for (index, mask) in sample.masks.enumerated() { canvas.tint(mask.raster, Color.palette(index + 3)) }
        drawOutlines(sample, scale, on: &canvas)
        let boxes = sample.boxes.map { box in
            (box.box.scaled(x: Float(scale.x), y: Float(scale.y)), name(of: box.label), Color.palette(box.label))
        }
        return canvas.image.drawing(boxes: boxes, points: points(of: sample, scale), enlargedTo: 1)
    }

    private func name(of label: Int) -> String { classNames.indices.contains(label) ? classNames[label] : "\(label)" }

    private func drawOutlines(_ sample: Sample, _ scale: Point, on canvas: inout Canvas) {
        for polygon in sample.polygons {
            for ring in polygon.rings { canvas.outline(ring.map { $0 * scale }, .palette(polygon.label)) }
        }
        for box in sample.rotatedBoxes { canvas.outline(box.corners.map { $0 * scale }, .palette(box.label)) }
        for object in sample.keypoints {
            for pair in skeleton where object.points.indices.contains(pair.x) && object.points.indices.contains(pair.y)
            {
                let (a, b) = (object.points[pair.x], object.points[pair.y])
                guard a.visibility != .absent, b.visibility != .absent else { continue }
                canvas.line(a, b, scale, .white)
            }
        }
    }

    private func points(of sample: Sample, _ scale: Point) -> [(Keypoint, Color)] {
        sample.keypoints.flatMap { object in
            object.points.enumerated().map { index, point in
                (
                    Keypoint(x: point.x * Float(scale.x), y: point.y * Float(scale.y), visibility: point.visibility),
                    Color.palette(index)
                )
            }
        }
    }
}

extension Canvas {
    fileprivate mutating func outline(_ ring: [Point], _ color: Color) {
        for (index, point) in ring.enumerated() {
            let next = ring[(index + 1) % ring.count]
            line(
                fromX: Float(point.x), y: Float(point.y), toX: Float(next.x), y: Float(next.y), thickness: 2, color)
        }
    }

    fileprivate mutating func line(_ a: Keypoint, _ b: Keypoint, _ scale: Point, _ color: Color) {
        let (x, y) = (Float(scale.x), Float(scale.y))
        line(fromX: a.x * x, y: a.y * y, toX: b.x * x, y: b.y * y, thickness: 1.5, color)
    }

    /// Lays a colour over the places where a mask is not 0.
    fileprivate mutating func tint(_ mask: Raster, _ color: Color) {
        let (width, height) = (image.width, image.height)
        for y in 0..<height {
            for x in 0..<width where mask[x * mask.width / width, y * mask.height / height, 0] > 0 {
                fill(x: x, y: y, width: 1, height: 1, color, opacity: 0.45)
            }
        }
    }
}

extension AppliedTransform {
    /// The transform and its draw, in a line for people.
    public var note: String {
        let shown = DrawText.line(draw)
        let others = partners.isEmpty ? "" : " with \(partners.map { "\($0.position)" }.joined(separator: ", "))"
        let parts = channels.map { " on channels \($0)" } ?? ""
        return "\(name)\(parts)\(others)\(shown.isEmpty ? "" : ": ")\(shown)"
    }
}
