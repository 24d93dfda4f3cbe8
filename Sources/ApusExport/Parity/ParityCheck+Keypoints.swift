import ApusCore
import ApusInference
import ApusModels
import ApusRuntime
import ApusTorch
import ApusVision

extension ParityCheck {
    /// Compares the logits of coordinates.
    ///
    /// - Throws: `ExportError.parity` where a difference is above the tolerance.
    public func callAsFunction(_ network: SimCC, _ session: Session, images: [Image]) throws -> ParityReport {
        guard !images.isEmpty else { throw ExportError.noImages }
        let names = ModelExporter.coordinateNames
        var (x, y) = (OutputDifference(names.x), OutputDifference(names.y))
        let device = network.parameters.first?.tensor.device ?? .cpu
        for image in images {
            let pixels = array(
                of: image.convertedToRGB().centerCropped(width: network.width, height: network.height))
            let expected = network.predict(Tensor(pixels, device: device))
            let found = try outputs(of: session, for: pixels)
            try compare(expected.x.array(), found, &x)
            try compare(expected.y.array(), found, &y)
        }
        let report = ParityReport(imageCount: images.count, differences: [x, y], tolerance: tolerance)
        guard report.passes else { throw ExportError.parity(report) }
        return report
    }

    private func compare(
        _ expected: NDArray, _ found: [String: NDArray], _ difference: inout OutputDifference
    ) throws {
        let value = try value(difference.name, in: found, shape: expected.shape)
        let (a, b): ([Float], [Float]) = (expected.elements(), value.elements())
        difference.add(a, b)
    }
}
