import ApusVision

/// Where the words of a picture go: beside their boxes, inside the picture, and never over each other.
struct ReportLabels {
    private let width, height, size: Float
    private var taken: [BoundingBox] = []

    /// - Parameters: extents of the picture in its own pixels.
    init(width: Float, height: Float) {
        (self.width, self.height) = (width, height)
        size = max(width, height) / 26
    }

    /// The text's element; empty where there is no room, since the object also says its name when pointed at.
    mutating func place(_ object: ReportObject) -> String {
        let text = object.text.count > 24 ? object.text.prefix(23) + "…" : object.text
        let inside = object.box.clipped(width: width, height: height)
        guard !text.isEmpty, inside.minX.isFinite, inside.maxY.isFinite else { return "" }
        let wide = text.reduce(0) { $0 + ($1 == "%" ? 1 : 0.66) } * size + size * 0.2
        let frame = places(for: inside, wide: wide).first { frame in
            frame.minX >= 0 && frame.minY >= 0 && frame.maxX <= width && frame.maxY <= height
                && !taken.contains { overlap($0, frame) }
        }
        guard let frame else { return "" }
        taken.append(frame)
        return """
            <text class="\(object.status.rawValue)" x="\(number(frame.minX + size * 0.1))" \
            y="\(number(frame.maxY - size * 0.28))" font-size="\(number(size))">\(escaped(text))</text>
            """
    }

    /// Above, below, then inside the box; from its left edge, then up to its right.
    private func places(for box: BoundingBox, wide: Float) -> [BoundingBox] {
        let tall = size * 1.15
        return [box.minY - tall, box.maxY, box.minY, box.maxY - tall].flatMap { top in
            [box.minX, box.maxX - wide, max(0, min(box.minX, width - wide))].map { left in
                BoundingBox(minX: left, minY: top, maxX: left + wide, maxY: top + tall)
            }
        }
    }

    private func overlap(_ a: BoundingBox, _ b: BoundingBox) -> Bool {
        a.minX < b.maxX && b.minX < a.maxX && a.minY < b.maxY && b.minY < a.maxY
    }

    private func number(_ value: Float) -> String { fixed(Double(value), 1) }
}
