import ApusAugmentation
import ApusVision

/// One labelled object as its source declares it: nothing is checked or clipped.
///
/// Geometry is in pixels of the image as it is shown, after EXIF orientation, in double precision, so that a format
/// that counts in fractions gets its numbers back. Whatever the source does not say is `nil` or empty; an annotation
/// without any geometry labels the image as a whole.
public struct Annotation: Hashable, Sendable {
    /// Index into the classes of the dataset.
    public var label: Int
    public var box: AnnotatedBox?
    public var rotatedBox: TurnedBox?
    /// Which pixels belong to the object.
    public var region: Region?
    /// In the order of the class's skeleton.
    public var keypoints: [Landmark] = []
    public var flags: Flags = []
    /// Pascal VOC's viewpoint, such as Left or Frontal.
    public var pose: String?
    /// The number that the source gives this annotation.
    public var id: Int?
    /// Where it stands in the label file, counted from 1.
    public var line: Int?

    public init(label: Int) { self.label = label }

    public init(label: Int, box: AnnotatedBox, line: Int? = nil) {
        (self.label, self.box, self.line) = (label, box, line)
    }

    /// What else a source says of an object.
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// COCO's `iscrowd`: a region of many instances.
        public static let crowd = Flags(rawValue: 1)
        /// Pascal VOC's `difficult`: not counted as a miss.
        public static let difficult = Flags(rawValue: 2)
        /// The object reaches out of the image.
        public static let truncated = Flags(rawValue: 4)
        /// Something hides a part of the object.
        public static let occluded = Flags(rawValue: 8)
    }

    /// Whether it labels the image as a whole.
    public var isWholeImage: Bool { box == nil && rotatedBox == nil && region == nil && keypoints.isEmpty }

    /// The box that is declared, else the smallest around the rotated box, the region or the marked keypoints, else
    /// the whole image.
    public func bounds(in size: ImageSize) -> AnnotatedBox {
        box ?? hull ?? AnnotatedBox(minX: 0, minY: 0, maxX: Double(size.width), maxY: Double(size.height))
    }

    private var hull: AnnotatedBox? {
        rotatedBox.flatMap { AnnotatedBox(around: $0.corners) } ?? region?.bounds
            ?? AnnotatedBox(around: keypoints.lazy.filter { $0.visibility != .absent }.map(\.position))
    }
}

/// The edges of an axis-aligned rectangle in pixels, as they were declared: perhaps outside the image or inverted.
public struct AnnotatedBox: Hashable, Sendable {
    public var minX, minY, maxX, maxY: Double

    public init(minX: Double, minY: Double, maxX: Double, maxY: Double) {
        (self.minX, self.minY, self.maxX, self.maxY) = (minX, minY, maxX, maxY)
    }

    /// The smallest box around some points; `nil` where there are none.
    public init?(around points: some Sequence<Point>) {
        var iterator = points.makeIterator()
        guard let first = iterator.next() else { return nil }
        var (low, high) = (first, first)
        while let point = iterator.next() {
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
        }
        self.init(minX: low.x, minY: low.y, maxX: high.x, maxY: high.y)
    }

    public var width: Double { maxX - minX }
    public var height: Double { maxY - minY }
    /// Zero where the box is empty or inverted.
    public var area: Double { max(width, 0) * max(height, 0) }
    public var edges: [Double] { [minX, minY, maxX, maxY] }
}

/// A keypoint as its source declares it.
public struct Landmark: Hashable, Sendable {
    public var position: Point
    public var visibility: Keypoint.Visibility

    public init(_ position: Point, visibility: Keypoint.Visibility = .visible) {
        (self.position, self.visibility) = (position, visibility)
    }

    /// The same point in single precision.
    public var keypoint: Keypoint {
        Keypoint(x: Float(position.x), y: Float(position.y), visibility: visibility)
    }
}
