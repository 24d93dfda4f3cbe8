import ApusAugmentation
import ApusVision

/// A part of an image, scaled and laid on a canvas: what every step of a recipe comes down to.
struct ImageWindow: Hashable, Sendable {
    /// The part of the image, in its pixels.
    var x, y, width, height: Int
    /// What the part is scaled to.
    var scaled: ImageSize
    /// Where the scaled part begins on the canvas.
    var left = 0, top = 0
    var canvas: ImageSize
    /// Objects of which less than this part of their area stays are left out.
    var minimumVisible = 0.0

    /// The whole image as it is.
    init(whole size: ImageSize) {
        (x, y, width, height) = (0, 0, size.width, size.height)
        (scaled, canvas) = (size, size)
    }

    var scale: Point { Point(Double(scaled.width) / Double(width), Double(scaled.height) / Double(height)) }

    private var isPadded: Bool { scaled != canvas }

    /// Grey, as letterboxes of detectors have it.
    private static let ground: UInt8 = 114

    func apply(to image: Image) -> Image {
        var part = image
        if x != 0 || y != 0 || width != image.width || height != image.height {
            part = image.cropped(x: x, y: y, width: width, height: height)
        }
        if scaled != part.size {
            let shrinks = scaled.width < width || scaled.height < height
            part = part.resized(
                width: scaled.width, height: scaled.height, interpolation: shrinks ? .antialiased : .bilinear)
        }
        return isPadded ? part.placed(onCanvas: canvas, left: left, top: top, ground: Self.ground) : part
    }

    func apply(to point: Point) -> Point {
        (point - Point(Double(x), Double(y))) * scale + Point(Double(left), Double(top))
    }

    /// The annotation on the canvas; `nil` where too little of it stays.
    func apply(to annotation: Annotation, size: ImageSize) -> Annotation? {
        if annotation.isWholeImage { return annotation }
        let bounds = annotation.bounds(in: size)
        let moved = apply(to: bounds), shown = moved.clipped(to: canvas)
        guard shown.area > 0 || bounds.area == 0, shown.area >= minimumVisible * moved.area else { return nil }
        var result = annotation
        result.box = annotation.box.map { cutsObjects ? apply(to: $0).clipped(to: canvas) : apply(to: $0) }
        result.rotatedBox = annotation.rotatedBox.flatMap { TurnedBox(corners: $0.corners.map(apply)) }
        result.region = annotation.region.map { apply(to: $0, size: size) }
        result.keypoints = annotation.keypoints.map(apply)
        if cutsObjects, shown != moved { result.flags.insert(.truncated) }
        result.id = nil
        return result
    }

    /// Whether parts of the image are lost.
    private var cutsObjects: Bool {
        scaled.width > canvas.width || scaled.height > canvas.height || minimumVisible > 0
    }

    private func apply(to box: AnnotatedBox) -> AnnotatedBox {
        let (low, high) = (apply(to: Point(box.minX, box.minY)), apply(to: Point(box.maxX, box.maxY)))
        return AnnotatedBox(minX: low.x, minY: low.y, maxX: high.x, maxY: high.y)
    }

    /// Outside the canvas a point is absent.
    private func apply(to landmark: Landmark) -> Landmark {
        guard landmark.visibility != .absent else { return landmark }
        let point = apply(to: landmark.position)
        let isInside =
            point.x >= 0 && point.y >= 0 && point.x < Double(canvas.width) && point.y < Double(canvas.height)
        return isInside
            ? Landmark(point, visibility: landmark.visibility) : Landmark(.zero, visibility: .absent)
    }

    private func apply(to region: Region, size: ImageSize) -> Region {
        switch region {
        case .polygons(let parts):
            let moved = parts.map { $0.map(apply) }
            return .polygons(
                cutsObjects ? moved.map { Polygon.clip($0, to: canvas) }.filter { $0.count >= 3 } : moved)
        case .mask(let mask): return .mask(apply(to: mask))
        }
    }

    /// Each pixel of the canvas takes the nearest one of the mask.
    private func apply(to mask: RunLengthMask) -> RunLengthMask {
        let source = mask.mask
        var result = Mask(width: canvas.width, height: canvas.height)
        for row in max(top, 0)..<max(min(top + scaled.height, canvas.height), max(top, 0)) {
            let fromY = y + min((row - top) * height / scaled.height, height - 1)
            for column in max(left, 0)..<max(min(left + scaled.width, canvas.width), max(left, 0)) {
                let fromX = x + min((column - left) * width / scaled.width, width - 1)
                if fromX < source.width, fromY < source.height { result[column, row] = source[fromX, fromY] }
            }
        }
        return RunLengthMask(result)
    }
}

extension AnnotatedBox {
    /// The part inside an image of this size.
    func clipped(to size: ImageSize) -> AnnotatedBox {
        let (width, height) = (Double(size.width), Double(size.height))
        return AnnotatedBox(
            minX: min(max(minX, 0), width), minY: min(max(minY, 0), height), maxX: min(max(maxX, 0), width),
            maxY: min(max(maxY, 0), height))
    }
}

extension Image {
    /// The image on a canvas of one grey; what lies outside is cut off.
    fileprivate func placed(onCanvas size: ImageSize, left: Int, top: Int, ground: UInt8) -> Image {
        var canvas = [UInt8](repeating: ground, count: size.width * size.height * channels)
        let columns = max(left, 0)..<max(min(left + width, size.width), max(left, 0))
        for row in max(top, 0)..<max(min(top + height, size.height), max(top, 0)) where !columns.isEmpty {
            let from = ((row - top) * width + columns.lowerBound - left) * channels
            let to = (row * size.width + columns.lowerBound) * channels
            let count = columns.count * channels
            canvas.replaceSubrange(to..<to + count, with: pixels[from..<from + count])
        }
        return Image(width: size.width, height: size.height, channels: channels, pixels: canvas)
    }
}
