import ApusDatasets
import ApusModels
import ApusTorch

/// Raw detections from a LibTorch module.
public struct DetectorPredictor: BatchPredictor {
    private let detector: any Detector

    public init(_ detector: any Detector) { self.detector = detector }

    public func rawDetections(for batch: Batch) throws -> [Float] {
        try detector.predict(Tensor.pixels(of: batch)).elements()
    }
}
