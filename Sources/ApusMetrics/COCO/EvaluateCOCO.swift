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
    try comparedObjects(
        dataset, .list(detections), type: type, profile: profile, sigmas: sigmas, threads: threads
    ).metrics(threads)
}
