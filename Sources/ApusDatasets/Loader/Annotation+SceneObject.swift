import ApusAugmentation
import ApusVision

extension Annotation {
    /// The object as the training recipe takes it for a task.
    ///
    /// - Parameter labeled: its box, checked and clipped.
    func object(_ labeled: LabeledBox, for task: ObjectTask) -> SceneObject {
        switch task {
        case .detect: SceneObject(labeled)
        case .segment: outlined(labeled)
        case .obb: SceneObject(labeled, shape: ObjectShape(turned: turnedBox(labeled)))
        case .pose: SceneObject(labeled, shape: ObjectShape(keypoints: Keypoints(keypoints.map(\.keypoint))))
        }
    }

    private func outlined(_ labeled: LabeledBox) -> SceneObject {
        let outline = region?.outline ?? [labeled.box.corners]
        var box = labeled
        if let hull = BoundingBox(around: outline.flatMap { $0 }) { box.box = hull }
        return SceneObject(box, shape: ObjectShape(outline: outline))
    }

    /// The turned box that is declared, else the smallest around the outline, else the upright one.
    ///
    /// - Parameter labeled: the object's box, checked and clipped.
    public func turnedBox(_ labeled: LabeledBox) -> ApusAugmentation.RotatedBox {
        if let rotatedBox {
            return ApusAugmentation.RotatedBox(
                center: rotatedBox.center, width: rotatedBox.size.x, height: rotatedBox.size.y,
                angle: rotatedBox.angle, label: label)
        }
        let points = region?.outline.flatMap { $0 } ?? []
        return ApusAugmentation.RotatedBox(around: points, label: label)
            ?? ApusAugmentation.RotatedBox(around: labeled.box.corners, label: label)
            ?? ApusAugmentation.RotatedBox(
                center: Point(Double(labeled.box.centerX), Double(labeled.box.centerY)), width: 0, height: 0, angle: 0,
                label: label)
    }
}

extension Region {
    /// The outlines of its parts; a mask is one part, its holes among its turns.
    var outline: [[Point]] {
        switch self {
        case .polygons(let parts): return parts
        case .mask(let mask):
            guard let bounds = mask.bounds else { return [] }
            let (left, top) = (Int(bounds.minX), Int(bounds.minY))
            let part = mask.window(left: left, top: top, width: Int(bounds.width), height: Int(bounds.height))
            let corner = Point(bounds.minX, bounds.minY)
            return [MaskOutline.joined(MaskOutline.polygons(of: part)).map { $0 + corner }]
        }
    }
}

extension RunLengthMask {
    /// A part of the mask that holds all of the object.
    func window(left: Int, top: Int, width: Int, height: Int) -> Mask {
        var window = Mask(width: width, height: height)
        var start = 0
        for (index, count) in counts.enumerated() {
            if index % 2 == 1 {
                for pixel in start..<start + count {
                    window[pixel / self.height - left, pixel % self.height - top] = true
                }
            }
            start += count
        }
        return window
    }
}
