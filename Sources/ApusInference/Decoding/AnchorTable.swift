import ApusVision

/// What the outputs of most detectors come down to: for every anchor a box in pixels of the input, a score for each
/// class, and maybe keypoints.
struct AnchorTable {
    let classCount, anchorCount: Int
    /// `[4 + classCount, anchorCount]`: centre x and y, width, height, then scores; what follows does not count.
    var values: [Float]
    /// The points of an anchor, in pixels of the input.
    var keypoints: ((Int) -> Keypoints)?

    var usedCount: Int { (4 + classCount) * anchorCount }

    init(classCount: Int, anchorCount: Int) {
        (self.classCount, self.anchorCount) = (classCount, anchorCount)
        values = Array(repeating: 0, count: (4 + classCount) * anchorCount)
    }

    mutating func setBox(_ box: CenteredBox, of anchor: Int) {
        values[anchor] = box.x
        values[anchorCount + anchor] = box.y
        values[2 * anchorCount + anchor] = box.width
        values[3 * anchorCount + anchor] = box.height
    }

    mutating func setScore(_ score: Float, of anchor: Int, label: Int) {
        values[(4 + label) * anchorCount + anchor] = score
    }
}

/// A box by its centre and extents.
struct CenteredBox {
    var x, y, width, height: Float

    func scaled(_ horizontally: Float, _ vertically: Float) -> CenteredBox {
        CenteredBox(x: x * horizontally, y: y * vertically, width: width * horizontally, height: height * vertically)
    }
}

/// What a model's four numbers of a box are.
public enum BoxForm: String, Codable, Sendable, CaseIterable {
    /// Centre x and y, width, height.
    case cxcywh
    /// Left, top, right, bottom.
    case xyxy
    /// Left, top, width, height.
    case xywh
    /// Top, left, bottom, right.
    case yxyx

    func box(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> CenteredBox {
        switch self {
        case .cxcywh: CenteredBox(x: a, y: b, width: c, height: d)
        case .xyxy: CenteredBox(x: (a + c) / 2, y: (b + d) / 2, width: c - a, height: d - b)
        case .xywh: CenteredBox(x: a + c / 2, y: b + d / 2, width: c, height: d)
        case .yxyx: CenteredBox(x: (b + d) / 2, y: (a + c) / 2, width: d - b, height: c - a)
        }
    }
}

/// What a model's coordinates count.
public enum Coordinates: String, Codable, Sendable, CaseIterable {
    /// Pixels of the input.
    case input
    /// Parts of the input, from 0 to 1.
    case normalized
    /// Pixels of the image.
    case image

    /// In pixels of the input.
    func box(_ box: CenteredBox, _ placement: Placement) -> CenteredBox {
        switch self {
        case .input: return box
        case .normalized: return box.scaled(Float(placement.inputWidth), Float(placement.inputHeight))
        case .image:
            var scaled = box.scaled(placement.scaleX, placement.scaleY)
            scaled.x += Float(placement.left)
            scaled.y += Float(placement.top)
            return scaled
        }
    }

    /// A point in pixels of the input.
    func point(x: Float, y: Float, _ placement: Placement) -> (x: Float, y: Float) {
        let moved = box(CenteredBox(x: x, y: y, width: 0, height: 0), placement)
        return (moved.x, moved.y)
    }
}
