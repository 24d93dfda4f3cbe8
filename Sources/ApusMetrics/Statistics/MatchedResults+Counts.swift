extension MatchedResults {
    /// Detections that count, of all kinds and classes; a classifier's images and class maps.
    public var detectionCount: Int {
        parts.reduce(0) { sum, part in
            switch part {
            case .objects(let objects): sum + objects.classes.reduce(0) { $0 + $1.images.count }
            case .classes(let classes): sum + classes.labels.count
            case .keypoints: sum
            case .pixels(let pixels): sum + pixels.images.count
            }
        }
    }
}
