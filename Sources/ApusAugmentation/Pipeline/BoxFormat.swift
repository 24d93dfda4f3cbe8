import ApusVision

/// How four numbers say a box; the names are Albumentations'.
public enum BoxFormat: String, Codable, Hashable, Sendable, CaseIterable {
    /// Left, top, width, height in pixels.
    case coco
    /// Left, top, right, bottom in pixels.
    case pascalVOC = "pascal_voc"
    /// Left, top, right, bottom in fractions of the image's sides.
    case albumentations
    /// Centre, width, height in fractions of the image's sides.
    case yolo

    private var isNormalized: Bool { self == .albumentations || self == .yolo }

    /// The box that four numbers say in an image of this size; `nil` where they are not four.
    public func box(_ numbers: [Double], in size: ImageSize) -> BoundingBox? {
        guard numbers.count == 4 else { return nil }
        let (width, height) = isNormalized ? (Double(size.width), Double(size.height)) : (1, 1)
        let (a, b, c, d) = (numbers[0] * width, numbers[1] * height, numbers[2] * width, numbers[3] * height)
        let corners =
            switch self {
            case .coco: (a, b, a + c, b + d)
            case .pascalVOC, .albumentations: (a, b, c, d)
            case .yolo: (a - c / 2, b - d / 2, a + c / 2, b + d / 2)
            }
        return BoundingBox(
            minX: Float(corners.0), minY: Float(corners.1), maxX: Float(corners.2), maxY: Float(corners.3))
    }

    /// The four numbers that say a box in an image of this size.
    public func numbers(_ box: BoundingBox, in size: ImageSize) -> [Double] {
        let (left, top, right, bottom) = (Double(box.minX), Double(box.minY), Double(box.maxX), Double(box.maxY))
        let (width, height) = isNormalized ? (Double(size.width), Double(size.height)) : (1, 1)
        let numbers =
            switch self {
            case .coco: [left, top, right - left, bottom - top]
            case .pascalVOC, .albumentations: [left, top, right, bottom]
            case .yolo: [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top]
            }
        return [numbers[0] / width, numbers[1] / height, numbers[2] / width, numbers[3] / height]
    }
}
