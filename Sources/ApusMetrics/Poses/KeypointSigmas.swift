/// The deviation of each keypoint's marks as a part of the object's size, which the likeness of poses is measured by.
public enum KeypointSigmas {
    /// The seventeen points of COCO's persons.
    public static let coco: [Double] = [
        0.26, 0.25, 0.25, 0.35, 0.35, 0.79, 0.79, 0.72, 0.72, 0.62, 0.62, 1.07, 1.07, 0.87, 0.87, 0.89, 0.89,
    ].map { $0 / 10 }

    /// (2σ)² of each point.
    ///
    /// - Throws: `EvaluationError.unusableSigmas` where there are none or one is not above 0.
    static func variances(_ sigmas: [Double]) throws(EvaluationError) -> [Double] {
        guard !sigmas.isEmpty, sigmas.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .unusableSigmas(sigmas) }
        return sigmas.map { ($0 * 2) * ($0 * 2) }
    }
}
