/// A named point of an object, in pixels.
public struct Keypoint: Hashable, Sendable {
    /// COCO's `v`.
    public enum Visibility: Int, Hashable, Sendable, CaseIterable {
        /// Not in the image, or nobody marked it: the coordinates mean nothing.
        case absent = 0
        case occluded = 1
        case visible = 2
    }

    public var x, y: Float
    public var visibility: Visibility

    public init(x: Float, y: Float, visibility: Visibility = .visible) {
        (self.x, self.y, self.visibility) = (x, y, visibility)
    }

    /// The same point, absent where it lies outside an image of this size.
    public func clipped(width: Float, height: Float) -> Keypoint {
        let isInside = x >= 0 && y >= 0 && x < width && y < height
        return isInside ? self : Keypoint(x: 0, y: 0, visibility: .absent)
    }
}

/// The points of one object, in the order of its skeleton.
public struct Keypoints: Hashable, Sendable {
    public var points: [Keypoint]

    public init(_ points: [Keypoint]) { self.points = points }

    /// COCO's flat list: x, y, v for each point.
    public init?(coco values: [Float]) {
        guard values.count % 3 == 0 else { return nil }
        points = []
        for index in stride(from: 0, to: values.count, by: 3) {
            guard let value = Int(exactly: values[index + 2]), let visibility = Keypoint.Visibility(rawValue: value)
            else { return nil }
            points.append(Keypoint(x: values[index], y: values[index + 1], visibility: visibility))
        }
    }

    public var coco: [Float] { points.flatMap { [$0.x, $0.y, Float($0.visibility.rawValue)] } }

    /// How many points are marked: COCO's `num_keypoints`.
    public var markedCount: Int { points.count { $0.visibility != .absent } }

    /// The smallest box around the marked points; `nil` where there are none.
    public var boundingBox: BoundingBox? {
        let marked = points.filter { $0.visibility != .absent }
        guard let minX = marked.map(\.x).min(), let maxX = marked.map(\.x).max(), let minY = marked.map(\.y).min(),
            let maxY = marked.map(\.y).max()
        else { return nil }
        return BoundingBox(minX: minX, minY: minY, maxX: maxX, maxY: maxY)
    }
}
