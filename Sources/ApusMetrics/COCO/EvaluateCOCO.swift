import ApusCore

/// The metrics of detections over a COCO dataset, classes by ascending id.
///
/// For keypoints the numbers that are not COCO's for them are `nil`; `COCOEvaluation` has pycocotools' own ten.
///
/// - Throws: `EvaluationError` as `COCOEvaluation` does.
public func evaluateCOCO(
    _ dataset: COCODataset, detections: [COCODetection], type: COCOEvaluationType = .boxes,
    profile: EvaluationProfile = .coco, sigmas: [Double] = KeypointSigmas.coco, threads: Int = availableCores
) throws(EvaluationError) -> DetectionMetrics {
    switch type {
    case .boxes: return try COCOTables(dataset, detections, BoxShapes()).metrics(profile, type, threads)
    case .masks:
        let shapes = MaskShapes(dataset, detections, threads)
        return try COCOTables(dataset, detections, shapes).metrics(profile, type, threads)
    case .keypoints:
        let shapes = try PoseShapes(sigmas: sigmas, profile: profile)
        return try COCOTables(dataset, detections, shapes).metrics(profile, type, threads)
    }
}

extension COCOTables {
    fileprivate func metrics(
        _ profile: EvaluationProfile, _ type: COCOEvaluationType, _ threads: Int
    ) -> DetectionMetrics {
        evaluateObjects(
            profile: profile, detectionLimits: type.detectionLimits, imageIDs: imageIDs,
            classNames: categories.map(\.name), truths: truths, detections: detections, notes: notes(profile),
            threads: threads
        ).metrics
    }
}
