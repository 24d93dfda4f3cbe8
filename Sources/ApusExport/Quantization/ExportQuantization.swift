import ApusCore
import ApusONNX
import ApusVision

/// Quantization as a part of an export: how, and on which photographs it is calibrated.
public struct ExportQuantization {
    public var quantizer: PostTrainingQuantizer
    public var imageCount: Int
    /// The photograph at an index below `imageCount`; they are read one at a time.
    public var image: (Int) throws -> Image

    public init(
        quantizer: PostTrainingQuantizer = .init(), imageCount: Int, image: @escaping (Int) throws -> Image
    ) {
        (self.quantizer, self.imageCount, self.image) = (quantizer, imageCount, image)
    }

    /// The quantized model; the photographs are letterboxed as the description says, as when it is used.
    func quantized(_ model: Model, _ description: ModelDescription) throws -> Model {
        var failure: (any Error)?
        let check = ParityCheck(description: description)
        let inputs = (0..<imageCount).lazy.compactMap { index -> [String: NDArray]? in
            do {
                return [ModelExporter.inputName: check.pixels(of: try image(index))]
            } catch {
                failure = failure ?? error
                return nil
            }
        }
        let result = try quantizer.quantized(model, calibratedOn: inputs)
        if let failure { throw failure }
        return result
    }
}
