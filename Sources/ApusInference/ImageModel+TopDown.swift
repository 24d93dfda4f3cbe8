import ApusVision

extension ImageModel {
    /// The points of each object: its box is enlarged, brought to the input's shape and cut out.
    ///
    /// - Parameter boxes: `nil` takes the whole image as one. Boxes without an area are passed over.
    func poses(in image: Image, of boxes: [Detection]?) throws(InferenceError) -> [Pose] {
        let padding = UInt8(min(max(sidecar.preprocess.padding, 0), 255))
        let whole = BoundingBox(minX: 0, minY: 0, maxX: Float(image.width), maxY: Float(image.height))
        var poses = [Pose]()
        for object in (boxes ?? [Detection(whole, label: 0, score: 1)]).prefix(sidecar.thresholds.maximum) {
            // The whole image is not enlarged: there is nothing around it.
            let factor = boxes == nil ? 1 : sidecar.decode.cropEnlargement ?? 1
            let (width, height) = inputExtents
            guard
                let window = ImageWindow(around: object.box, enlargedBy: factor, toShapeOf: width, height)
            else { continue }
            let crop = image.sampled(window, width: width, height: height, padding: padding)
            guard case .poses(let found) = try result(for: crop) else { continue }
            poses += found.map { $0.moved(from: window, width, height, to: object) }
        }
        return poses
    }
}

extension Pose {
    /// From pixels of a crop to those of the image; box and score are the object's.
    fileprivate func moved(from window: ImageWindow, _ width: Int, _ height: Int, to object: Detection) -> Pose {
        let (x, y) = (window.width / Float(width), window.height / Float(height))
        let moved = points.map { point in
            point.score == 0 && point.x == 0 && point.y == 0
                ? point : PosePoint(x: window.left + point.x * x, y: window.top + point.y * y, score: point.score)
        }
        return Pose(object.box, label: label, score: object.score, points: moved)
    }
}
