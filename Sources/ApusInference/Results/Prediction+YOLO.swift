import ApusVision

extension Prediction {
    /// Rows of a YOLO label file, in parts of the image's sides: class and box; with a mask class and the largest
    /// part's polygon; with points x, y and 2 or 0 for each after the box; for a box at an angle its four corners.
    ///
    /// - Parameter scores: whether each row ends with the score; training labels have none.
    /// - Returns: `nil` for what such files have no place for: classes of whole images or of pixels. Masks without a
    ///   pixel are left out.
    public func yoloRows(scores: Bool = false) -> [String]? {
        switch result {
        case .detections(let all): return all.map { row($0.label, parts($0.box), $0.score, scores) }
        case .segments(let all):
            return all.compactMap { segment in
                segment.mask.smoothPolygons.first.map { row(segment.label, parts($0), segment.score, scores) }
            }
        case .poses(let all):
            return all.map { pose in
                row(pose.label, parts(pose.box) + pose.points.flatMap(parts), pose.score, scores)
            }
        case .oriented(let all): return all.map { row($0.label, parts($0.box.corners), $0.score, scores) }
        case .classifications, .classMap: return nil
        }
    }

    private func row(_ label: Int, _ numbers: [Float], _ score: Float, _ scores: Bool) -> String {
        let all = numbers + (scores ? [score] : [])
        return "\(label) " + all.map { "\(($0 * 1e6).rounded() / 1e6)" }.joined(separator: " ")
    }

    private func part(_ x: Float, _ y: Float) -> [Float] {
        let (across, down) = (x / Float(max(width, 1)), y / Float(max(height, 1)))
        return [min(max(across, 0), 1), min(max(down, 0), 1)]
    }

    private func parts(_ box: BoundingBox) -> [Float] {
        part(box.centerX, box.centerY) + part(box.width, box.height)
    }

    private func parts(_ points: [SIMD2<Float>]) -> [Float] { points.flatMap { part($0.x, $0.y) } }

    /// A point outside the image is none that a label may have.
    private func parts(_ point: PosePoint) -> [Float] {
        let isInside = (0...Float(width)).contains(point.x) && (0...Float(height)).contains(point.y)
        guard isInside, point.score >= Pose.seenScore else { return [0, 0, 0] }
        return part(point.x, point.y) + [2]
    }
}
