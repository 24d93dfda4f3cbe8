import ApusDatasets
import ApusMetrics
import ApusVision

/// The objects of an image as metrics take them.
extension PreparedDataset {
    /// Objects without an outline or a mask are left out.
    ///
    /// - Throws: `EvaluationError` for an outline that cannot be filled.
    func labeledMasks(_ index: Int) throws -> [LabeledMask] {
        let (width, height) = (Int(record(index).width), Int(record(index).height))
        return try zip(boxes(index), annotations(index)).compactMap { box, annotation in
            try annotation.instanceMask(width: width, height: height).map {
                LabeledMask($0, box: box.box, label: box.label, isCrowd: box.isCrowd)
            }
        }
    }

    /// Objects of classes without keypoints are left out.
    func labeledPoses(_ index: Int) -> [LabeledPose] {
        let poses = zip(boxes(index), annotations(index)).map { box, annotation in
            LabeledPose(
                Keypoints(annotation.keypoints.map(\.keypoint)), box: box.box, label: box.label,
                area: annotation.region?.area, isCrowd: box.isCrowd)
        }
        return poses.filter { !$0.keypoints.points.isEmpty }
    }

    /// What turned boxes are learnt from.
    func labeledRectangles(_ index: Int) -> [LabeledRectangle] {
        zip(boxes(index), annotations(index)).map { box, annotation in
            let turned = annotation.turnedBox(box)
            let rectangle = OrientedRectangle(
                centerX: turned.center.x, centerY: turned.center.y, width: turned.width, height: turned.height,
                angle: turned.angle)
            return LabeledRectangle(rectangle, label: box.label, isCrowd: box.isCrowd)
        }
    }
}

extension Annotation {
    /// `nil` where the object has no outline and no mask.
    fileprivate func instanceMask(width: Int, height: Int) throws -> InstanceMask? {
        switch region {
        case .polygons(let rings):
            try InstanceMask(rings: rings.map { ring in ring.flatMap { [$0.x, $0.y] } }, width: width, height: height)
        case .mask(let mask): try InstanceMask(mask)
        case nil: nil
        }
    }
}

extension InstanceMask {
    init(_ mask: RegionMask) throws {
        var bytes = [UInt8](repeating: 0, count: mask.width * mask.height)
        mask.forEachRun { column, rows in
            for row in rows { bytes[row * mask.width + column] = 1 }
        }
        try self.init(
            width: mask.imageWidth, height: mask.imageHeight, left: mask.left, top: mask.top, windowWidth: mask.width,
            windowHeight: mask.height, bytes: bytes)
    }
}
