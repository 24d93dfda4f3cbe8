import ApusVision

extension Prediction {
    /// Entries for a file of COCO results: `image_id`, `category_id`, `score`, `bbox`, and `segmentation` or
    /// `keypoints` (x, y and score of every point) where the model gives them; for a box at an angle `bbox` is the
    /// smallest upright box and `segmentation` its corners.
    ///
    /// - Parameter category: the number of a class in COCO's file.
    /// - Returns: `nil` for what COCO's results have no place for: classes of whole images or of pixels.
    public func cocoResults(
        image number: JSONText, category: (Int) -> Int = { $0 }
    ) -> [JSONText]? {
        func entry(_ label: Int, _ box: BoundingBox, _ score: Float, _ more: [(key: String, value: JSONText)])
            -> JSONText
        {
            .object(
                [
                    ("image_id", number), ("category_id", .integer(category(label))), ("bbox", .floats(box.coco)),
                    ("score", .float(score)),
                ] + more)
        }
        switch result {
        case .detections(let all): return all.map { entry($0.label, $0.box, $0.score, []) }
        case .segments(let all): return all.map { entry($0.label, $0.box, $0.score, [("segmentation", $0.mask.runs)]) }
        case .poses(let all):
            return all.map { pose in
                entry(
                    pose.label, pose.box, pose.score,
                    [("keypoints", .floats(pose.points.flatMap { [$0.x, $0.y, $0.score] }))])
            }
        case .oriented(let all):
            return all.map { found in
                let corners = JSONText.floats(found.box.corners.flatMap { [$0.x, $0.y] })
                return entry(found.label, found.box.boundingBox, found.score, [("segmentation", .array([corners]))])
            }
        case .classifications, .classMap: return nil
        }
    }
}
