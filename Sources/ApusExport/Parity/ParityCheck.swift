import ApusCore
import ApusModels
import ApusRuntime
import ApusTorch
import ApusVision

/// Runs a network in LibTorch and its export in our runtime on the same images, and compares what comes out.
public struct ParityCheck {
    public var description: ModelDescription
    /// The largest difference that passes: of scores in 0…1, and of boxes relative to the image's size.
    public var tolerance: Float

    public init(description: ModelDescription, tolerance: Float = 1e-3) {
        (self.description, self.tolerance) = (description, tolerance)
    }

    /// - Throws: `ExportError.parity` where a difference is above the tolerance.
    public func callAsFunction(
        _ detector: any Detector, _ session: Session, images: [Image]
    ) throws -> ParityReport {
        guard !images.isEmpty else { throw ExportError.noImages }
        var boxes = OutputDifference("\(ModelExporter.outputName) boxes")
        var scores = OutputDifference("\(ModelExporter.outputName) scores")
        var agreement = BoxAgreement()
        let device = detector.parameters.first?.tensor.device ?? .cpu
        for image in images {
            let pixels = pixels(of: image)
            let expected = try detector.predict(Tensor(pixels, device: device)).array()
            let found = try output(of: session, for: pixels, shape: expected.shape)
            compare(expected, found, &boxes, &scores)
            agreement.add(detections(expected), detections(found))
        }
        let report = ParityReport(
            imageCount: images.count, differences: [boxes, scores], boxes: agreement, tolerance: tolerance)
        guard report.passes else { throw ExportError.parity(report) }
        return report
    }

    /// The session's output, which must be of this shape.
    func output(of session: Session, for pixels: NDArray, shape: Shape) throws -> NDArray {
        let outputs = try session.run([ModelExporter.inputName: pixels])
        guard let found = outputs[ModelExporter.outputName], found.shape == shape else {
            throw ExportError.outputs(
                expected: ["\(ModelExporter.outputName) \(shape)"],
                found: outputs.map { "\($0.key) \($0.value.shape)" }.sorted())
        }
        return found
    }

    /// `[1, 3, H, W]` as the description says.
    func pixels(of image: Image) -> NDArray {
        let letterbox = Letterbox(
            description.input.letterbox, imageWidth: image.width, imageHeight: image.height)
        return array(of: letterbox.apply(image.convertedToRGB()))
    }

    /// An image of the model's size, normalized.
    func array(of image: Image) -> NDArray {
        var array = NDArray(uninitialized: [1, 3, image.height, image.width], dataType: .float32)
        array.withMutableElements(of: Float.self) { elements in
            guard let base = elements.baseAddress else { return }
            image.normalizedCHW(into: base, description.input)
        }
        return array
    }

    /// Compares `[1, 4 + classes, anchors]` row by row.
    private func compare(
        _ a: NDArray, _ b: NDArray, _ boxes: inout OutputDifference, _ scores: inout OutputDifference
    ) {
        let size = [Float(description.input.letterbox.width), Float(description.input.letterbox.height)]
        let anchors = a.shape[2]
        a.withElements(of: Float.self) { a in
            b.withElements(of: Float.self) { b in
                for row in 0..<a.count / max(anchors, 1) {
                    let range = row * anchors..<(row + 1) * anchors
                    if row < 4 {
                        boxes.add(a[range], b[range], unit: size[row % 2])
                    } else {
                        scores.add(a[range], b[range])
                    }
                }
            }
        }
    }

    private func detections(_ output: NDArray) -> [Detection] {
        let decoder = DetectionDecoder(classCount: output.shape[1] - 4)
        return output.withElements(of: Float.self) { decoder.decode($0, anchors: output.shape[2]) }
    }
}
