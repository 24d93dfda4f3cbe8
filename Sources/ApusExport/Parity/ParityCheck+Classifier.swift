import ApusCore
import ApusInference
import ApusModels
import ApusRuntime
import ApusTorch
import ApusVision

extension ParityCheck {
    /// Compares probabilities, and which class is the likeliest.
    ///
    /// - Throws: `ExportError.parity` where a difference is above the tolerance.
    public func callAsFunction(
        _ classifier: any ImageClassifier, _ session: Session, images: [Image]
    ) throws -> ParityReport {
        guard !images.isEmpty else { throw ExportError.noImages }
        var probabilities = OutputDifference("\(ModelExporter.outputName) probabilities")
        var sameClass = 0
        let device = classifier.parameters.first?.tensor.device ?? .cpu
        let input = description.input.letterbox
        for image in images {
            let pixels = array(of: image.convertedToRGB().centerCropped(width: input.width, height: input.height))
            let expected = classifier.predict(Tensor(pixels, device: device)).array()
            let found = try value(
                ModelExporter.outputName, in: outputs(of: session, for: pixels), shape: expected.shape)
            let (a, b): ([Float], [Float]) = (expected.elements(), found.elements())
            probabilities.add(a, b)
            if a.indices.max(by: { a[$0] < a[$1] }) == b.indices.max(by: { b[$0] < b[$1] }) { sameClass += 1 }
        }
        let report = ParityReport(
            imageCount: images.count, differences: [probabilities], sameClass: sameClass, tolerance: tolerance)
        guard report.passes else { throw ExportError.parity(report) }
        return report
    }
}
