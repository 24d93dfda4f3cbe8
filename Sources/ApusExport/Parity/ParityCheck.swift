import ApusCore
import ApusInference
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
        _ network: any ObjectNetwork, _ session: Session, images: [Image]
    ) throws -> ParityReport {
        guard !images.isEmpty else { throw ExportError.noImages }
        var differences = ObjectDifferences(
            description.task, classCount: network.classCount, width: description.input.letterbox.width,
            height: description.input.letterbox.height)
        var agreement = BoxAgreement()
        let device = network.parameters.first?.tensor.device ?? .cpu
        for image in images {
            let pixels = pixels(of: image)
            let output = network.evaluated(Tensor(pixels, device: device))
            let expected = try output.decoded().array()
            let found = try outputs(of: session, for: pixels)
            let decoded = try value(ModelExporter.outputName, in: found, shape: expected.shape)
            differences.add(expected, decoded)
            if let prototypes = (output as? SegmentationOutput)?.prototypes.array() {
                let name = ModelExporter.secondOutputName
                differences.addPrototypes(prototypes, try value(name, in: found, shape: prototypes.shape))
            }
            agreement.add(detections(expected, network.classCount), detections(decoded, network.classCount))
        }
        let report = ParityReport(
            imageCount: images.count, differences: differences.all, boxes: agreement, tolerance: tolerance)
        guard report.passes else { throw ExportError.parity(report) }
        return report
    }

    func outputs(of session: Session, for pixels: NDArray) throws -> [String: NDArray] {
        try session.run([ModelExporter.inputName: pixels])
    }

    /// One of a session's outputs, which must be of this shape.
    func value(_ name: String, in outputs: [String: NDArray], shape: Shape) throws -> NDArray {
        guard let found = outputs[name], found.shape == shape else {
            throw ExportError.outputs(
                expected: ["\(name) \(shape)"], found: outputs.map { "\($0.key) \($0.value.shape)" }.sorted())
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

    private func detections(_ output: NDArray, _ classCount: Int) -> [Detection] {
        let decoder = DetectionDecoder(classCount: classCount)
        let (rows, anchors) = (4 + classCount, output.shape[2])
        return output.withElements(of: Float.self) {
            decoder.decode(UnsafeBufferPointer(rebasing: $0[..<(rows * anchors)]), anchors: anchors)
        }
    }
}
