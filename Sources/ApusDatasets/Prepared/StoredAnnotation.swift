import ApusAugmentation
import ApusVision

/// What a prepared version keeps of an annotation: its geometry and flags, but not where it stood in its source.
extension Annotation {
    /// The bit beside those of `Flags` for an annotation without a box of its own.
    static let hasNoBox: UInt8 = 128

    var storedFlags: UInt8 { flags.rawValue | (box == nil ? Self.hasNoBox : 0) }

    /// Whether the checked box says everything.
    var isPlain: Bool {
        box != nil && rotatedBox == nil && region == nil && keypoints.isEmpty && flags.isSubset(of: .crowd)
    }

    /// The annotation as it is kept beside its checked box.
    func stored(as checked: LabeledBox) -> Annotation {
        var result = self
        (result.id, result.line, result.pose) = (nil, nil, nil)
        if rotatedBox?.numbers.allSatisfy(\.isFinite) == false { result.rotatedBox = nil }
        if region?.isStorable == false { result.region = nil }
        if box != nil { result.box = AnnotatedBox(checked.box) }
        return result
    }
}

extension Region {
    /// Whether there is anything of it, and its numbers fit the columns.
    fileprivate var isStorable: Bool {
        switch self {
        case .polygons(let parts): !parts.isEmpty
        case .mask(let mask): !mask.counts.isEmpty && mask.width * mask.height <= Int(Int32.max)
        }
    }
}

extension AnnotatedBox {
    init(_ box: BoundingBox) {
        self.init(
            minX: Double(box.minX), minY: Double(box.minY), maxX: Double(box.maxX), maxY: Double(box.maxY))
    }
}

extension TurnedBox {
    /// Centre, extents and angle.
    var numbers: [Double] { [center.x, center.y, size.x, size.y, angle] }

    init(numbers: [Double]) {
        self.init(
            center: Point(numbers[0], numbers[1]), size: SIMD2(numbers[2], numbers[3]), angle: numbers[4])
    }
}
