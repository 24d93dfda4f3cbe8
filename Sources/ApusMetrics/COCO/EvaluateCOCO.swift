import ApusCore

/// The metrics of detections over a COCO dataset, classes by ascending id.
///
/// - Throws: `EvaluationError` as `COCOEvaluation` does.
public func evaluateCOCO(
    _ dataset: COCODataset, detections: [COCODetection], profile: EvaluationProfile = .coco,
    threads: Int = availableCores
) throws(EvaluationError) -> DetectionMetrics {
    let tables = try COCOTables(dataset, detections: detections)
    return evaluateDetections(
        profile: profile, imageIDs: tables.imageIDs, classNames: tables.categories.map(\.name), truths: tables.truths,
        detections: tables.detections, notes: tables.notes(profile), threads: threads)
}

extension COCOTables {
    fileprivate func notes(_ profile: EvaluationProfile) -> [String] {
        var notes: [String] = []
        if profile == .coco, truths.contains(where: { !$0.countsAsFound }) {
            notes.append(
                "annotation id 0: as in pycocotools it never counts as found; number the annotations from 1")
        }
        if strayDetections > 0 {
            notes.append("\(strayDetections) detections of classes that the ground truth does not have were left out")
        }
        return notes
    }
}
