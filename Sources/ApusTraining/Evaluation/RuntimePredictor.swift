import ApusCore
import ApusDatasets
import ApusONNX
import ApusRuntime
import ApusVision

/// Raw outputs of an exported model in our runtime.
public struct RuntimePredictor: BatchPredictor {
    private let session: Session
    private let input: InputSpecification
    private let inputName: String

    /// - Throws: `TrainingError.outputs` where the model is not of one float32 input.
    public init(model: Model, description: ModelDescription) throws {
        session = try Session(model: model)
        guard session.inputs.count == 1, session.inputs[0].dataType == .float32, !session.outputs.isEmpty else {
            throw TrainingError.outputs(
                found: session.inputs.map { "\($0.dataType) \($0.name)" }, expected: "one float32 input and an output")
        }
        (input, inputName) = (description.input, session.inputs[0].name)
    }

    public func outputs(for batch: Batch) throws -> [NDArray] {
        let found = try session.run([inputName: batch.array(input)])
        return session.outputs.compactMap { found[$0.name] }
    }

}

extension Batch {
    /// `[N, 3, H, W]` as a model expects its pixels.
    func array(_ input: InputSpecification) -> NDArray {
        let imageBytes = width * height * 3
        var array = NDArray(uninitialized: [count, 3, height, width], dataType: .float32)
        array.withMutableElements(of: Float.self) { elements in
            guard let base = elements.baseAddress else { return }
            for position in 0..<count {
                let bytes = withUnsafeBytes { Array($0[position * imageBytes..<(position + 1) * imageBytes]) }
                Image(width: width, height: height, channels: 3, pixels: bytes)
                    .normalizedCHW(into: base + position * imageBytes, input)
            }
        }
        return array
    }
}
